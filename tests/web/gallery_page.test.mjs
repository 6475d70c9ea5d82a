/* The gallery of a report's page, and what is done with its pictures. IMGLOOM and TESTDATA as elsewhere. */
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { before, test } from 'node:test';
import { barriers, folder, rowCount, withPage } from './browser.mjs';
import { HOSTILE, runSample, writeLong } from './sample.mjs';

let report, file;
const failed = () => report.results.filter((row) => row.status === 'error');
const good = () => report.results.filter((row) => row.status === 'ok');
const tiles = (page) => page.locator('#gallery .tile');
const unmarked = (text) =>
  text.replaceAll(/U\+([0-9A-F]{4})/g, (_, code) => String.fromCharCode(parseInt(code, 16)));

before(() => {
  report = runSample(folder);
  file = join(folder, 'sub/page.html');
});

test('pictures come first, and failures before them, in red with whole sentences', () =>
  withPage(file, { viewport: { width: 1280, height: 2400 } }, async (page, noted) => {
    assert.equal(await tiles(page).count(), report.results.length);
    const ranks = await tiles(page).evaluateAll((all) => all.map((tile) => tile.className));
    assert.deepEqual(
      ranks.slice(0, failed().length),
      failed().map(() => 'tile error'),
    );
    const red = await page.evaluate(() => {
      const tile = document.querySelector('.tile.error');
      const probe = document.createElement('i');
      document.body.append(probe);
      probe.style.color = 'var(--error)';
      return [
        getComputedStyle(tile).borderTopColor,
        getComputedStyle(tile.querySelector('.words')).color,
        getComputedStyle(probe).color,
      ];
    });
    assert.deepEqual(red, [red[2], red[2], red[2]]);
    const said = await page.locator('.tile.error .words').allTextContents();
    assert.deepEqual(
      said.sort(),
      failed()
        .map((row) => row.error)
        .sort(),
    );
    assert.ok(
      await page.evaluate(
        () =>
          document
            .querySelector('#images')
            .compareDocumentPosition(document.querySelector('#messages')) &
          Node.DOCUMENT_POSITION_FOLLOWING,
      ),
    );
    assert.deepEqual(noted.dialogs, []);
  }));

test('its pictures are the outputs, and its names are text', () =>
  withPage(file, { viewport: { width: 1280, height: 2400 } }, async (page, noted) => {
    await page.waitForLoadState('networkidle');
    const pictures = await page
      .locator('.tile img')
      .evaluateAll((all) =>
        Promise.all(
          all.map((img) => img.decode().then(() => [img.getAttribute('src'), img.naturalWidth])),
        ),
      );
    assert.equal(pictures.length, good().length);
    for (const [src, width] of pictures) {
      assert.ok(src.startsWith('./../out/'), src);
      assert.ok(width > 0 && width <= 200, `${src}: ${width}`);
    }
    const names = (await page.locator('.tile-name bdi').allTextContents()).map(unmarked).sort();
    const last = (path) => path.slice(path.lastIndexOf('/') + 1);
    assert.deepEqual(names, report.results.map((row) => last(row.originalPath)).sort());
    assert.ok(names.includes(last(HOSTILE)));
    assert.equal(await page.evaluate(() => document.scripts.length), 1);
    assert.ok(noted.requests.every((url) => url.startsWith(`file://${folder}/out/`)));
    assert.deepEqual(noted.errors, []);
    assert.deepEqual(noted.dialogs, []);
  }));

test('says so where a picture is gone', async () => {
  const gone = join(folder, 'gone.html');
  writeFileSync(gone, readFileSync(file, 'utf8').replaceAll('"out/', '"nowhere/'));
  await withPage(gone, {}, async (page) => {
    await page.getByRole('searchbox').fill('plain.jpg');
    await page.locator('.tile .words').waitFor();
    assert.match(await page.locator('.tile').textContent(), /cannot show this jpeg/);
  });
});

test('a page that is a folder has small pictures of its own', async () => {
  const words = ['run', 'in', '-o', 'large', '-j2', '-Q', '--html', 'site/', '--report', 'l.json'];
  assert.equal(spawnSync(process.env.IMGLOOM, words, { cwd: folder }).status, 1);
  const { results } = JSON.parse(readFileSync(join(folder, 'l.json'), 'utf8'));
  const site = join(folder, 'site');
  const written = results.filter((row) => row.success);
  const sizes = (page) =>
    page
      .locator('.tile img')
      .evaluateAll((all) =>
        Promise.all(
          all.map((img) => img.decode().then(() => [img.naturalWidth, img.naturalHeight])),
        ),
      );
  await withPage(
    join(site, 'index.html'),
    { viewport: { width: 1280, height: 2400 } },
    async (page, noted) => {
      await page.waitForLoadState('networkidle');
      const seen = await sizes(page);
      assert.equal(seen.length, written.length);
      for (const [width, height] of seen)
        assert.ok(Math.max(width, height) === 320, `${width}x${height}`);
      const made = `file://${site}/pictures-`;
      assert.ok(
        noted.requests.every((url) => url.startsWith(made)),
        noted.requests.join('\n'),
      );
      assert.deepEqual(noted.errors, []);
      /* Each is of its own row. */
      for (const row of written)
        assert.ok(
          noted.requests.some((url) =>
            url.endsWith(`/000/${String(row.seq).padStart(6, '0')}.webp`),
          ),
        );
    },
  );
  /* Where one is missing, the output is shown. */
  const [name] = readdirSync(site).filter((one) => one.startsWith('pictures-'));
  rmSync(join(site, name, '000'), { recursive: true });
  await withPage(
    join(site, 'index.html'),
    { viewport: { width: 1280, height: 2400 } },
    async (page) => {
      await page.waitForFunction(() =>
        [...document.querySelectorAll('.tile img')].every(
          (img) => img.complete && img.naturalWidth > 0,
        ),
      );
      const seen = await sizes(page);
      assert.deepEqual(
        seen.map(([width]) => width).sort((a, b) => a - b),
        written.map((row) => row.width).sort((a, b) => a - b),
      );
    },
  );
});

test('is used by the keyboard', () =>
  withPage(file, {}, async (page, noted) => {
    const gallery = page.getByRole('listbox', { name: 'Images' });
    const active = () => gallery.getAttribute('aria-activedescendant');
    await gallery.focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await active(), 'row-1');
    await page.keyboard.press('ArrowDown');
    const columns = Number((await active()).slice(4)) - 1;
    assert.ok(columns > 3, `${columns} columns`);
    await page.keyboard.press('ArrowLeft');
    assert.equal(await active(), `row-${columns}`);
    await page.keyboard.press('End');
    assert.equal(await active(), `row-${report.results.length - 1}`);
    await page.keyboard.press('Home');
    await page.keyboard.press('Enter');
    assert.equal(await page.getByRole('dialog').isVisible(), true);
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Escape');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'gallery');
    assert.deepEqual(noted.errors, []);
  }));

/* Opens a good picture, when both of its sides are there. */
async function openGood(page) {
  await page.getByRole('searchbox').fill('plain.jpg');
  await page.locator('#row-0').click();
  await page
    .locator('#viewer img')
    .evaluateAll((all) => Promise.all(all.map((img) => img.decode())));
}

const boxes = (page) =>
  page.locator('#viewer img').evaluateAll((all) =>
    all.map((img) => {
      const { x, y, width, height } = img.getBoundingClientRect();
      return {
        x,
        y,
        width,
        height,
        natural: img.naturalWidth,
        clip: getComputedStyle(img).clipPath,
      };
    }),
  );

test('compares with a slider', () =>
  withPage(file, {}, async (page, noted) => {
    await openGood(page);
    await page.locator('#compare-slider').click();
    assert.equal(await page.locator('#compare-slider').getAttribute('aria-pressed'), 'true');
    let [after, over] = await boxes(page);
    /* One lies on the other. */
    for (const key of ['x', 'y', 'width', 'height']) assert.equal(over[key], after[key], key);
    assert.ok(over.natural > after.natural);
    const cut = (clip) => parseFloat(/inset\(0px ([\d.]+)%/.exec(clip)?.[1] ?? '0');
    assert.ok(Math.abs(cut(over.clip) - 50) < 1, over.clip);
    await page.getByRole('slider').fill('0');
    [, over] = await boxes(page);
    assert.equal(cut(over.clip), 100);
    /* By the pointer: to a fifth of the picture from its left. */
    await page.mouse.move(after.x + after.width / 2, after.y + 20);
    await page.mouse.down();
    await page.mouse.move(after.x + after.width / 5, after.y + 20);
    await page.mouse.up();
    [, over] = await boxes(page);
    assert.ok(Math.abs(cut(over.clip) - 80) < 1, over.clip);
    await page.keyboard.press('Escape');
    assert.deepEqual(noted.errors, []);
  }));

test('compares at 100 %', () =>
  withPage(file, { viewport: { width: 700, height: 500 } }, async (page, noted) => {
    await openGood(page);
    await page.locator('#compare-loupe').click();
    const [before, after] = await boxes(page);
    assert.equal(after.width, after.natural); /* px for px */
    assert.equal(before.width, after.width); /* and the input at the same scale */
    const frame = page.locator('#viewer .after .frame');
    await frame.focus();
    for (let i = 0; i < 30; i++) await page.keyboard.press('ArrowDown');
    const [, lower] = await boxes(page);
    const room = await frame.boundingBox();
    if (after.height > room.height) assert.ok(lower.y < after.y);
    assert.equal(await page.getByRole('dialog').isVisible(), true);
    assert.deepEqual(noted.errors, []);
  }));

test('does not lay turned pictures over each other', async () => {
  const run = [
    'run',
    'in/plain.jpg',
    '-o',
    'turned',
    '--rotate',
    '90',
    '-Q',
    '--html',
    'turned.html',
  ];
  execFileSync(process.env.IMGLOOM, run, { cwd: folder });
  await withPage(join(folder, 'turned.html'), {}, async (page) => {
    await page.locator('#row-0').click();
    assert.equal(await page.locator('#compare-slider').isDisabled(), true);
    assert.equal(await page.locator('#compare-loupe').isDisabled(), false);
  });
});

/* What a button of the page copies. */
async function copied(page, id) {
  await page.evaluate(() => {
    navigator.clipboard.writeText = async (text) => {
      globalThis.copied = text;
    };
  });
  await page.locator(`#${id}`).click();
  await page.locator('#copied', { hasText: 'Copied' }).waitFor();
  return page.evaluate(() => globalThis.copied);
}

test('copies the list of failed files', () =>
  withPage(file, {}, async (page) => {
    const paths = (await copied(page, 'copy-failed')).split('\n').slice(0, -1);
    assert.deepEqual(
      paths,
      failed().map((row) => row.originalPath),
    );
  }));

test('shows what the browser does not let it copy', () =>
  withPage(file, {}, async (page) => {
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error('no'));
      document.execCommand = () => false;
    });
    await page.locator('#copy-failed').click();
    const shown = await page.locator('#to-copy').inputValue();
    assert.deepEqual(
      shown.split('\n').slice(0, -1),
      failed().map((row) => row.originalPath),
    );
    assert.ok(await page.evaluate(() => document.activeElement.id === 'to-copy' || getSelection().toString() !== ''));
  }));

test('copies a command that tries again what failed, and nothing else', () =>
  withPage(file, {}, async (page) => {
    const command = await copied(page, 'copy-command');
    mkdirSync(join(folder, 'bin'));
    symlinkSync(resolve(process.env.IMGLOOM), join(folder, 'bin/imgloom'));
    const again = spawnSync('sh', ['-c', command], {
      cwd: '/',
      encoding: 'utf8',
      env: { ...process.env, PATH: `${join(folder, 'bin')}:${process.env.PATH}` },
    });
    assert.equal(again.status, 1, `${command}\n${again.stderr}`);
    const rows = readFileSync(join(folder, 'again.ndjson'), 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
      .filter((line) => line.type === 'image');
    assert.equal(rows.length, report.results.length);
    for (const row of rows) {
      const first = report.results.find((one) => one.originalPath === row.originalPath);
      assert.equal(row.status, first.status === 'error' ? 'error' : 'skipped', row.originalPath);
    }
  }));

test('quotes what a shell would read', async () => {
  const names = ["it's.jpg", '$(touch x).jpg', '-q'];
  const cwd = join(folder, 'odd $HOME');
  mkdirSync(cwd);
  for (const name of names) writeFileSync(join(cwd, name), 'junk');
  const words = ['run', '-Q', '-o', 'o ut', '--html', 'p.html', '--width', '9', '--', ...names];
  const run = spawnSync(process.env.IMGLOOM, words, { cwd, encoding: 'utf8' });
  assert.equal(run.status, 1, run.stderr);
  await withPage(join(cwd, 'p.html'), {}, async (page) => {
    const command = await copied(page, 'copy-command');
    const said = spawnSync(
      'sh',
      ['-c', command.replace('&& imgloom', "&& printf '%s\\n' imgloom")],
      {
        encoding: 'utf8',
      },
    );
    assert.deepEqual(said.stdout.trimEnd().split('\n'), [
      'imgloom',
      ...['run', '-Q', '-o', 'o ut', '--width', '9', '--if-exists', 'skip'],
      ...['--report', 'again.ndjson', '--', ...names],
    ]);
  });
});

test('the address keeps what is shown', () =>
  withPage(file, {}, async (page, noted) => {
    await page.locator('#view-table').click();
    await page
      .getByRole('group', { name: 'Status' })
      .getByRole('button', { name: /failed/ })
      .click();
    await page.getByRole('searchbox').fill('cut');
    await page.locator('#sort').selectOption({ label: 'Name' });
    const shown = await page.locator('#table td.name').allTextContents();
    assert.ok(shown.length > 1);
    await page.reload();
    assert.deepEqual(await page.locator('#table td.name').allTextContents(), shown);
    assert.equal(await page.getByRole('searchbox').inputValue(), 'cut');
    await page.getByRole('searchbox').fill('');
    await page.getByRole('group', { name: 'Status' }).getByRole('button', { name: /^all/ }).click();
    const bar = page.locator('#savings .bars button:not([aria-disabled])').first();
    const inBar = Number(/: (\d+) image/.exec(await bar.getAttribute('title'))[1]);
    await bar.click();
    const chip = await page.getByTitle('Remove this filter').textContent();
    await page.reload();
    assert.equal(await rowCount(page), inBar);
    assert.equal(await page.getByTitle('Remove this filter').textContent(), chip);
    assert.deepEqual(noted.errors, []);
  }));

test('an address of anybody does no harm', async () => {
  for (const fragment of [
    '#view=%3Cscript%3E&status=fine&sort=toString:down&range=rows:0:1&group=__proto__:x',
    '#status=constructor&range=time:a:b&group=constructor:x&message=%3Cimg%20src=x%20onerror=alert(1)%3E',
    '#%E0%A4%A&text=%FF&sort=',
    '#images',
  ])
    await withPage(file, { fragment }, async (page, noted) => {
      assert.equal(await page.locator('#trouble').isVisible(), false);
      assert.equal(await page.evaluate(() => document.scripts.length), 1);
      assert.deepEqual(noted.errors, []);
      assert.deepEqual(noted.dialogs, []);
    });
});

test('histograms have counts', () =>
  withPage(file, {}, async (page) => {
    const scale = await page.locator('#savings .counts span').allTextContents();
    const most = Math.max(
      ...(await page
        .locator('#savings .bars button')
        .evaluateAll((bars) => bars.map((bar) => Number(/: ([\d,]+) image/.exec(bar.title)[1])))),
    );
    assert.equal(scale[0], '0');
    assert.ok(Number(scale.at(-1)) >= most);
    const heights = await page
      .locator('#savings .bars')
      .evaluate((bars) => [
        bars.clientHeight,
        Math.max(...[...bars.querySelectorAll('span')].map((bar) => bar.offsetHeight)),
      ]);
    assert.ok(Math.abs(heights[1] / heights[0] - most / Number(scale.at(-1))) < 0.02);
  }));

test('the peak is that of all processes, where it was sampled', async () => {
  const { peakRssBytes: main } = report.summary;
  assert.ok(report.summary.peakTotalRssBytes >= main);
  for (const [all, value, note] of [
    ['1234567890', '1.2\u202FGB', /^of all processes, [\d.]+\u202FMB in the main one$/],
    ['null', `${(main / 1e6).toFixed(1)}\u202FMB`, /^of the main process$/],
  ]) {
    const other = join(folder, 'memory.html');
    writeFileSync(
      other,
      readFileSync(file, 'utf8').replace(/"peakTotalRssBytes":\d+/, `"peakTotalRssBytes":${all}`),
    );
    await withPage(other, {}, async (page) => {
      assert.equal(await page.locator('#figure-memory .value').textContent(), value);
      assert.match(await page.locator('#figure-memory .note').textContent(), note);
    });
  }
});

test('says how it was made', () =>
  withPage(file, {}, async (page) => {
    const how = await page.locator('#how').textContent();
    assert.ok(how.includes('imgloom run in --files-from list -o out --size 200x150 -j2'), how);
    assert.match(how, /threads-j 2/);
    assert.match(how, /Linux/);
  }));

test('is printed as a table', () =>
  withPage(file, {}, async (page) => {
    await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
    assert.equal(await page.locator('#table tbody tr:not(.space)').count(), report.results.length);
    assert.equal(await page.locator('#gallery').count(), 0);
    await page.evaluate(() => dispatchEvent(new Event('afterprint')));
    assert.equal(await page.locator('#gallery').count(), 1);
  }));

test('has no barriers that axe knows of, light and dark', async () => {
  for (const colorScheme of ['light', 'dark'])
    await withPage(file, { colorScheme }, async (page) => {
      assert.deepEqual(await barriers(page), []);
      await openGood(page);
      await page.locator('#compare-slider').click();
      assert.deepEqual(await barriers(page), []);
    });
});

test('fits a narrow screen', async () => {
  for (const width of [320, 390])
    await withPage(file, { viewport: { width, height: 700 } }, async (page) => {
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width);
      await openGood(page);
      for (const id of ['#compare-slider', '#compare-loupe']) {
        await page.locator(id).click();
        assert.ok(
          await page
            .locator('#viewer')
            .evaluate((viewer) => viewer.scrollWidth <= viewer.clientWidth),
        );
      }
    });
});

test('carries 100,000 rows', async () => {
  const long = join(folder, 'long.html');
  writeLong(folder, long, 100000);
  await withPage(long, {}, async (page) => {
    assert.ok((await tiles(page).count()) < 120);
    await page.locator('#scroller').evaluate((scroller) => {
      scroller.scrollTop = scroller.scrollHeight;
    });
    await page.locator('#row-99999').waitFor();
    assert.equal(await page.locator('#row-99999 .tile-name bdi').textContent(), '99999.jpg');
    assert.ok((await tiles(page).count()) < 120);
  });
});
