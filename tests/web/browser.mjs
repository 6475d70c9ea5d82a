/*
 * Chromium for the tests of pages. Everything that a page should not do is noted down: errors,
 * words on the console, dialogs, and requests beyond itself.
 */
import { chromium } from 'playwright-core';
import { after, before } from 'node:test';
import { pathToFileURL } from 'node:url';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const require = (await import('node:module')).createRequire(import.meta.url);
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/* The headless shell has no window to draw, and takes half the time. */
const chromiums = [
  process.env.CHROMIUM,
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

let browser = null;
export let folder = null; /* a temporary folder, removed at the end */

before(async () => {
  const executablePath = chromiums.find((path) => path && existsSync(path));
  if (executablePath === undefined)
    throw new Error(
      'there is no Chromium: install it, name it in CHROMIUM, or set IMGLOOM_NO_BROWSER=1',
    );
  folder = mkdtempSync(join(tmpdir(), 'imgloom-page-'));
  browser = await chromium.launch({ executablePath });
});

after(async () => {
  await browser?.close();
  if (folder !== null) rmSync(folder, { recursive: true, force: true });
});

/*
 * Opens a file or an address, calls `use(page, noted)` and closes. `noted` has what the page did:
 * {errors, dialogs, requests}, lists of strings; requests without the page's own. `options`: those of
 * Playwright, and the fragment of the address.
 */
export async function withPage(file, { fragment = '', ...options }, use) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, ...options });
  const noted = { errors: [], dialogs: [], requests: [] };
  const address = file.startsWith('http:') ? file : pathToFileURL(file).href;

  page.on('console', (message) => noted.errors.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => noted.errors.push(error.message));
  page.on('dialog', (dialog) => {
    noted.dialogs.push(dialog.message());
    return dialog.dismiss();
  });
  page.on('request', (request) => {
    if (request.url().split('#')[0] !== address) noted.requests.push(request.url());
  });
  try {
    await page.goto(address + fragment);
    return await use(page, noted);
  } finally {
    await page.close();
  }
}

/* The same of a report, as a table instead of a gallery, which loads pictures. */
export function withTable(file, options, use) {
  return withPage(file, { fragment: '#view=table', ...options }, use);
}

/* What axe finds wrong (WCAG 2.2 A and AA), as sentences. */
export async function barriers(page) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
    }),
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes
      .slice(0, 3)
      .map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`),
  );
}

/* How many rows the table of a report's page lists. */
export async function rowCount(page) {
  return Number(await page.locator('#table').getAttribute('aria-rowcount')) - 1;
}
