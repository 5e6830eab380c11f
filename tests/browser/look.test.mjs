// Every state in both themes and on a narrow window: WCAG 2.2 AA by axe, no sideways scrolling, and
// a picture in out/ for the eye.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { accessibilityProblems, chooseFiles, launch, waitState } from './harness.mjs';

const out = new URL('out/', import.meta.url).pathname;
const WIDE = { width: 1360, height: 850 };
const NARROW = { width: 360, height: 740 };

let chrome;
before(async () => {
  chrome = await launch();
  fs.mkdirSync(out, { recursive: true });
});
after(async () => {
  await chrome?.close();
});

const sample = async (page, name) => {
  await page.locator(`[data-sample="${name}"]`).click();
  await waitState(page, 'done');
};

const STATES = {
  idle: async (page) => {
    await page.locator('.proof summary').click();
  },
  quiet: (page) => sample(page, 'quiet-day'),
  findings: (page) => sample(page, 'three-tunnels'),
  detail: async (page) => {
    await sample(page, 'three-tunnels');
    await page.locator('.finding-open').first().click();
    await page.waitForSelector('.records tbody tr');
  },
  help: async (page) => {
    await page.keyboard.press('?');
    await page.waitForSelector('dialog[open]');
  },
  models: async (page) => {
    await page.keyboard.press('m');
    await page.waitForSelector('.models .chart');
  },
  'models-tables': async (page) => {
    await page.keyboard.press('m');
    await page.waitForSelector('.models .chart');
    await page.evaluate(() => document.querySelectorAll('.models details').forEach((details) => { details.open = true; }));
  },
  unreadable: async (page) => {
    await chooseFiles(page, { name: 'photo.jpg', mimeType: 'image/jpeg', buffer: Buffer.from([255, 216, 255, 0]) });
    await waitState(page, 'failed');
  },
};

for (const [state, reach] of Object.entries(STATES)) {
  for (const colorScheme of ['light', 'dark']) {
    for (const [size, viewport] of Object.entries({ wide: WIDE, narrow: NARROW })) {
      test(`${state}, ${colorScheme}, ${size}`, async () => {
        const page = await chrome.newPage({ colorScheme, viewport, reducedMotion: 'reduce' });
        await waitState(page, 'idle');
        await reach(page);
        await page.screenshot({ path: `${out}${state}-${colorScheme}-${size}.png`, fullPage: state !== 'help' });
        const sideways = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(sideways <= 0, `${sideways} px too wide`);
        assert.deepEqual(await accessibilityProblems(page), []);
        await page.context().close();
      });
    }
  }
}
