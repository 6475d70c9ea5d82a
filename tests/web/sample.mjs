/* A run over names that are hard to show and to link, with many kinds of outcomes; long reports. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { IMGLOOM: imgloom, TESTDATA: testdata } = process.env;

export const HOSTILE = '<script>alert(1)</script>.jpg'; /* a folder, a slash and a file */

/* Good pictures. Bytes, because one of the names is no UTF-8. */
const GOOD = [
  'plain.jpg',
  '<img src=x onerror=alert(2)>.jpg',
  '100%41 #1?.jpg',
  'quote"\'&amp;.jpg',
  'line\nbreak.jpg',
  'right\u202Egpj.jpg',
  'line\u2028separator.jpg',
  'a:b;c.jpg',
  ' space .jpg',
  '{{data}}.jpg',
  '<!--<script y.jpg',
  'ends</script z.jpg',
  'IMG_10.jpg',
  'IMG_9.jpg',
  '\u05E9\u05DC\u05D5\u05DD.jpg',
]
  .map((name) => Buffer.from(name))
  .concat([Buffer.from([0xff, 0x2e, 0x6a, 0x70, 0x67])]);

/*
 * Makes FOLDER/in, FOLDER/out and the report of a run from one to the other, in FOLDER/report.json
 * and FOLDER/sub/page.html. Returns the report.
 */
export function runSample(folder) {
  const input = join(folder, 'in');
  const photo = join(testdata, 'photos/scene-1.jpg');

  mkdirSync(join(input, HOSTILE, '..'), { recursive: true });
  mkdirSync(join(input, 'ends<'));
  for (const name of GOOD) copyFileSync(photo, Buffer.concat([Buffer.from(`${input}/`), name]));
  writeFileSync(join(input, HOSTILE), 'junk');
  writeFileSync(join(input, 'empty.png'), '');
  for (const name of ['cut.jpg', 'cut too.jpg'])
    writeFileSync(join(input, name), readFileSync(photo).subarray(0, 3000));
  copyFileSync(join(testdata, 'photos/gray.jpg'), join(input, 'gray.jpg'));
  writeFileSync(join(folder, 'list'), 'in/missing.jpg\n');
  try {
    execFileSync(
      imgloom,
      [
        'run',
        'in',
        '--files-from',
        'list',
        '-o',
        'out',
        '--size',
        '200x150',
        '-j2',
        '-Q',
        '--report',
        'report.json',
        '--html',
        'sub/page.html',
      ],
      { cwd: folder, stdio: 'pipe' },
    );
  } catch (error) {
    if (error.status !== 1 || !existsSync(join(folder, 'sub/page.html')))
      throw new Error(`imgloom: ${error.stderr}`);
  }
  return JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
}

/* FOLDER/sub/page.html with `count` rows instead of its own, as `file`. */
export function writeLong(folder, file, count) {
  const page = readFileSync(join(folder, 'sub/page.html'), 'utf8');
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
  const begin = page.indexOf('<script type="application/json" class="rows">');
  const end = page.indexOf('<script type="application/json" id="summary">');
  const rest = page.indexOf('<script type="module">');
  const row = report.results.find((one) => one.status === 'ok');
  const parts = [page.slice(0, begin)];

  for (let first = 0; first < count; first += 1000) {
    const rows = [];
    for (let seq = first; seq < Math.min(first + 1000, count); seq++)
      rows.push(
        JSON.stringify({
          ...row,
          seq,
          originalPath: `in/${seq}.jpg`,
          outputPath: `out/${seq}.jpg`,
          worker: seq % 4,
          startMs: (seq - (seq % 4)) * 5,
          elapsedMs: 20 + (seq % 7) / 10,
        }),
      );
    parts.push(`<script type="application/json" class="rows">[\n${rows.join('\n,')}]</script>\n`);
  }
  const summary = {
    ...report.summary,
    inputs: count,
    rows: count,
    ok: count,
    warning: 0,
    failed: 0,
    errorsByCode: {},
  };
  parts.push(
    '<script type="application/json" id="summary">',
    JSON.stringify({ summary, finishedAt: report.finishedAt }),
    '</script>\n',
    page.slice(rest),
  );
  if (end < begin) throw new Error('the page is not as it was');
  writeFileSync(file, parts.join(''));
}
