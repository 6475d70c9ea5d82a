/* What a page shows of a run with a state. IMGLOOM and TESTDATA as for report_page.test.mjs. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { folder, rowCount, withTable } from './browser.mjs';

const { IMGLOOM: imgloom, TESTDATA: testdata } = process.env;
const GONE = ['<b>gone.jpg', 'changed.jpg'];

before(() => {
  const run = (...words) =>
    execFileSync(imgloom, ['run', 'in', '-o', 'out', '--width', '20', '--state', 's.db', '-Q', ...words], {
      cwd: folder,
    });
  mkdirSync(join(folder, 'in'));
  for (const name of ['one.jpg', 'two.jpg', 'lost.jpg', ...GONE])
    copyFileSync(join(testdata, 'photos/gray.jpg'), join(folder, 'in', name));
  run();
  for (const name of GONE) rmSync(join(folder, 'in', name));
  writeFileSync(join(folder, 'out/changed.jpg'), 'mine');
  rmSync(join(folder, 'out/lost.jpg'));
  appendFileSync(join(folder, 'in/two.jpg'), 'more');
  copyFileSync(join(testdata, 'photos/gray.jpg'), join(folder, 'in/new.jpg'));
  run('--prune', '--report', 'r.json', '--report', 'r.ndjson', '--html', 'page.html');
  execFileSync(imgloom, ['report', '--html', 'again.html', 'r.json'], { cwd: folder });
  execFileSync(imgloom, ['report', '--html', 'lines.html', 'r.ndjson'], { cwd: folder });
});

for (const page of ['page.html', 'again.html', 'lines.html'])
  test(`${page} says why outputs were made, and what is gone`, () =>
    withTable(join(folder, page), {}, async (page, noted) => {
      assert.equal(
        await page.locator('#gone-says').textContent(),
        '2 outputs of earlier runs have no input any more; 1 of them was removed.',
      );
      assert.deepEqual(await page.locator('#gone li').allTextContents(), [
        'out/<b>gone.jpg of in/<b>gone.jpg \u2013 input is gone; removed',
        'out/changed.jpg of in/changed.jpg \u2013 input is gone; kept: was changed since',
      ]);
      const reasons = page.locator('#tally-because tbody th');
      assert.deepEqual((await reasons.allTextContents()).sort(), [
        'it was missing, or not what was written',
        'no earlier run made it',
        'not made',
        'the input has changed',
      ]);
      await page.locator('#tally-because button', { hasText: 'the input has changed' }).click();
      assert.equal(await rowCount(page), 1);
      assert.match(await page.locator('#table td.name').first().textContent(), /two\.jpg/);
      assert.match(await page.locator('.extra').textContent(), /the input has changed/);
      assert.deepEqual(noted, { errors: [], dialogs: [], requests: [] });
    }));

test('a report of one run keeps what it says of its state', () => {
  execFileSync(imgloom, ['report', '--merge', '-o', 'copy.json', 'r.ndjson'], { cwd: folder, stdio: 'pipe' });
  const [one, copy] = ['r.json', 'copy.json'].map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  assert.equal(copy.removed.length, 2);
  assert.deepEqual(copy.removed, one.removed);
  assert.deepEqual(copy.summary.state, one.summary.state);
});
