// The pictures that are processed: a folder of photographs, and sets that are made of them with
// tools that are none of the contenders' libraries' own (jpegtran) or not imgloom (ImageMagick).

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync,
} from 'node:fs';
import path from 'node:path';

const SIDE_MIN = 800; // px: nothing is made larger
const SMALL_SIDE = 320;
const PNG_SIDE = 2400;
const PNG_FILES = 32;

/** {width, height, components, progressive} of a baseline or progressive JPEG, else null. */
export function readJpegHeader(bytes) {
  let at = 2;
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) {
    return null;
  }
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1];
    if (marker >= 0xc0 && marker <= 0xc2 && bytes[at + 4] === 8) {
      return {
        height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7),
        components: bytes[at + 9], progressive: marker === 0xc2,
      };
    }
    if (marker >= 0xc3 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      return null;
    }
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

function findPhotographs(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => /\.jpe?g$/i.test(entry.name))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => statSync(file).isFile())
    .sort()
    .map((file) => ({ file, header: readJpegHeader(readFileSync(file)) }))
    .filter(({ header }) => header !== null && header.components === 3 &&
      Math.min(header.width, header.height) >= SIDE_MIN);
}

/** At most `count` of the items, evenly spread. */
export function spread(items, count) {
  return items.length <= count ? items
    : Array.from({ length: count }, (_, i) => items[Math.floor((i * items.length) / count)]);
}

// Names that no program takes for a pattern or an option.
const plainName = (file, index) => `${String(index).padStart(4, '0')}-` +
  `${path.parse(file).name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 60)}`;

const run = (program, words) => execFileSync(program, words,
  { stdio: ['ignore', 'ignore', 'inherit'], maxBuffer: 1 << 26 });

const jpegtran = (words, from, to) => run('jpegtran',
  ['-copy', 'all', ...words, '-outfile', to, from]);

const namesOf = (folder) => readdirSync(folder).sort().map((name) => path.join(folder, name));

const makers = {
  baseline(photographs, folder) {
    photographs.forEach(({ file, header }, index) => {
      const to = path.join(folder, `${plainName(file, index)}.jpg`);
      if (header.progressive) {
        jpegtran(['-optimize'], file, to);
      } else {
        copyFileSync(file, to);
      }
    });
  },
  progressive(photographs, folder) {
    photographs.forEach(({ file }, index) => {
      jpegtran(['-progressive'], file, path.join(folder, `${plainName(file, index)}.jpg`));
    });
  },
  small(photographs, folder, { small }) {
    const words = ['-define', `jpeg:size=${2 * SMALL_SIDE}x${2 * SMALL_SIDE}`, '-auto-orient',
      '-resize', `${SMALL_SIDE}x${SMALL_SIDE}`, '-quality', '85', '-sampling-factor', '4:2:0',
      '-strip'];
    photographs.slice(0, small).forEach(({ file }, index) => {
      run('convert', [file, ...words, path.join(folder, `${plainName(file, index)}.jpg`)]);
    });
    const made = namesOf(folder);
    for (let i = made.length; i < small; i++) {
      copyFileSync(made[i % made.length],
        path.join(folder, `${plainName(photographs[i % made.length].file, i)}.jpg`));
    }
  },
  png(photographs, folder) {
    spread(photographs, PNG_FILES).forEach(({ file }, index) => {
      run('convert', [file, '-auto-orient', '-resize', `${PNG_SIDE}x${PNG_SIDE}>`, '-depth', '8',
        '-define', 'png:compression-level=6', '-strip',
        path.join(folder, `${plainName(file, index)}.png`)]);
    });
  },
};

/** Prepares sets of a folder's photographs below `cache`, where they stay for the next time. */
export class Data {
  constructor(folder, cache, { files, small }) {
    const all = findPhotographs(folder);
    this.photographs = spread(all, files);
    if (this.photographs.length === 0) {
      throw new Error(`${folder} holds no coloured JPEG of ${SIDE_MIN} px or more a side`);
    }
    this.options = { small };
    const sources = this.photographs.map(({ file }) => [file, statSync(file).size,
      statSync(file).mtimeMs]);
    const key = createHash('sha256').update(JSON.stringify([sources, small])).digest('hex');
    this.folder = path.join(cache, key.slice(0, 12));
  }

  /** {dir, files, input, bytes, pixels, sha256} of a set; it is made where it is not there. */
  set(name) {
    const dir = path.join(this.folder, name);
    if (!existsSync(dir)) {
      process.stderr.write(`making the set ${name} of ${this.photographs.length} photographs\n`);
      rmSync(`${dir}.new`, { recursive: true, force: true });
      mkdirSync(`${dir}.new`, { recursive: true });
      makers[name](this.photographs, `${dir}.new`, this.options);
      renameSync(`${dir}.new`, dir);
    }
    const files = namesOf(dir);
    const hash = createHash('sha256');
    const result = { dir, files, input: name === 'png' ? 'png' : 'jpeg', bytes: 0, pixels: 0 };
    for (const file of files) {
      const bytes = readFileSync(file);
      const size = name === 'png'
        ? { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
        : readJpegHeader(bytes);
      hash.update(`${path.basename(file)}\0`).update(bytes);
      result.bytes += bytes.length;
      result.pixels += size.width * size.height;
    }
    return { ...result, sha256: hash.digest('hex') };
  }
}
