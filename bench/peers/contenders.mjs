// The programs that are compared, each as a function from a run to its command.
//
// A run is {recipe, jobs, files, dir, list, list0, out}: the files, the flat folder that holds them
// and nothing else, lists of them (lines; NUL-separated), and the empty folder for the outputs.
// `command` answers {env, cwd, argv}, or null where the program cannot do the recipe alike.
// `gray` is how a program's grey is reckoned, for the check.
// `check` is "none" where the picture is meant to be another one.

import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url));
export const build = path.join(here, '../../build/release');
export const imgloom = process.env.IMGLOOM ?? path.join(build, 'imgloom');

const box = (recipe) => `${recipe.width}x${recipe.height}`;
const extension = (format) => (format === 'jpeg' ? 'jpg' : format);
const isJpeg = (run) => run.recipe.format === 'jpeg' && run.input === 'jpeg';

function runImgloom({ recipe, jobs, out, dir }) {
  return { argv: [imgloom, 'run', '--size', box(recipe), '--fit', recipe.fit,
    ...(recipe.format === 'png' ? [] : ['-q', String(recipe.quality)]), '-f', recipe.format,
    ...(recipe.rotate === 0 ? [] : ['--rotate', String(recipe.rotate)]),
    ...(recipe.grayscale ? ['--grayscale'] : []), '-j', String(jobs), '-Q', '-o', out, dir] };
}

function runSharp(mode, order) {
  return ({ recipe, jobs, list, out }) => {
    if (order === 'resize-first' && recipe.rotate === 0) {
      return null;
    }
    return {
      env: mode === 'pool' ? { UV_THREADPOOL_SIZE: String(jobs) } : {},
      argv: ['node', path.join(here, 'sharp_peer.mjs'), mode, String(jobs),
        JSON.stringify({ ...recipe, order }), list, out],
    };
  };
}

function vipsthumbnail({ recipe, out }) {
  if (recipe.rotate !== 0 || recipe.grayscale || recipe.fit === 'contain') {
    return null;
  }
  const saver = {
    jpeg: `Q=${recipe.quality},optimize_coding,strip`,
    png: 'compression=6,strip',
    webp: `Q=${recipe.quality},strip`,
  }[recipe.format];
  return ['vipsthumbnail', '--size', box(recipe), '--import-profile', 'srgb',
    '--export-profile', 'srgb', // that one alone changes the colours of untagged pictures
    ...(recipe.fit === 'cover' ? ['--smartcrop', 'centre'] : []),
    '-o', `${out}/%s.${extension(recipe.format)}[${saver}]`];
}

function runVips(run) {
  const words = vipsthumbnail(run);
  return words && { env: { VIPS_CONCURRENCY: String(run.jobs) }, argv: [...words, ...run.files] };
}

function runVipsXargs(run) {
  const words = vipsthumbnail(run);
  return words && { env: { VIPS_CONCURRENCY: '1' },
    argv: ['xargs', '-0', '-a', run.list0, '-n', '8', '-P', String(run.jobs), ...words] };
}

// What ImageMagick and GraphicsMagick have in common. The box of the picture as it is stored lets
// them shrink while they decode; quality 60 of a PNG is zlib level 6 without a filter.
function magickWords(recipe) {
  const turned = recipe.rotate % 180 !== 0;
  return {
    hint: turned ? `${recipe.height}x${recipe.width}` : box(recipe),
    words: ['-auto-orient', ...(recipe.rotate === 0 ? [] : ['-rotate', String(recipe.rotate)]),
      '-resize', recipe.fit === 'cover' ? `${box(recipe)}^` : box(recipe),
      ...(recipe.fit === 'inside' ? [] : ['-background', 'black', '-gravity', 'center', '-extent',
        box(recipe)]),
      '-quality', recipe.format === 'png' ? '60' : String(recipe.quality),
      ...(recipe.format === 'jpeg' ? ['-sampling-factor', '2x2'] : [])],
  };
}

function runMagick({ recipe, jobs, files, out }) {
  const { hint, words } = magickWords(recipe);
  return {
    env: { MAGICK_THREAD_LIMIT: String(jobs) },
    argv: ['mogrify', '-path', out, '-format', extension(recipe.format),
      '-define', `jpeg:size=${hint}`, ...words,
      ...(recipe.grayscale ? ['-grayscale', 'Rec601Luma'] : []), '-strip', ...files],
  };
}

// It puts an input's whole path below the output folder.
function runGraphicsMagick({ recipe, jobs, files, dir, out }) {
  const { hint, words } = magickWords(recipe);
  return {
    env: { OMP_NUM_THREADS: String(jobs) },
    cwd: dir,
    argv: ['gm', 'mogrify', '-output-directory', out, '-format', extension(recipe.format),
      '-size', hint, ...words, ...(recipe.grayscale ? ['-colorspace', 'GRAY'] : []),
      '+profile', '*', ...files.map((file) => path.basename(file))],
  };
}

function runLimit({ recipe, jobs, list, out, input }) {
  if (!isJpeg({ recipe, input })) {
    return null;
  }
  return { argv: [path.join(build, 'bench/bench_limit'), ...(recipe.grayscale ? ['-g'] : []),
    ...(recipe.fit === 'cover' ? ['-c'] : []), String(jobs), box(recipe), String(recipe.quality),
    out, list] };
}

export const contenders = [
  { name: 'imgloom', title: 'imgloom', gray: 'luma', check: 'all', command: runImgloom },
  { name: 'sharp', title: 'sharp, at its best', gray: 'sharp', check: 'all',
    command: runSharp('pool', 'picture') },
  { name: 'sharp-resize-first', title: 'sharp, resize before rotate (800x800)', gray: 'sharp',
    check: 'none', command: runSharp('pool', 'resize-first') },
  { name: 'sharp-workers', title: 'sharp, a Worker an image', gray: 'sharp', check: 'all',
    command: runSharp('workers', 'picture') },
  { name: 'vips', title: 'vipsthumbnail, one process', gray: 'luma', check: 'all',
    command: runVips },
  { name: 'vips-xargs', title: 'vipsthumbnail, xargs -P', gray: 'luma', check: 'all',
    command: runVipsXargs },
  { name: 'magick', title: 'ImageMagick mogrify', gray: 'luma', check: 'all', command: runMagick },
  { name: 'gm', title: 'GraphicsMagick mogrify', gray: 'luma', check: 'all',
    command: runGraphicsMagick },
  { name: 'limit', title: 'limit (decode and encode alone)', gray: 'luma', check: 'none',
    command: runLimit },
];
