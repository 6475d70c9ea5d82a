// What a picture should look like: decoded whole (no shrinking while decoding), upright, in sRGB,
// turned, and resized by Lanczos with three lobes, reckoned here in floating point. No encoder and
// no contender's resampler is part of it; sharp decodes, and makes grey where it is asked for as
// sharp does it.

import sharp from 'sharp';

const LOBES = 3;

const raw = (pipeline) => pipeline.raw().toBuffer({ resolveWithObject: true });

const fromRaw = ({ data, width, height }) => sharp(data, { raw: { width, height, channels: 3 } });

const pictureOf = ({ data, info }) => ({ data, width: info.width, height: info.height });

function lanczos(x) {
  if (x === 0) {
    return 1;
  }
  return Math.abs(x) >= LOBES ? 0
    : (LOBES * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / LOBES)) / (Math.PI * x) ** 2;
}

// For each of `to` places the first of `from` that counts, and the weights of it and what follows.
function weightsOf(from, to) {
  const scale = from / to;
  const stretch = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale - 0.5;
    const first = Math.max(0, Math.ceil(centre - LOBES * stretch));
    const last = Math.min(from - 1, Math.floor(centre + LOBES * stretch));
    const weights = [];
    for (let j = first; j <= last; j++) {
      weights.push(lanczos((j - centre) / stretch));
    }
    const sum = weights.reduce((a, b) => a + b, 0);
    return { first, weights: Float64Array.from(weights, (weight) => weight / sum) };
  });
}

// Resamples `count` lines of three channels; a sample of a line is `step` behind the one before it.
function resample(from, to, weights, count, line, step) {
  for (let l = 0; l < count; l++) {
    for (let i = 0; i < weights.length; i++) {
      const { first, weights: factors } = weights[i];
      let [a, b, c] = [0, 0, 0];
      for (let j = 0, at = l * line.from + first * step.from; j < factors.length;
        j++, at += step.from) {
        a += factors[j] * from[at];
        b += factors[j] * from[at + 1];
        c += factors[j] * from[at + 2];
      }
      const at = l * line.to + i * step.to;
      to[at] = a;
      to[at + 1] = b;
      to[at + 2] = c;
    }
  }
}

function resize({ data, width, height }, toWidth, toHeight) {
  const narrow = new Float32Array(3 * toWidth * height);
  const small = new Float32Array(3 * toWidth * toHeight);
  resample(data, narrow, weightsOf(width, toWidth), height,
    { from: 3 * width, to: 3 * toWidth }, { from: 3, to: 3 });
  resample(narrow, small, weightsOf(height, toHeight), toWidth,
    { from: 3, to: 3 }, { from: 3 * toWidth, to: 3 * toWidth });
  return { data: Buffer.from(Uint8ClampedArray.from(small).buffer), width: toWidth,
    height: toHeight };
}

// The part of `picture` that a box in its middle holds; black where there is nothing.
function frame(picture, width, height) {
  const data = Buffer.alloc(3 * width * height);
  const left = Math.floor((width - picture.width) / 2);
  const top = Math.floor((height - picture.height) / 2);
  for (let y = Math.max(0, top); y < Math.min(height, top + picture.height); y++) {
    const from = 3 * ((y - top) * picture.width + Math.max(0, -left));
    const count = 3 * Math.min(width, picture.width);
    picture.data.copy(data, 3 * (y * width + Math.max(0, left)), from, from + count);
  }
  return { data, width, height };
}

// Rec. 601: JPEG's own Y, which imgloom writes.
function lumaOf({ data }) {
  const luma = Buffer.alloc(data.length / 3);
  for (let i = 0; i < luma.length; i++) {
    luma[i] = Math.round(0.299 * data[3 * i] + 0.587 * data[3 * i + 1] + 0.114 * data[3 * i + 2]);
  }
  return luma;
}

/** The reference pictures of one input. */
export class Reference {
  static async of(file, recipe) {
    const reference = new Reference();
    let image = await raw(sharp(file).autoOrient().removeAlpha().toColourspace('srgb'));
    if (recipe.rotate !== 0) {
      image = await raw(fromRaw(pictureOf(image)).rotate(recipe.rotate));
    }
    reference.picture = pictureOf(image);
    reference.recipe = recipe;
    reference.made = new Map();
    return reference;
  }

  // The size before the box is laid over it.
  scaled(width, height) {
    const { fit } = this.recipe;
    const [x, y] = [width / this.picture.width, height / this.picture.height];
    if (fit === 'inside') {
      return [width, height];
    }
    return (fit === 'cover') === (x > y)
      ? [width, Math.max(1, Math.floor(this.picture.height * x + 0.5))]
      : [Math.max(1, Math.floor(this.picture.width * y + 0.5)), height];
  }

  /** The samples of an output of a size; `gray` says how grey is reckoned: "luma" or "sharp". */
  async at(width, height, gray) {
    const kind = this.recipe.grayscale ? gray : 'colour';
    const key = `${width}x${height} ${kind}`;
    if (!this.made.has(key)) {
      const box = frame(resize(this.picture, ...this.scaled(width, height)), width, height);
      const samples = {
        colour: () => box.data,
        luma: () => lumaOf(box),
        sharp: async () => (await raw(fromRaw(box).grayscale().toColourspace('b-w'))).data,
      };
      this.made.set(key, await samples[kind]());
    }
    return this.made.get(key);
  }
}
