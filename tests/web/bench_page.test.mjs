/* The page of a benchmark in a browser. IMGLOOM is the program, TESTDATA the folder of pictures. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { barriers, folder, withPage } from './browser.mjs';

let bench, file;

before(() => {
  file = join(folder, 'bench.html');
  const json = join(folder, 'bench.json');
  execFileSync(
    process.env.IMGLOOM,
    [
      'bench',
      join(process.env.TESTDATA, 'photos'),
      '--size',
      '100x',
      '-j',
      '1,2',
      '--isolate',
      'auto,never',
      '--runs',
      '2',
      '--warmup',
      '0',
      '--json',
      json,
      '--html',
      file,
    ],
    { stdio: 'pipe' },
  );
  bench = JSON.parse(readFileSync(json, 'utf8'));
});

/* The page as it would be with another recommendation: what this machine does meanwhile decides. */
function pageThat(recommends, verdict) {
  const path = join(folder, 'bench-other.html');
  const page = readFileSync(file, 'utf8');
  const other = page
    .replace(/"recommended": (null|\{[^}]*\})/, `"recommended": ${JSON.stringify(recommends)}`)
    .replace(/"verdict": "[^"]*"/, `"verdict": ${JSON.stringify(verdict)}`);
  assert.ok(other.includes(verdict));
  writeFileSync(path, other);
  return path;
}

test('opens without an error or a request', () =>
  withPage(file, {}, async (page, noted) => {
    assert.equal(await page.locator('#trouble').isVisible(), false);
    assert.match(await page.title(), /imgloom bench$/);
    assert.deepEqual(noted, { errors: [], dialogs: [], requests: [] });
  }));

test('figures are those of the JSON', () => {
  const { settings } = bench;
  const chosen = settings[1];
  const { threads, isolate } = chosen;
  const words = 'Recommended: this one.';
  return withPage(pageThat({ threads, isolate }, words), {}, async (page) => {
    const value = async (id) =>
      (await page.locator(`#figure-${id} .value`).textContent()).replaceAll(',', '');
    const near = (text, number, step) =>
      assert.ok(Math.abs(parseFloat(text) - number) <= step, `${text}: ${number}`);
    assert.equal(
      await page.locator('#title').textContent(),
      `Use -j ${threads} --isolate ${isolate}`,
    );
    assert.equal(await page.locator('#verdict').textContent(), words);
    assert.equal(await page.locator('#settings-table tr.chosen').count(), 1);
    assert.equal(await value('images'), String(bench.inputs.images));
    near(await value('rate'), chosen.imagesPerSecond.median, 0.06);
    near(await value('speed-up'), chosen.speedUp.median, 0.006);
    near(await value('memory'), chosen.peakRssBytes.median / 1e6, 0.06);
    const rows = page.locator('#settings-table tbody tr');
    assert.equal(await rows.count(), settings.length);
    for (const [i, setting] of settings.entries()) {
      const cells = await rows.nth(i).locator('td').allTextContents();
      near(cells[0].replaceAll(',', ''), setting.imagesPerSecond.median, 0.06);
      near(cells[2], setting.speedUp.median, 0.006);
    }
  });
});

test('recommends nothing on a busy machine', () => {
  const words = 'The machine was busy: do not trust this.';
  return withPage(pageThat(null, words), {}, async (page, noted) => {
    assert.equal(await page.locator('#title').textContent(), 'The machine was busy');
    assert.equal(await page.locator('#verdict').textContent(), words);
    assert.equal(await page.locator('#settings-table tr.chosen').count(), 0);
    assert.deepEqual(noted.errors, []);
  });
});

test('draws each setting', () =>
  withPage(file, {}, async (page) => {
    const { settings } = bench;
    assert.equal(await page.locator('#speed-up .drawing .range').count(), settings.length);
    assert.equal(await page.locator('#memory .full').count(), settings.length);
    assert.equal(await page.locator('.ridge-plot').count(), settings.length);
    for (const path of await page.locator('.drawing [points], .drawing [d]').all())
      assert.doesNotMatch(await path.evaluate((shape) => shape.outerHTML), /NaN|undefined/);
    for (const setting of settings)
      assert.ok(
        (await page.locator('#memory .drawing').getAttribute('aria-label')).includes(
          `${setting.threads} thread${setting.threads === 1 ? '' : 's'}, isolate ${setting.isolate}`,
        ),
      );
  }));

test('has no barriers that axe knows of, light and dark', async () => {
  for (const colorScheme of ['light', 'dark'])
    await withPage(file, { colorScheme }, async (page) =>
      assert.deepEqual(await barriers(page), []),
    );
});

test('fits a narrow screen', () =>
  withPage(file, { viewport: { width: 320, height: 700 } }, async (page) => {
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320);
  }));
