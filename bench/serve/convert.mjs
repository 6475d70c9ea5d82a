// What the services in node have in common: the picture, by sharp as it is.

import sharp from 'sharp';

export const BODY_MAX = 32 << 20; // bytes

/** The picture that a request's parameters ask for; `query` is {width, height, format}. */
export function convert(body, query) {
  const image = sharp(body).autoOrient()
    .resize(Number(query.width), Number(query.height), { fit: 'inside' });
  return image[query.format]({ quality: 80 }).toBuffer();
}
