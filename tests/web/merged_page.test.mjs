/* Pages that imgloom report makes afterwards. IMGLOOM and TESTDATA as for report_page.test.mjs. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { folder, rowCount, withPage, withTable } from './browser.mjs';
import { runSample } from './sample.mjs';

let report;
const clean = { errors: [], dialogs: [], requests: [] };

before(() => {
  report = runSample(folder);
});

test('reports become a page afterwards, one or several', async () => {
  const imgloom = process.env.IMGLOOM;
  const make = (name, ...reports) => {
    execFileSync(imgloom, ['report', '--html', name, ...reports], { cwd: folder, stdio: 'pipe' });
    return join(folder, name);
  };
  const other = ['run', 'in/gray.jpg', '-o', 'other', '-q', '50', '-Q', '--report', 'other.ndjson'];
  execFileSync(imgloom, other, { cwd: folder });
  for (const [page, more] of [
    [make('sub/one.html', 'report.json'), 0],
    [make('sub/two.html', 'report.json', 'other.ndjson'), 1],
  ])
    await withTable(page, {}, async (page, noted) => {
      assert.equal(await page.locator('#trouble').isVisible(), false);
      const failed = await page.locator('#figure-failed .value').textContent();
      assert.equal(failed, String(report.summary.failed));
      assert.equal(await rowCount(page), report.summary.rows + more);
      assert.deepEqual(noted, clean);
    });
});

test('a folder made afterwards shows small pictures, of each run its own', async () => {
  const imgloom = process.env.IMGLOOM;
  const options = { cwd: folder, stdio: 'pipe' };
  const words = ['run', 'in/gray.jpg', '-Q', '--format', 'png', '--report'];
  execFileSync(imgloom, [...words, 'first.json', '-o', 'first', '--width', '500'], options);
  execFileSync(imgloom, [...words, 'second.json', '-o', 'second', '--width', '400'], options);
  execFileSync(imgloom, ['report', '--html', 'site/', 'first.json', 'second.json'], options);
  await withPage(join(folder, 'site/index.html'), {}, async (page, noted) => {
    const runs = await page.locator('.tile img').evaluateAll((all) =>
      Promise.all(
        all.map(async (img) => {
          await img.decode();
          return [img.src.replace(/.*[/]pictures-[0-9a-f]+/, ''), img.naturalWidth];
        }),
      ),
    );
    assert.deepEqual(runs.sort(), [
      ['/0/000/000000.webp', 320],
      ['/1/000/000000.webp', 320],
    ]);
    assert.deepEqual([noted.errors, noted.requests.length], [[], 2]);
  });
});

test('fields that the page has no place for are shown by their names, as text', async () => {
  const imgloom = process.env.IMGLOOM;
  const row = report.results.find((one) => one.originalPath === 'in/gray.jpg');
  const later = structuredClone(report);
  later.results = [
    { ...row, hue: '<b>red</b>', later: { a: [1, 2] }, none: null, long: 'x'.repeat(1000) },
  ];
  later.summary.rows = 1;
  writeFileSync(join(folder, 'later.json'), JSON.stringify(later));
  execFileSync(imgloom, ['report', '--html', 'later.html', 'later.json'], {
    cwd: folder,
    stdio: 'pipe',
  });
  await withTable(join(folder, 'later.html'), {}, async (page, noted) => {
    await page.locator('#row-0').click();
    const facts = await page
      .locator('#viewer .facts > div')
      .evaluateAll((all) =>
        all.map((one) => [...one.children].map((part) => part.textContent)),
      );
    const others = facts.slice(facts.findIndex(([label]) => label === 'Number') + 1);
    assert.deepEqual(others.slice(0, 2), [
      ['hue', '<b>red</b>'],
      ['later', '{"a":[1,2]}'],
    ]);
    assert.deepEqual(others.slice(2), [['long', `${'x'.repeat(200)}\u2026`]]);
    assert.deepEqual(noted.dialogs, []);
    assert.deepEqual(noted.errors, []);
  });
});

test('runs in one page have their own folders and timelines', async () => {
  const imgloom = process.env.IMGLOOM;
  for (const name of ['one', 'two']) {
    const cwd = join(folder, name);
    mkdirSync(cwd);
    copyFileSync(join(folder, 'in/gray.jpg'), join(cwd, `${name}.jpg`));
    execFileSync(imgloom, ['run', '.', '-o', 'out', '-Q', '--report', 'r.json'], { cwd });
  }
  const reports = ['one/r.json', 'two/r.json'];
  execFileSync(imgloom, ['report', '--html', 'both.html', ...reports], { cwd: folder });
  await withTable(join(folder, 'both.html'), {}, async (page, noted) => {
    assert.match(await page.locator('#about').textContent(), /2 runs merged/);
    assert.equal(await rowCount(page), 2);
    for (const at of [0, 1]) {
      await page.locator(`#row-${at}`).click();
      await page
        .locator('#viewer img')
        .evaluateAll((all) => Promise.all(all.map((i) => i.decode())));
      await page.keyboard.press('Escape');
    }
    assert.deepEqual(
      noted.requests.sort(),
      ['one/one', 'one/out/one', 'two/out/two', 'two/two'].map(
        (path) => pathToFileURL(join(folder, `${path}.jpg`)).href,
      ),
    );
    const images = () => page.locator('.lane-labels .hidden-text').allTextContents();
    assert.match((await images()).join(), /1 image/);
    await page.getByLabel('Run', { exact: true }).selectOption('1');
    assert.match((await images()).join(), /1 image/);
    assert.deepEqual(noted.errors, []);
  });
});

/* Two shards of a plan: the first with an attempt that was killed, the second never begun. */
test('the page of a plan shows its shards and the attempts at them', async () => {
  const imgloom = process.env.IMGLOOM;
  const cwd = join(folder, 'plan');
  mkdirSync(join(cwd, 'in'), { recursive: true });
  for (let i = 0; i < 32; i++)
    copyFileSync(join(folder, 'in/gray.jpg'), join(cwd, `in/${String(i).padStart(2, '0')}.jpg`));
  const run = (status, ...words) => {
    const done = spawnSync(imgloom, words, { cwd, encoding: 'utf8' });
    assert.equal(done.status, status, done.stderr);
  };
  run(0, 'plan', 'in', '-o', 'out', '--width', '20', '--shards', '2', '--plan', 'run');
  run(0, 'run', '--plan', 'run', '--shard', '0', '-Q');
  const reports = join(cwd, 'run/reports');
  const [name] = readdirSync(reports);
  const lines = readFileSync(join(reports, name), 'utf8').split('\n');
  writeFileSync(join(reports, name), `${lines.slice(0, 4).join('\n')}\n`);
  run(0, 'run', '--plan', 'run', '--shard', '0', '-Q');
  run(1, 'report', '--plan', 'run', '--html', 'all.html');
  await withTable(join(cwd, 'all.html'), {}, async (page, noted) => {
    assert.match(await page.locator('#about').textContent(), /a plan of 2 shards/);
    assert.match(await page.locator('#title').textContent(), /^Interrupted/);
    assert.equal(
      await page.locator('#shards-says').textContent(),
      '2 shards, 16 outputs are missing in 1, 2 attempts, 3 rows left out',
    );
    const cells = await page
      .locator('#shards-table tbody tr')
      .evaluateAll((all) => all.map((row) => [...row.children].map((one) => one.textContent)));
    assert.deepEqual(cells[0], ['1', '16', '16', 'none']);
    assert.deepEqual(
      cells.slice(1).map((row) => [row.length, row.at(-2), row.at(-1)]),
      [
        [8, 'killed, or still going on', '3'],
        [5, 'done', '13'],
      ],
    );
    assert.deepEqual(cells[1].slice(0, 3), ['0', '16', '']);
    assert.match(cells[1][3], /^.+, process \d+$/);
    assert.deepEqual(noted.errors, []);
  });
});
