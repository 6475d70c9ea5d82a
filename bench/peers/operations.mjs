// Operations that imgloom bench-peers' workloads do not have, done with sharp as a user who wants
// throughput would: node operations.mjs OPERATION JOBS LIST OUTDIR MARK
//
// UV_THREADPOOL_SIZE must be JOBS. An image that fails is named on standard error.

import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';

const fit = (image) => image.resize(800, 600, { fit: 'inside' });

const operations = {
  resize: (image) => fit(image),
  extract: async (image) => {
    const { width, height } = await image.metadata();
    const part = (side, share) => Math.round(side * share);
    return fit(image.extract({ left: part(width, 0.1), top: part(height, 0.1), width: part(width, 0.8), height: part(height, 0.8) }));
  },
  trim: (image) => fit(image.trim({ threshold: 10 })),
  sharpen: (image) => fit(image).sharpen({ sigma: 1 }),
  blur: (image) => fit(image).blur(2),
  watermark: (image) => fit(image).composite([{ input: markPixels, raw: markShape, gravity: 'southeast' }]),
  text: (image) => fit(image).composite([{ input: { text: { text: '<span foreground="white">a caption</span>',
    font: 'DejaVu Sans 32', dpi: 72, rgba: true } }, gravity: 'south' }]),
  brighten: (image) => fit(image).modulate({ brightness: 1.2, saturation: 1.3 }),
};

const [, , operation, jobs, list, outDir, mark] = process.argv;
// Decoded once, as imgloom does.
const { data: markPixels, info: markShape } = await sharp(mark).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
sharp.concurrency(1);
sharp.cache(false);
const files = readFileSync(list, 'utf8').split('\n').filter(Boolean)
  .map((file) => ({ file, size: statSync(file).size })).sort((a, b) => b.size - a.size);
await Promise.all(Array.from({ length: Number(jobs) }, async () => {
  for (let next = files.shift(); next; next = files.shift()) {
    try {
      const image = await operations[operation](sharp(next.file));
      await image.jpeg({ quality: 80 }).toFile(path.join(outDir, `${path.parse(next.file).name}.jpg`));
    } catch (error) {
      console.error(`${next.file}: ${error.message}`);
      process.exitCode = 1;
    }
  }
}));
