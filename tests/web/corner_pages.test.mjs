/* Pages of runs that are not as most are, and pages on paper. IMGLOOM and TESTDATA as elsewhere. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { barriers, folder, rowCount, withTable } from './browser.mjs';

const clean = { errors: [], dialogs: [], requests: [] };
const text = (page, selector) => page.locator(selector).textContent();

/* A run in `folder`; the page that it leaves. */
function pageOf(name, status, ...words) {
  const file = join(folder, `${name}.html`);
  const run = spawnSync(
    process.env.IMGLOOM,
    ['run', '-Q', '-o', `out-${name}`, '--html', file, ...words],
    { cwd: folder, encoding: 'utf8' },
  );
  assert.equal(run.status, status, run.stderr);
  return file;
}

before(() => {
  for (const name of ['one', 'none', 'bad']) mkdirSync(join(folder, name));
  copyFileSync(join(process.env.TESTDATA, 'photos/scene-1.jpg'), join(folder, 'one/a.jpg'));
  for (const name of ['a.jpg', 'b.jpg', 'c.png']) writeFileSync(join(folder, 'bad', name), 'junk');
});

test('of one image', () =>
  withTable(
    pageOf('one', 0, 'one', '--size', '100x,50%', '--name', '{stem}-{width}.{ext}'),
    {},
    async (page, noted) => {
      assert.equal(await text(page, '#title'), '1 image, none failed');
      assert.match(await text(page, '#times .says'), /^It took [\d.]+\u202F(m?s)\.$/);
      assert.ok((await page.locator('#times .axis span').count()) > 0);
      assert.ok((await page.locator('#times .bars button').count()) > 4);
      assert.match(await text(page, '#settings'), /size100 wide, 50\u202F%/);
      assert.equal(await rowCount(page), 2);
      assert.deepEqual(await barriers(page), []);
      assert.deepEqual(noted, clean);
    },
  ));

test('of no image', () =>
  withTable(pageOf('none', 3, 'none'), {}, async (page, noted) => {
    assert.equal(await text(page, '#title'), 'No images');
    assert.equal(await page.locator('#images').isVisible(), false);
    assert.deepEqual(await barriers(page), []);
    assert.deepEqual(noted, clean);
  }));

test('of failures alone', () =>
  withTable(pageOf('bad', 1, 'bad'), {}, async (page, noted) => {
    assert.equal(await text(page, '#title'), '3 of 3 images failed');
    assert.equal(await page.locator('#savings').count(), 0);
    assert.equal(await rowCount(page), 3);
    assert.deepEqual(await barriers(page), []);
    assert.deepEqual(noted, clean);
    await page.locator('#row-0').click();
    assert.match(await text(page, '#viewer'), /Nothing was written/);
  }));

test('of a dry run', () =>
  withTable(pageOf('dry', 0, '-n', 'one'), {}, async (page, noted) => {
    assert.equal(await text(page, '#title'), '1 image planned');
    assert.deepEqual(noted, clean);
  }));

test('of a run that was killed', () => {
  pageOf('killed', 0, 'one', '--report', 'killed.ndjson');
  const lines = readFileSync(join(folder, 'killed.ndjson'), 'utf8').split('\n');
  writeFileSync(join(folder, 'killed.ndjson'), lines.slice(0, 2).join('\n'));
  const made = spawnSync(
    process.env.IMGLOOM,
    ['report', '--html', 'killed.html', 'killed.ndjson'],
    { cwd: folder },
  );
  assert.equal(made.status, 0);
  return withTable(join(folder, 'killed.html'), {}, async (page, noted) => {
    assert.equal(await text(page, '#title'), 'Interrupted after 1 image');
    assert.deepEqual(noted, clean);
  });
});

test('are printed with whole names, under titles that each page repeats', async () => {
  const name = `${'long-'.repeat(40)}name.jpg`;
  mkdirSync(join(folder, 'paper'));
  copyFileSync(join(folder, 'one/a.jpg'), join(folder, 'paper', name));
  await withTable(pageOf('paper', 0, 'paper', '--size', '50x'), {}, async (page) => {
    const cell = page.locator('#table td.name');
    const isCut = () => cell.evaluate((td) => td.scrollWidth > td.clientWidth);
    assert.equal(await isCut(), true);
    assert.ok((await cell.getAttribute('title')).includes(name));
    await page.emulateMedia({ media: 'print' });
    assert.equal(await isCut(), false);
    assert.equal(
      await page
        .locator('#table th.name')
        .evaluate((th) => getComputedStyle(th, '::before').content),
      '"Image"',
    );
    assert.equal(await page.locator('#table th.name button').isVisible(), false);
  });
});
