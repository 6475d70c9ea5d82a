// processImages(paths, options) as a pool of worker threads with sharp has it, by imgloom:
// an array of {originalPath, outputPath, processedSize, success, error}, one for each path, in order.
//
//   node process-images.mjs OUTPUT IMAGE...

import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from '../imgloom.js';

/** options: {width, height, fit, rotation, grayscale, outputDir, concurrency} */
export async function processImages(paths, { outputDir, concurrency, ...recipe }) {
  const results = new Map();
  for await (const row of run({ inputs: paths, output: outputDir, jobs: concurrency, recipe })) {
    const { originalPath, outputPath, processedSize, success, error } = row;
    results.set(resolve(originalPath), { originalPath, outputPath, processedSize, success, error });
  }
  // A path that is given twice is one image, with one row, however it is spelled.
  return paths.map((path) => ({ ...results.get(resolve(path)), originalPath: path }));
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [outputDir, ...paths] = process.argv.slice(2);
  const options = { width: 800, height: 600, fit: 'inside', rotation: 90, grayscale: true, outputDir };
  const results = await processImages(paths, options);
  const failed = results.filter(({ success }) => !success);
  console.log(`${results.length - failed.length} of ${results.length} images were made`);
  failed.forEach(({ originalPath, error }) => console.log(`${originalPath}: ${error}`));
}
