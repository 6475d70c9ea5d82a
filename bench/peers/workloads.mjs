// What is compared: which pictures, and what is made of them.
//
// A recipe is {width, height, fit, quality, format, rotate, grayscale}. The size is that of the
// final picture, whatever was turned. `data` is a set of data.mjs.

const plain = {
  width: 800, height: 600, fit: 'inside', quality: 80, format: 'jpeg', rotate: 0, grayscale: false,
};
const thumb = { ...plain, width: 200, height: 200, fit: 'cover' };

export const workloads = [
  { name: 'photo', data: 'baseline', recipe: plain,
    title: 'baseline photographs to 800x600, inside' },
  { name: 'seed', data: 'baseline',
    recipe: { ...plain, fit: 'contain', rotate: 90, grayscale: true },
    title: 'turned by 90 degrees, 800x600 with bars, grey' },
  { name: 'progressive', data: 'progressive', recipe: plain,
    title: 'the same photographs as progressive files, to 800x600, inside' },
  { name: 'thumb', data: 'baseline', recipe: thumb,
    title: '200x200, cropped, from baseline files' },
  { name: 'thumb-progressive', data: 'progressive', recipe: thumb,
    title: '200x200, cropped, from progressive files' },
  { name: 'small', data: 'small', recipe: { ...plain, width: 200, height: 200 },
    title: 'pictures of 320 px to 200 px' },
  { name: 'png', data: 'png', recipe: { ...plain, format: 'png' },
    title: 'PNG photographs to PNG, 800x600, inside' },
  { name: 'webp', data: 'baseline', recipe: { ...plain, format: 'webp' },
    title: 'baseline photographs to WebP, 800x600, inside' },
];

/** The final size of a picture of width x height (upright), as imgloom's rules say. */
export function finalSize(recipe, width, height) {
  if (recipe.fit !== 'inside') {
    return { width: recipe.width, height: recipe.height };
  }
  const [w, h] = recipe.rotate % 180 === 0 ? [width, height] : [height, width];
  const free = (side, wanted, other) => Math.max(1, Math.floor((side * wanted) / other + 0.5));
  return recipe.width * h <= recipe.height * w
    ? { width: recipe.width, height: free(h, recipe.width, w) }
    : { width: free(w, recipe.height, h), height: recipe.height };
}
