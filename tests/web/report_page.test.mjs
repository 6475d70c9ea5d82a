/* The page of a report in a browser. IMGLOOM is the program, TESTDATA the folder of pictures. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { barriers, folder, rowCount, withTable } from './browser.mjs';
import { HOSTILE, runSample, writeLong } from './sample.mjs';

let report, file;
const clean = { errors: [], dialogs: [], requests: [] };
const count = (status) => report.results.filter((row) => row.status === status).length;
const rowsOf = (page) => page.locator('#table tbody tr:not(.space)');
const names = (page) => page.locator('#table td.name').allTextContents();
const unmarked = (text) =>
  text.replaceAll(/U\+([0-9A-F]{4})/g, (_, code) => String.fromCharCode(parseInt(code, 16)));

before(() => {
  report = runSample(folder);
  file = join(folder, 'sub/page.html');
});

test('opens without an error, a dialog or a request', () =>
  withTable(file, {}, async (page, noted) => {
    assert.equal(await page.locator('#trouble').isVisible(), false);
    assert.match(await page.title(), /imgloom report$/);
    assert.deepEqual(noted, clean);
  }));

test('figures are those of the JSON', () =>
  withTable(file, {}, async (page) => {
    const { summary } = report;
    const value = (id) => page.locator(`#figure-${id} .value`).textContent();
    assert.equal(await value('images'), String(summary.inputs));
    assert.equal(await value('failed'), String(summary.failed));
    const saved = report.results.reduce((sum, row) => sum + (row.savedBytes ?? 0), 0);
    assert.equal(await value('saved'), `${(saved / 1e6).toFixed(1)}\u202FMB`);
    assert.equal(
      parseFloat(await value('cpu')),
      Number((summary.cpuMs / summary.elapsedMs).toFixed(2)),
    );
    assert.equal(
      await page.locator('#title').textContent(),
      `${summary.failed} of ${summary.inputs} images failed`,
    );
    assert.deepEqual(
      await page.locator('#outcome-legend b').allTextContents(),
      [summary.ok, summary.warning, summary.skipped, summary.planned, summary.failed]
        .filter((n) => n > 0)
        .map(String),
    );
    for (const [code, n] of Object.entries(summary.errorsByCode))
      assert.ok(
        (await page.locator('#groups-error h3', { hasText: `${code} ${n}` }).count()) === 1,
        code,
      );
    assert.equal(await rowCount(page), summary.rows);
    for (const row of report.results.filter((one) => one.error !== null))
      assert.ok((await page.locator('#groups-error').textContent()).includes(row.error), row.error);
  }));

test('histograms and timeline count each image', () =>
  withTable(file, {}, async (page) => {
    const sum = async (id) =>
      (
        await page
          .locator(`#${id} .bars button`)
          .evaluateAll((bars) => bars.map((bar) => Number(/: ([\d,]+) image/.exec(bar.title)[1])))
      ).reduce((a, b) => a + b, 0);
    assert.equal(await sum('times'), report.results.filter((row) => row.worker !== null).length);
    assert.equal(
      await sum('savings'),
      report.results.filter((row) => row.processedSize !== null).length,
    );
    const threads = new Set(
      report.results.map((row) => row.worker).filter((worker) => worker !== null),
    );
    assert.equal(await page.locator('.lane-labels li').count(), threads.size);
  }));

test('formats are counted, and each chooses its rows', () =>
  withTable(file, {}, async (page, noted) => {
    const groups = groupsOf(
      report.results,
      (row) => `${row.originalFormat ?? 'unknown'} \u2192 ${row.format ?? 'unknown'}`,
    );
    const rows = page.locator('#tally-format tbody tr');
    assert.equal(await rows.count(), groups.size);
    for (let i = 0; i < groups.size; i++) {
      const group = groups.get(await rows.nth(i).locator('.link').textContent());
      const count = (name) => rows.nth(i).locator(`td.${name}`).textContent();
      assert.equal(Number(await count('rows')), group.length);
      assert.equal(Number(await count('failed')), group.filter((row) => !row.success).length);
      await rows.nth(i).locator('.link').click();
      assert.equal(await rowCount(page), group.length);
    }
    await page.getByTitle('Remove this filter').click();
    assert.equal(await rowCount(page), report.results.length);
    assert.deepEqual(noted, clean);
  }));

test('all folders are a tree, and each chooses what is below it', () =>
  withTable(file, {}, async (page, noted) => {
    const tree = page.locator('#tally-folder');
    const below = (folder) =>
      report.results.filter((row) => row.originalPath.startsWith(`${folder}/`));
    const folders = [
      ...new Set(report.results.map((row) => row.originalPath.replace(/\/[^/]*$/, ''))),
    ];
    /* Opens whatever can be opened. */
    const closed = tree.locator('.opener[aria-expanded="false"]:not([disabled])');
    while ((await closed.count()) > 0) await closed.first().click();
    const rows = tree.locator('tbody tr');
    assert.equal(await rows.count(), folders.length);
    for (let i = 0; i < folders.length; i++) {
      const row = rows.nth(i);
      await row.locator('.link').click();
      const chip = await page.getByTitle('Remove this filter').textContent();
      const found = below(unmarked(chip.replace(/ \u2715$/, '')));
      assert.ok(found.length > 0, chip);
      assert.equal(Number(await row.locator('td.rows').textContent()), found.length);
      assert.equal(
        Number(await row.locator('td.failed').textContent()),
        found.filter((one) => !one.success).length,
      );
      assert.equal(await rowCount(page), found.length);
    }
    await tree.locator('.opener').first().click();
    assert.equal(await rows.count(), 1);
    assert.deepEqual(noted, clean);
  }));

test('names are text, and exactly theirs', () =>
  withTable(file, {}, async (page, noted) => {
    const shown = (await names(page)).map(unmarked).sort();
    assert.deepEqual(shown, report.results.map((row) => row.originalPath).sort());
    assert.ok(shown.includes(`in/${HOSTILE}`));
    assert.ok((await page.locator('#groups-error').textContent()).includes(`in/${HOSTILE}`));
    assert.equal(await page.locator('img').count(), 0);
    assert.equal(await page.evaluate(() => document.scripts.length), 1);
    assert.equal(await page.locator('.unseen', { hasText: 'U+202E' }).count(), 1);
    assert.deepEqual(noted, clean);
  }));

test('sorts by every column', () =>
  withTable(file, {}, async (page) => {
    const values = {
      time: (row) => row.elapsedMs,
      before: (row) => row.originalSize,
      after: (row) => row.processedSize,
    };
    const inOrder = async () => (await names(page)).map(unmarked);
    for (const [key, get] of Object.entries(values)) {
      const header = page.locator(`#table th.${key}`);
      await header.getByRole('button').click();
      assert.equal(await header.getAttribute('aria-sort'), 'descending');
      for (const [sign, sort] of [
        [-1, 'descending'],
        [1, 'ascending'],
      ]) {
        assert.equal(await header.getAttribute('aria-sort'), sort);
        const sorted = [...report.results].sort(
          (a, b) =>
            (get(a) === null) - (get(b) === null) || sign * (get(a) - get(b)) || a.seq - b.seq,
        );
        assert.deepEqual(
          await inOrder(),
          sorted.map((row) => row.originalPath),
          `${key} ${sort}`,
        );
        await header.getByRole('button').click();
      }
      assert.equal(await header.getAttribute('aria-sort'), null);
    }
    await page.locator('#table th.name button').click();
    const sorted = await inOrder();
    assert.ok(sorted.indexOf('in/IMG_9.jpg') < sorted.indexOf('in/IMG_10.jpg'));
  }));

test('filters by status, code, range and message', () =>
  withTable(file, {}, async (page) => {
    await page
      .getByRole('group', { name: 'Status' })
      .getByRole('button', { name: /failed/ })
      .click();
    assert.equal(await rowCount(page), count('error'));
    const code = Object.keys(report.summary.errorsByCode)[0];
    await page.locator('#code').selectOption(code);
    assert.equal(await rowCount(page), report.summary.errorsByCode[code]);
    await page.getByRole('group', { name: 'Status' }).getByRole('button', { name: /^all/ }).click();
    assert.equal(await rowCount(page), report.results.length);
    const bar = page.locator('#times .bars button:not([aria-disabled])').first();
    const inBar = Number(/: (\d+) image/.exec(await bar.getAttribute('title'))[1]);
    await bar.click();
    assert.equal(await rowCount(page), inBar);
    await page.getByTitle('Remove this filter').click();
    assert.equal(await rowCount(page), report.results.length);
    await page.locator('#outcome-legend button', { hasText: 'ok' }).click();
    assert.equal(await rowCount(page), count('ok'));
  }));

test('searches names and messages', () =>
  withTable(file, {}, async (page) => {
    await page.getByRole('searchbox').fill('IMG_ 9');
    assert.deepEqual(await names(page), ['in/IMG_9.jpg']);
    await page.getByRole('searchbox').fill('<SCRIPT>');
    assert.deepEqual(await names(page), [`in/${HOSTILE}`]);
    await page.getByRole('searchbox').fill('the file is empty');
    assert.deepEqual(await names(page), ['in/empty.png']);
    await page.getByRole('searchbox').fill('nothing is called so');
    assert.equal(await rowCount(page), 0);
    assert.match(await page.locator('#images-says').textContent(), /^0 rows of/);
  }));

test('is used by the keyboard', () =>
  withTable(file, {}, async (page, noted) => {
    const active = () =>
      page.evaluate(() => document.activeElement.id || document.activeElement.tagName);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter'); /* the link that skips to the table */
    assert.equal(await active(), 'images');
    for (let i = 0; i < 40 && (await active()) !== 'table'; i++) await page.keyboard.press('Tab');
    assert.equal(await active(), 'table');
    const grid = page.getByRole('grid', { name: 'Images' });
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    assert.equal(await grid.getAttribute('aria-activedescendant'), 'row-2');
    assert.equal(await page.locator('#row-2').getAttribute('aria-rowindex'), '4');
    await page.keyboard.press('End');
    assert.equal(
      await grid.getAttribute('aria-activedescendant'),
      `row-${report.results.length - 1}`,
    );
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog');
    const first = await dialog.locator('h2').textContent();
    await page.keyboard.press('ArrowRight');
    assert.notEqual(await dialog.locator('h2').textContent(), first);
    await page.keyboard.press('Escape');
    assert.equal(await dialog.isVisible(), false);
    assert.equal(await active(), 'table');

    await page.locator('.lane-canvas').focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowDown', '+', '-', '0'])
      await page.keyboard.press(key);
    assert.match(
      await page.locator('#threads-picked').textContent(),
      /thread \d+, at .* for .*: in\//,
    );
    await page.keyboard.press('Enter');
    assert.equal(await dialog.isVisible(), true);
    assert.deepEqual(noted.errors, []);
  }));

/* Opens every image from the first to the last, and returns what its two sides have come to. */
async function lookAtAll(page) {
  const seen = new Map();
  await page.locator('#row-0').click();
  for (;;) {
    const name = unmarked(await page.locator('#viewer h2 .path').textContent());
    seen.set(
      name,
      await page.locator('#viewer figure').evaluateAll((figures) =>
        Promise.all(
          figures.map(async (side) => {
            const img = side.querySelector('img');
            await img?.decode().catch(() => {});
            return {
              href: side.querySelector('a')?.getAttribute('href'),
              width: img?.isConnected ? img.naturalWidth : 0,
            };
          }),
        ),
      ),
    );
    const next = page.getByRole('button', { name: 'Next image' });
    if (await next.isDisabled()) return seen;
    await next.click();
  }
}

test('shows pictures side by side, from links that are relative and exact', () =>
  withTable(file, {}, async (page, noted) => {
    const seen = await lookAtAll(page);
    for (const row of report.results) {
      const [before, after] = seen.get(row.originalPath);
      const good = row.status === 'ok';
      if (good)
        assert.deepEqual(
          [before.width, after.width],
          [row.originalWidth, row.width],
          row.originalPath,
        );
      assert.ok(before.href.startsWith('./../in/'), before.href);
      assert.equal(after.href?.startsWith('./../out/') ?? false, good);
    }
    assert.equal(seen.get('in/100%41 #1?.jpg')[0].href, './../in/100%2541%20%231%3F.jpg');
    assert.equal(seen.get('in/\uFFFD.jpg')[0].href, './../in/%FF.jpg');
    assert.deepEqual(noted.dialogs, []);
    assert.ok(
      noted.requests.every((url) => url.startsWith(`file://${folder}/`)),
      noted.requests.join('\n'),
    );
  }));

test('links hold when page and pictures move together', async () => {
  const from = ['in', 'out', 'sub'].map((name) => join(folder, name));
  const moved = join(folder, 'moved \u00E9');
  renameAll(from, moved);
  try {
    await withTable(join(moved, 'sub/page.html'), {}, async (page) => {
      await page.locator('#table tr', { hasText: 'plain.jpg' }).click();
      const widths = await page
        .locator('#viewer img')
        .evaluateAll((images) =>
          Promise.all(images.map((img) => img.decode().then(() => img.naturalWidth))),
        );
      assert.equal(widths.length, 2);
    });
  } finally {
    renameAll(
      ['in', 'out', 'sub'].map((name) => join(moved, name)),
      folder,
    );
  }
});

test('is light or dark as the system is, or as it is told', async () => {
  const background = (page) =>
    page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await withTable(file, { colorScheme: 'light' }, background);
  await withTable(file, { colorScheme: 'dark' }, async (page) => {
    const dark = await background(page);
    assert.notEqual(dark, light);
    await page.locator('#theme').click();
    assert.equal(await background(page), light);
    await page.reload();
    assert.equal(await background(page), light); /* kept */
    await page.locator('#theme').click();
    assert.equal(await background(page), dark);
  });
});

test('has no barriers that axe knows of, light and dark', async () => {
  for (const colorScheme of ['light', 'dark'])
    await withTable(file, { colorScheme }, async (page) => {
      assert.deepEqual(await barriers(page), []);
      await page.locator('#row-1').click();
      assert.deepEqual(await barriers(page), []);
    });
});

test('fits a narrow screen', () =>
  withTable(file, { viewport: { width: 320, height: 700 } }, async (page) => {
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 320);
    await page.locator('#row-0').click();
    assert.ok(
      await page.locator('#viewer').evaluate((dialog) => dialog.scrollWidth <= dialog.clientWidth),
    );
  }));

test('can do nothing but what its policy allows', () =>
  withTable(file, {}, async (page, noted) => {
    await page.evaluate(() => {
      document.body.append(
        Object.assign(document.createElement('script'), { textContent: 'globalThis.ran = true' }),
      );
      document.body.insertAdjacentHTML(
        'beforeend',
        '<p onclick="globalThis.ran = true" id="inline">x</p>',
      );
      document.getElementById('inline').click();
    });
    assert.equal(await page.evaluate(() => globalThis.ran), undefined);
    assert.equal(
      await page.evaluate(() =>
        fetch('http://127.0.0.1:9/').then(
          () => 'sent',
          () => 'refused',
        ),
      ),
      'refused',
    );
    assert.deepEqual(noted.requests, []);
  }));

test('carries 100,000 rows, and prints 500', async () => {
  const long = join(folder, 'long.html');
  writeLong(folder, long, 100000);
  await withTable(long, {}, async (page, noted) => {
    assert.equal(await rowCount(page), 100000);
    assert.ok((await rowsOf(page).count()) < 80);
    await page.locator('#scroller').evaluate((scroller) => {
      scroller.scrollTop = scroller.scrollHeight;
    });
    await page.locator('#row-99999').waitFor();
    assert.equal(await page.locator('#row-99999 td.name').textContent(), 'in/99999.jpg');
    await page.getByRole('searchbox').fill('/4242');
    assert.equal(await rowCount(page), 11);
    await page.getByRole('searchbox').fill('');
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    assert.equal(await rowsOf(page).count(), 500);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    assert.ok((await rowsOf(page).count()) < 80);
    assert.deepEqual(noted.errors, []);
  });
});

test('says that it is not whole', async () => {
  const torn = join(folder, 'torn.html');
  writeFileSync(torn, readFileSync(file, 'utf8').replace('id="summary"', 'id="other"'));
  await withTable(torn, {}, async (page) => {
    assert.match(await page.locator('#trouble').textContent(), /cannot be shown: it is incomplete/);
  });
});

function renameAll(paths, to) {
  mkdirSync(to, { recursive: true });
  for (const path of paths) renameSync(path, join(to, path.slice(path.lastIndexOf('/') + 1)));
}

function groupsOf(rows, of) {
  const groups = new Map();
  for (const row of rows) groups.set(of(row), [...(groups.get(of(row)) ?? []), row]);
  return groups;
}
