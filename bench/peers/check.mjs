// Whether what the contenders made is the same work: final sizes, and PSNR to the reference.

import { readdirSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { spread } from './data.mjs';
import { Reference } from './reference.mjs';
import { finalSize } from './workloads.mjs';

const PSNR_FILES_MAX = 64;
const PSNR_MIN = 20; // dB: below it, it is another picture
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

async function checkFiles({ contender, folder }, files, sizes) {
  const outputs = outputsOf(folder);
  if (outputs.size !== files.length ||
    files.some((file) => !outputs.has(path.parse(file).name))) {
    throw new Error(`${contender.name} made ${outputs.size} pictures of ${files.length}`);
  }
  const all = contender.check === 'all';
  return { outputs, values: [],
    sizes: all ? await checkSizes(contender, outputs, files, sizes) : null };
}

async function addPsnr(entries, file, recipe) {
  const reference = await Reference.of(file, recipe);
  for (const { contender, check } of entries) {
    const { data, info } = await pixelsOf(check.outputs.get(path.parse(file).name), recipe);
    check.values.push(psnr(data, await reference.at(info.width, info.height, contender.gray)));
  }
}

/**
 * `entries` are {contender, folder}. Sets in each `check`, {sizes: {exact, off}, psnr: {mean,
 * lowest, files, values}}, where null was not to be checked; or else `problem`, where a contender
 * left a picture out or made another one.
 */
export async function checkOutputs(entries, files, recipe) {
  const sizes = await expectedSizes(files, recipe);
  for (const entry of entries) {
    try {
      entry.check = await checkFiles(entry, files, sizes);
    } catch (error) {
      entry.problem = error.message;
    }
  }
  const pictures = entries.filter((entry) => entry.contender.check === 'all' && entry.check);
  for (const file of spread(files, PSNR_FILES_MAX)) {
    await addPsnr(pictures, file, recipe);
  }
  for (const entry of entries.filter(({ check }) => check)) {
    const { values, sizes: found } = entry.check;
    entry.check = { sizes: found, psnr: values.length === 0 ? null
      : { mean: mean(values), lowest: Math.min(...values), files: values.length, values } };
    if (entry.check.psnr?.mean < PSNR_MIN) {
      entry.problem = `a mean PSNR of ${entry.check.psnr.mean.toFixed(1)} dB is no such picture`;
    }
  }
}
