// Every view and state in both themes and on a narrow window: WCAG 2.2 AA by axe, no sideways scrolling,
// and a picture in out/ for the eye. A page is opened once a window and theme; the states follow each other.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { accessibilityProblems, chooseFiles, launch, waitState } from './harness.mjs';

const out = new URL('out/', import.meta.url).pathname;
const SIZES = { wide: { width: 1360, height: 850 }, narrow: { width: 360, height: 740 } };

let chrome;
before(async () => {
  chrome = await launch();
  fs.mkdirSync(out, { recursive: true });
});
after(async () => {
  await chrome?.close();
});

const go = async (page, view) => {
  await page.locator(`[data-to=${view}]`).click();
  await page.waitForSelector(`body[data-view=${view}]`);
};
const sample = (name) => async (page) => {
  if (await page.locator('[data-sample]').count() === 0) {
    await page.getByRole('button', { name: 'Scan other files' }).click();
    await waitState(page, 'idle');
  }
  await page.locator(`[data-sample="${name}"]`).click();
  await waitState(page, 'done');
};
const closed = (page) => page.waitForSelector('dialog[open]', { state: 'detached' });
const rows = (page) => page.waitForFunction(() => document.querySelector('.grid-rows .grid-row') && !document.querySelector('.grid-row.pending'));

/** In order: a state may stand on the one before. `over` is in front of the page and closed after. */
const STATES = [
  ['idle', async (page) => {
    await page.locator('.proof summary').click();
  }],
  ['help', (page) => go(page, 'help')],
  ['keys', (page) => page.keyboard.press('?'), true],
  ['settings', (page) => page.keyboard.press('s'), true],
  ['models', (page) => go(page, 'models')],
  ...['model-1', 'curves', 'alarms', 'trials', 'origin', 'tried', 'data', 'words'].map((part) => [`models-${part}`, async (page) => {
    await page.locator(`.help-pages [data-page="${part}"]`).click();
    await page.waitForSelector(`[data-part="${part}"]`);
    await page.evaluate(() => document.querySelectorAll('.models details').forEach((details) => { details.open = true; }));
  }]),
  ['try', (page) => go(page, 'try')],
  ['unreadable', async (page) => {
    await chooseFiles(page, { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from([255, 216, 255, 0]) });
    await waitState(page, 'failed');
  }],
  ['quiet', async (page) => {
    await page.getByRole('button', { name: 'Scan other files' }).click();
    await sample('quiet-day')(page);
  }],
  ['overview', sample('three-tunnels')],
  ['overview-all', (page) => page.evaluate(() =>
    document.querySelectorAll('.more-findings, .health details').forEach((details) => { details.open = true; }))],
  ['findings', (page) => go(page, 'findings')],
  ['grouped', async (page) => {
    // On a narrow window these tools wait behind a button.
    const more = page.locator('.tools-toggle');
    if (await more.isVisible()) await more.click();
    await page.locator('#group').selectOption('client');
    await page.locator('.group-head').first().waitFor();
  }],
  ['allow-list', async (page) => {
    await page.locator('#group').selectOption('none');
    await page.waitForSelector('.group-head', { state: 'detached' });
    await page.locator('.allow-list > summary').click();
    await page.locator('[data-allowed]').first().waitFor();
  }],
  ['none-shown', async (page) => {
    await page.locator('.allow-list > summary').click();
    await page.locator('#filter').fill('nothing is called so');
    await page.waitForSelector('.list-empty');
  }],
  ['detail', async (page) => {
    await page.locator('#filter').fill('');
    await page.locator('.finding-open').first().click();
    await page.waitForSelector('.records tbody tr', { state: 'attached' });
  }],
  ['detail-decoded', async (page) => {
    // On a narrow window most parts are folded; what is opened stays so for the next finding.
    await page.evaluate(() => document.querySelectorAll('.part').forEach((part) => { part.open = true; }));
    await page.getByRole('button', { name: 'Decode the names' }).click();
    await page.waitForSelector('.payload');
  }],
  ['detail-low', async (page) => {
    await page.keyboard.press('Escape');
    await page.locator('.finding.sev-low .finding-open').first().click();
    await page.waitForSelector('.detail .records tbody tr');
  }],
  ['palette', (page) => page.keyboard.press('Control+k'), true],
  ['records', async (page) => {
    await go(page, 'records');
    await rows(page);
  }],
  ['records-columns', (page) => page.locator('.columns summary').click()],
  ['records-completion', async (page) => {
    await page.locator('.columns summary').click();
    await page.locator('#filter').fill('q');
    await page.waitForSelector('#query-list:not([hidden])');
  }],
  ['records-error', async (page) => {
    await page.locator('#filter').fill('quer contains "a"');
    await page.waitForSelector('#query-problem mark');
  }],
  ['records-row', async (page) => {
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await rows(page);
    await page.locator('.grid-rows .grid-cell').first().dblclick();
    await page.waitForSelector('.whole-fields');
  }],
  ['records-menu', async (page) => {
    await page.getByRole('button', { name: 'Close the row' }).click();
    await page.locator('.grid-rows .grid-cell').nth(1).click({ button: 'right' });
    await page.waitForSelector('.menu');
  }],
  ['explore', async (page) => {
    await page.keyboard.press('Escape');
    await go(page, 'explore');
    await page.waitForSelector('.pairs canvas');
  }],
  ['explore-brushed', async (page) => {
    await page.locator('.pairs .chart-host').nth(2).focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector('.brushed');
    await page.locator('.tallies summary').first().click();
  }],
  ['tried', async (page) => {
    await go(page, 'try');
    await page.getByRole('button', { name: 'Put it in', exact: true }).click();
    await page.getByText(/^Done in /).waitFor({ timeout: 120_000 });
  }],
];

/** The same of a page whose scans do not end. */
const UNDER_WAY = [
  ['reading', async (page) => {
    await page.locator('[data-sample="three-tunnels"]').click();
    await page.waitForSelector('[data-early]');
  }],
  ['reading-help', (page) => go(page, 'help')],
  ['broken', async (page) => {
    await go(page, 'overview');
    await page.waitForFunction(() => globalThis.isHeld());
    await page.evaluate(() => globalThis.breakDown());
    await page.waitForSelector('.report');
  }],
  ['broken-page', (page) => page.evaluate(() => {
    // As the page leaves itself when it breaks (`show_broken`).
    document.getElementById('broken-report').textContent = 'Wakeful 0.1.0, page\nat src/page/app.rs:1:2';
    document.getElementById('broken').hidden = false;
    document.getElementById('app').hidden = true;
  })],
];

for (const colorScheme of ['light', 'dark']) {
  for (const [size, viewport] of Object.entries(SIZES)) {
    test(`${colorScheme}, ${size}`, async (context) => {
      for (const [held, states] of [[false, STATES], [true, UNDER_WAY]]) {
        const page = await chrome.newPage({ colorScheme, viewport, reducedMotion: 'reduce', held });
        await waitState(page, 'idle');
        for (const [state, reach, over] of states) await context.test(state, () => look(page, state, reach, over));
        await page.context().close();
      }
      chrome.assertNoErrors();

      async function look(page, state, reach, over) {
        await reach(page);
        if (over) await page.waitForSelector('dialog[open]');
        // What lies half under the bar would count as too small to touch.
        await page.evaluate(() => scrollTo(0, 0));
        await page.screenshot({ path: `${out}${state}-${colorScheme}-${size}.png`, fullPage: !over && state !== 'records-menu' });
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(sideways <= 0, `${sideways} px too wide`);
        assert.deepEqual(await accessibilityProblems(page), []);
        if (over) {
          await page.keyboard.press('Escape');
          await closed(page);
        }
      }
    });
  }
}
