// Whether what the contenders made is the same work: final sizes, and PSNR to the reference.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { spread } from './data.mjs';
import { Reference } from './reference.mjs';
import { finalSize } from './workloads.mjs';

const MOST_PSNR_FILES = 64;
const LEAST_PSNR = 20; // dB: below it, it is another picture
const SIZE_TOLERANCE = 1; // px: sharp and others reckon from what was shrunk while decoding

function psnr(a, b) {
  let squares = 0;
  if (a.length !== b.length) {
    throw new Error(`${a.length} and ${b.length} samples`);
  }
  for (let i = 0; i < a.length; i++) {
    squares += (a[i] - b[i]) ** 2;
  }
  return squares === 0 ? 99 : 10 * Math.log10((255 * 255 * a.length) / squares);
}

const pixelsOf = (file, recipe) => sharp(file).removeAlpha()
  .toColourspace(recipe.grayscale ? 'b-w' : 'srgb').raw().toBuffer({ resolveWithObject: true });

/** The outputs in a folder by the stem of their input. */
function outputsOf(folder) {
  return new Map(readdirSync(folder).map((name) => [path.parse(name).name,
    path.join(folder, name)]));
}

async function checkSizes(contender, outputs, files, sizes) {
  const found = { exact: 0, off: 0 };
  for (const file of files) {
    const output = outputs.get(path.parse(file).name);
    const expected = sizes.get(file);
    const { width, height } = await sharp(output).metadata();
    const off = Math.max(Math.abs(width - expected.width), Math.abs(height - expected.height));
    if (off > SIZE_TOLERANCE || (off > 0 && contender.name === 'imgloom')) {
      throw new Error(`${contender.name}: ${output} is ${width}x${height}, not ` +
        `${expected.width}x${expected.height}`);
    }
    found[off === 0 ? 'exact' : 'off'] += 1;
  }
  return found;
}

async function expectedSizes(files, recipe) {
  const sizes = new Map();
  for (const file of files) {
    const { autoOrient } = await sharp(file).metadata();
    sizes.set(file, finalSize(recipe, autoOrient.width, autoOrient.height));
  }
  return sizes;
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * `entries` are {contender, folder}. Answers a Map from a contender's name to {sizes: {exact, off},
 * psnr: {mean, lowest, values, files}}; null parts were not to be checked. Throws where a contender
 * left a picture out, or made another one.
 */
export async function checkOutputs(entries, files, recipe) {
  const results = new Map();
  const sizes = await expectedSizes(files, recipe);
  const chosen = spread(files, MOST_PSNR_FILES);
  for (const { contender, folder } of entries) {
    const outputs = outputsOf(folder);
    if (outputs.size !== files.length ||
      files.some((file) => !outputs.has(path.parse(file).name))) {
      throw new Error(`${contender.name} made ${outputs.size} pictures of ${files.length}`);
    }
    const all = contender.check === 'all';
    results.set(contender.name, {
      outputs, values: [], sizes: all ? await checkSizes(contender, outputs, files, sizes) : null,
    });
  }
  for (const file of chosen) {
    const reference = await Reference.of(file, recipe);
    for (const { contender } of entries.filter((entry) => entry.contender.check === 'all')) {
      const result = results.get(contender.name);
      const made = await pixelsOf(result.outputs.get(path.parse(file).name), recipe);
      result.values.push(psnr(made.data,
        await reference.at(made.info.width, made.info.height, contender.gray)));
    }
  }
  for (const [name, result] of results) {
    const { values } = result;
    const average = values.length > 0 ? mean(values) : null;
    if (average !== null && average < LEAST_PSNR) {
      throw new Error(`${name}: a mean PSNR of ${average.toFixed(1)} dB is no such picture`);
    }
    results.set(name, { sizes: result.sizes, psnr: average === null ? null
      : { mean: average, lowest: Math.min(...values), files: values.length, values } });
  }
  return results;
}
