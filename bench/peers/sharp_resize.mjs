// The same work as `imgloom run`, done with sharp as its documentation advises for throughput:
// N pipelines at once, one libvips thread each, no operation cache, file in and file out.
//
//   UV_THREADPOOL_SIZE=N node sharp_resize.mjs --jobs N [OPTIONS] OUTDIR FILE...
//   UV_THREADPOOL_SIZE=N node sharp_resize.mjs --jobs N [OPTIONS] --list FILE OUTDIR
//   node sharp_resize.mjs --measure --list FILE      files, bytes and pixels of the inputs
//   node sharp_resize.mjs --version                  versions of node, sharp and its libvips
//
// A pipeline runs on a thread of libuv's pool, whose size node reads from UV_THREADPOOL_SIZE when
// it starts; so the caller must set it. An image that fails is named on stderr, the others go on,
// and the exit status is 1. A usage error is status 2.

import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';

function usageError(message) {
  process.stderr.write(`sharp_resize: ${message}\n`);
  process.exit(2);
}

function count(name, text) {
  if (!/^[1-9][0-9]{0,4}$/.test(text)) {
    usageError(`--${name} takes a number from 1 to 99999, not "${text}"`);
  }
  return Number(text);
}

function readOptions() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        jobs: { type: 'string', default: '1' },
        width: { type: 'string', default: '800' },
        height: { type: 'string', default: '600' },
        fit: { type: 'string', default: 'inside' },
        quality: { type: 'string', default: '80' },
        rotate: { type: 'string', default: '0' },
        grayscale: { type: 'boolean', default: false },
        list: { type: 'string' },
        measure: { type: 'boolean', default: false },
        version: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return usageError(error.message);
  }
}

/** The recipe as sharp takes it. width and height are those of the final picture. */
function readRecipe(values) {
  const rotate = Number(values.rotate);
  if (![0, 90, 180, 270].includes(rotate)) {
    usageError(`--rotate takes 0, 90, 180 or 270, not "${values.rotate}"`);
  }
  const width = count('width', values.width);
  const height = count('height', values.height);
  const swap = rotate % 180 !== 0;
  return {
    rotate,
    width: swap ? height : width,
    height: swap ? width : height,
    fit: values.fit,
    quality: count('quality', values.quality),
    grayscale: values.grayscale,
  };
}

/** Turns after the resize: a turn before it makes sharp decode the picture in full. */
function pipeline(file, recipe) {
  let image = sharp(file)
    .autoOrient()
    .resize({ width: recipe.width, height: recipe.height, fit: recipe.fit });
  if (recipe.rotate !== 0) {
    image = image.rotate(recipe.rotate);
  }
  if (recipe.grayscale) {
    image = image.grayscale().toColourspace('b-w'); // else sharp writes three equal channels
  }
  return image.jpeg({ quality: recipe.quality });
}

/** Runs the pool. Largest files first, as imgloom does, so that no giant is left for the end. */
async function resizeAll(files, outDir, recipe, jobs) {
  const queue = files
    .map((file) => ({ file, size: statSync(file, { throwIfNoEntry: false })?.size ?? 0 }))
    .sort((a, b) => b.size - a.size);
  let next = 0;
  let failed = 0;

  async function worker() {
    while (next < queue.length) {
      const { file } = queue[next];
      next += 1;
      try {
        await pipeline(file, recipe).toFile(path.join(outDir, path.basename(file)));
      } catch (error) {
        failed += 1;
        process.stderr.write(`sharp_resize: ${file}: ${error.message}\n`);
      }
    }
  }

  await Promise.all(Array.from({ length: jobs }, worker));
  return failed;
}

/** Prints: files, bytes, pixels, and a hash of the names and contents. */
async function measure(files) {
  const hash = createHash('sha256');
  let bytes = 0;
  let pixels = 0;
  for (const file of files) {
    try {
      const content = readFileSync(file);
      const { width, height } = await sharp(content).metadata();
      bytes += content.length;
      pixels += width * height;
      hash.update(`${path.basename(file)}\0`).update(content);
    } catch (error) {
      process.stderr.write(`sharp_resize: ${file}: ${error.message}\n`);
      process.exit(1);
    }
  }
  process.stdout.write(`${files.length} ${bytes} ${pixels} ${hash.digest('hex').slice(0, 12)}\n`);
}

const { values, positionals } = readOptions();
sharp.concurrency(1);
sharp.cache(false);
const listed = values.list
  ? readFileSync(values.list, 'utf8').split('\n').filter((line) => line !== '')
  : [];

if (values.version) {
  process.stdout.write(
    `node ${process.versions.node}, sharp ${sharp.versions.sharp}, libvips ${sharp.versions.vips}\n`,
  );
} else if (values.measure) {
  await measure([...listed, ...positionals]);
} else {
  const jobs = count('jobs', values.jobs);
  const [outDir, ...named] = positionals;
  if (outDir === undefined) {
    usageError('no output folder');
  }
  if (process.env.UV_THREADPOOL_SIZE !== String(jobs)) {
    usageError(`set UV_THREADPOOL_SIZE=${jobs} in the environment`);
  }
  const failed = await resizeAll([...listed, ...named], outDir, readRecipe(values), jobs);
  process.exitCode = failed > 0 ? 1 : 0;
}
