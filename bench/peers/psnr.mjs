// Mean PSNR of imgloom and of sharp on a folder of JPEG photographs.
//
//   node psnr.mjs [--size WxH] [--quality N,N...] DIR
//
// imgloom is $IMGLOOM, or build/release/imgloom of this tree. Default: --size 800x600 (inside),
// --quality 95,80. The reference of each output is the photograph decoded whole (no shrinking while
// decoding), in sRGB, and resized by Lanczos with three lobes to the very size of that output, with
// sharp, from raw pixels to raw pixels: no encoder is part of it. The higher, the nearer.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';

const here = path.dirname(fileURLToPath(import.meta.url));
const imgloom = process.env.IMGLOOM ?? path.join(here, '../../build/release/imgloom');

sharp.cache(false);

const toRaw = (pipeline) => pipeline.removeAlpha().toColourspace('srgb').raw()
  .toBuffer({ resolveWithObject: true });

function psnr(a, b) {
  if (a.length !== b.length) {
    throw new Error(`${a.length} and ${b.length} samples`);
  }
  let squares = 0;
  for (let i = 0; i < a.length; i++) {
    squares += (a[i] - b[i]) ** 2;
  }
  return 10 * Math.log10((255 * 255 * a.length) / squares);
}

// The whole photograph as raw sRGB, upright, and what it should be at some size.
async function decode(file) {
  const { data, info } = await toRaw(sharp(file).autoOrient());
  return async (width, height) => {
    const { data: pixels } = await toRaw(
      sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } })
        .resize(width, height, { fit: 'fill', kernel: 'lanczos3' }));
    return pixels;
  };
}

async function measure(output, reference) {
  const { data, info } = await toRaw(sharp(output));
  return psnr(data, await reference(info.width, info.height));
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

async function compare(folder, dir, [width, height], quality) {
  const out = path.join(folder, `q${quality}`);
  execFileSync(imgloom, ['run', '--size', `${width}x${height}`, '--fit', 'inside', '-f', 'jpeg',
    '-q', quality, '-Q', '-o', out, dir]);
  const ours = [];
  const theirs = [];
  let worst = { difference: Infinity };
  for (const name of readdirSync(dir)) {
    const reference = await decode(path.join(dir, name));
    const made = await sharp(path.join(dir, name)).autoOrient()
      .resize(width, height, { fit: 'inside' }).jpeg({ quality: Number(quality) }).toBuffer();
    ours.push(await measure(path.join(out, `${path.parse(name).name}.jpg`), reference));
    theirs.push(await measure(made, reference));
    const difference = ours.at(-1) - theirs.at(-1);
    if (difference < worst.difference) {
      worst = { difference, name };
    }
  }
  console.log(`quality ${quality}: imgloom ${mean(ours).toFixed(2)} dB, sharp ` +
    `${mean(theirs).toFixed(2)} dB, ${ours.length} photographs; the least favourable: ` +
    `${worst.difference.toFixed(2)} dB (${worst.name})`);
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    size: { type: 'string', default: '800x600' },
    quality: { type: 'string', default: '95,80' },
  },
});
if (positionals.length !== 1 || !/^\d+x\d+$/.test(values.size) ||
  !/^\d+(,\d+)*$/.test(values.quality)) {
  process.stderr.write('usage: psnr.mjs [--size WxH] [--quality N,N...] DIR\n');
  process.exit(2);
}
const folder = mkdtempSync(path.join(os.tmpdir(), 'psnr-'));
try {
  for (const quality of values.quality.split(',')) {
    await compare(folder, positionals[0], values.size.split('x').map(Number), quality);
  }
} finally {
  rmSync(folder, { recursive: true });
}
