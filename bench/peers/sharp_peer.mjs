// The same work as `imgloom run`, done with sharp.
//
//   node sharp_peer.mjs MODE JOBS RECIPE LIST OUTDIR
//
// MODE   pool     what a user who wants throughput would write, as sharp's documentation advises:
//                 JOBS pipelines at once on libuv's threads (UV_THREADPOOL_SIZE must be JOBS), one
//                 libvips thread each, no operation cache, the largest files first
//        workers  what is often shown for it: one node Worker an image, JOBS at a time, sharp as
//                 it is
// RECIPE JSON, see workloads.mjs; `order` is "picture" (what gives the final picture that was asked
//        for) or "resize-first" (.resize().rotate().grayscale(), as one would write it first, whose
//        picture has another shape)
// LIST   a file a line
//
// An image that fails is named on standard error, the others go on, and the exit status is 1.

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import sharp from 'sharp';

const encoders = {
  jpeg: (image, quality) => image.jpeg({ quality }),
  png: (image) => image.png({ compressionLevel: 6 }),
  webp: (image, quality) => image.webp({ quality }),
};

function pipeline(file, recipe) {
  const box = [recipe.width, recipe.height, { fit: recipe.fit }];
  let image = sharp(file);
  if (recipe.order === 'resize-first') {
    image = image.resize(...box).rotate(recipe.rotate).grayscale();
  } else {
    image = image.autoOrient();
    if (recipe.rotate !== 0) {
      image = image.rotate(recipe.rotate);
    }
    image = image.resize(...box);
    if (recipe.grayscale) {
      image = image.grayscale().toColourspace('b-w'); // else sharp writes three equal channels
    }
  }
  return encoders[recipe.format](image, recipe.quality);
}

function process1(file, recipe, outDir) {
  const name = `${path.parse(file).name}.${recipe.format === 'jpeg' ? 'jpg' : recipe.format}`;
  return pipeline(file, recipe).toFile(path.join(outDir, name));
}

function inWorker(file, recipe, outDir) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(fileURLToPath(import.meta.url),
      { workerData: { file, recipe, outDir } });
    worker.on('error', reject);
    worker.on('exit', resolve);
  });
}

async function main([mode, jobsText, recipeText, list, outDir]) {
  const recipe = JSON.parse(recipeText);
  const jobs = Number(jobsText);
  let files = readFileSync(list, 'utf8').split('\n').filter((line) => line !== '');
  let carry = inWorker;
  if (mode === 'pool') {
    if (process.env.UV_THREADPOOL_SIZE !== jobsText) {
      throw new Error(`set UV_THREADPOOL_SIZE=${jobsText} in the environment`);
    }
    sharp.concurrency(1);
    sharp.cache(false);
    files = files.map((file) => ({ file, size: statSync(file).size }))
      .sort((a, b) => b.size - a.size)
      .map(({ file }) => file);
    carry = process1;
  }
  let next = 0;
  const runner = async () => {
    while (next < files.length) {
      const file = files[next];
      next += 1;
      try {
        await carry(file, recipe, outDir);
      } catch (error) {
        process.exitCode = 1;
        process.stderr.write(`sharp_peer: ${file}: ${error.message}\n`);
      }
    }
  };
  await Promise.all(Array.from({ length: jobs }, runner));
}

if (isMainThread) {
  await main(process.argv.slice(2));
} else {
  await process1(workerData.file, workerData.recipe, workerData.outDir);
}
