// Final sizes of imgloom beside sharp's: 20 sizes x 5 fits on generated pictures.
//
//   node sizes.mjs
//
// imgloom is $IMGLOOM, or build/release/imgloom of this tree. Prints a table: for each size and
// fit how many of the pictures agree, and each that does not, with its reason. The exit status is 1
// when a difference has no reason that imgloom's rules give.
//
// The rule: a side is floor(x + 0.5) px, at least 1, of the original's size. sharp reckons from
// the size after a JPEG was shrunk while decoding, which is rounded already. So the same picture
// is also given to sharp as PNG, which it never shrinks: when sharp agrees there, that is the
// reason ("shrink"). A side of exactly x.5 px, which we round up, sharp's floating point may find
// just below ("half").

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';

const here = path.dirname(fileURLToPath(import.meta.url));
const imgloom = process.env.IMGLOOM ?? path.join(here, '../../build/release/imgloom');

const pictures = [
  [2725, 2225], [1001, 999], [1001, 667], [333, 222], [799, 601], [400, 200], [600, 901], [7, 5],
];
const sizes = [
  [800, 600], [600, 800], [333, 777], [100, 100], [1, 1], [99, 33], [500, 499], [640, 480],
  [1024, 768], [257, 3], [75, 50], [1280, 720], [150, 151], [31, 0], [0, 47], [100, 0], [0, 100],
  [500, 0], [0, 777], [1200, 0],
];
const fits = ['cover', 'contain', 'fill', 'inside', 'outside'];

const word = ([width, height]) => `${width || ''}x${height || ''}`;

// Whether a side is exactly in the middle between two whole numbers.
function isHalf(name, made) {
  const [[width, height], [a, b]] = [name, made].map((text) => text.split('x').map(Number));
  return ((2 * height * a) % width === 0 && ((2 * height * a) / width) % 2 === 1) ||
    ((2 * width * b) % height === 0 && ((2 * width * b) / height) % 2 === 1);
}

function reasonOf(name, type, ours, theirs) {
  if (isHalf(name, ours[type])) {
    return 'half';
  }
  return type === 'jpg' && ours.png === theirs.png && ours.jpg === ours.png ? 'shrink' : 'unknown';
}

async function makePictures(folder) {
  for (const type of ['jpg', 'png']) {
    mkdirSync(path.join(folder, type));
    for (const [width, height] of pictures) {
      await sharp({ create: { width, height, channels: 3, background: '#86a' } })
        .toFile(path.join(folder, type, `${width}x${height}.${type}`));
    }
  }
}

// Sizes by imgloom's report, of all pictures of a type: name without extension to WxH.
function ofImgloom(folder, type, size, fit) {
  const report = path.join(folder, 'report.json');
  execFileSync(imgloom, ['run', '--size', word(size), '--fit', fit, '-f', 'jpeg', '-Q', '--report',
    report, '-o', path.join(folder, 'out'), path.join(folder, type)]);
  return new Map(JSON.parse(readFileSync(report, 'utf8')).results.map((row) =>
    [path.parse(row.originalPath).name, `${row.width}x${row.height}`]));
}

async function ofSharp(folder, type, name, [width, height], fit) {
  const { info } = await sharp(path.join(folder, type, `${name}.${type}`))
    .resize(width || null, height || null, { fit })
    .jpeg()
    .toBuffer({ resolveWithObject: true });
  return `${info.width}x${info.height}`;
}

// Compares one size and fit; returns how many are the same, and notes the others.
async function compare(folder, size, fit, differences) {
  const types = ['jpg', 'png'];
  const [jpg, png] = types.map((type) => ofImgloom(folder, type, size, fit));
  let same = 0;
  for (const name of jpg.keys()) {
    const ours = { jpg: jpg.get(name), png: png.get(name) };
    const theirs = {};
    for (const type of types) {
      theirs[type] = await ofSharp(folder, type, name, size, fit);
    }
    for (const type of types) {
      if (ours[type] === theirs[type]) {
        same++;
      } else {
        const reason = reasonOf(name, type, ours, theirs);
        differences.push({ reason, text: `${name}.${type} to ${word(size)} ${fit}: imgloom ` +
          `${ours[type]}, sharp ${theirs[type]} (${reason})` });
      }
    }
  }
  return same;
}

async function main() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'sizes-'));
  const differences = [];
  let same = 0;
  try {
    await makePictures(folder);
    console.log(`sharp ${sharp.versions.sharp}; ${pictures.length} pictures as JPEG and as PNG`);
    console.log(['size', ...fits].map((text) => text.padEnd(10)).join(''));
    for (const size of sizes) {
      const row = [word(size)];
      for (const fit of fits) {
        const found = await compare(folder, size, fit, differences);
        same += found;
        row.push(`${found}/${2 * pictures.length}`);
      }
      console.log(row.map((text) => text.padEnd(10)).join(''));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const count = (reason) => differences.filter((one) => one.reason === reason).length;
  console.log(`\n${same} the same; ${count('shrink')} differ by shrink, ${count('half')} by half, ` +
    `${count('unknown')} for a reason unknown`);
  for (const one of differences) {
    console.log(`  ${one.text}`);
  }
  return count('unknown') > 0 ? 1 : 0;
}

process.exitCode = await main();
