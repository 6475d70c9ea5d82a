/* The page of a service in a browser. IMGLOOM is the program, TESTDATA the folder of pictures. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { barriers, withPage } from './browser.mjs';

const picture = join(process.env.TESTDATA, 'tiny/photo-333x222.jpg');
let service, address;

before(async () => {
  service = spawn(process.env.IMGLOOM, ['serve', '--listen', '127.0.0.1:0', '--log', '/dev/null'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  for await (const piece of service.stderr) {
    said += piece;
    const found = /listening on (http:\S+)\n/.exec(said);
    if (found) {
      address = `${found[1]}/`;
      return;
    }
  }
  throw new Error(`the service does not start: ${said}`);
});

after(async () => {
  const ended = new Promise((resolve) => service.on('exit', resolve));
  service.kill('SIGTERM');
  assert.equal(await ended, 0);
});

/* The figure's picture, once it is there: its size. */
const sizeOf = (page, id) =>
  page.waitForFunction((name) => {
    const image = document.querySelector(`#${name} img`);
    return image.complete && image.naturalWidth > 0 && [image.naturalWidth, image.naturalHeight];
  }, id).then((handle) => handle.jsonValue());

test('shows before, after, the row and the command', () =>
  withPage(address, {}, async (page, noted) => {
    await page.fill('input[name=width]', '100');
    await page.selectOption('select[name=format]', 'png');
    await page.check('input[name=grayscale]');
    await page.setInputFiles('#picture', picture);
    assert.deepEqual(await sizeOf(page, 'after'), [100, 67]);
    assert.deepEqual(await sizeOf(page, 'before'), [333, 222]);
    const row = await page.textContent('#row');
    for (const words of ['originalFormatjpeg', 'formatpng', 'width100', 'channels1'])
      assert.ok(row.includes(words), `${words} in ${row}`);
    assert.equal(
      await page.textContent('#command'),
      `curl --data-binary @'photo-333x222.jpg' '${address}process-image?width=100&fit=inside&format=png&grayscale=luma' -o output.png`,
    );
    const target = `${address}process-image?width=100&fit=inside&format=png&grayscale=luma`;
    assert.equal(await page.textContent('#address'), target);
    assert.equal(await page.getAttribute('#save', 'download'), 'photo-333x222.png');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.click('[data-copies=address]');
    await page.waitForSelector('[data-copies=address]:has-text("Copied")');
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), target);
    assert.deepEqual(noted.errors, []);
    for (const request of noted.requests)
      assert.ok(request.startsWith(address) || /^(blob|data):/.test(request), request);
    assert.deepEqual(await barriers(page), []);
  }));

test('takes a picture that is dropped', () =>
  withPage(address, {}, async (page) => {
    const bytes = [...readFileSync(picture)];
    await page.evaluate((all) => {
      const dropped = new DataTransfer();
      dropped.items.add(new File([new Uint8Array(all)], 'dropped.jpg', { type: 'image/jpeg' }));
      document.body.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: dropped }));
    }, bytes);
    assert.deepEqual(await sizeOf(page, 'before'), [333, 222]);
    assert.match(await page.textContent('#command'), /@'dropped\.jpg'/);
  }));

test('says so where the browser does not show the format', () =>
  withPage(address, {}, async (page) => {
    await page.setInputFiles('#picture', join(process.env.TESTDATA, 'formats/quadrants.tif'));
    await page.waitForSelector('#after .note:not([hidden])');
    assert.ok(await page.isHidden('#after img'));
    await page.setInputFiles('#picture', picture);
    await sizeOf(page, 'after');
    assert.ok(await page.isVisible('#after img'));
    assert.ok(await page.isHidden('#after .note'));
  }));

test('says what is wrong, in the words of the service', () =>
  withPage(address, {}, async (page) => {
    await page.setInputFiles('#picture', join(process.env.TESTDATA, 'broken/truncated.jpg'));
    await page.waitForSelector('#trouble:not([hidden])');
    assert.match(await page.textContent('#trouble'), /^truncated: the file is cut short/);
    await page.setInputFiles('#picture', picture);
    await sizeOf(page, 'after');
    assert.ok(await page.isHidden('#trouble'));
  }));

test('is narrow where the window is', () =>
  withPage(address, { viewport: { width: 360, height: 700 }, colorScheme: 'dark' }, async (page) => {
    await page.setInputFiles('#picture', picture);
    await sizeOf(page, 'after');
    const [width, window] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    assert.ok(width <= window, `${width} of ${window}`);
    assert.deepEqual(await barriers(page), []);
    if (process.env.SHOT) await page.screenshot({ path: process.env.SHOT, fullPage: true });
  }));
