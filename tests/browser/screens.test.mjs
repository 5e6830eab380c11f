// The pictures in docs/screens: the sample with three tunnels, view by view. With UPDATE=1 they are
// written there (`cargo xtask screens`); without, into out/, so that what they need is tested each time.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { launch, waitState } from './harness.mjs';

const docs = new URL('../../docs/screens/', import.meta.url).pathname;
const out = process.env.UPDATE ? docs : new URL('out/screens/', import.meta.url).pathname;
/** Bytes of all pictures together: the repository carries them for good. */
const MOST = 1_000_000;

let chrome;
let page;
before(async () => {
  chrome = await launch();
  fs.mkdirSync(out, { recursive: true });
  page = await chrome.newPage({ viewport: { width: 1180, height: 740 }, colorScheme: 'light', reducedMotion: 'reduce' });
  await waitState(page, 'idle');
});
after(async () => {
  await chrome?.close();
});

/** The window, or as much of it from the top as is told. */
async function picture(name, height = page.viewportSize().height) {
  // Neither pointer nor focus is of what is shown.
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement?.blur());
  await page.screenshot({ path: `${out}${name}.png`, clip: { x: 0, y: 0, width: page.viewportSize().width, height } });
}
async function go(view) {
  await page.locator(`[data-to=${view}]`).click();
  await page.waitForSelector(`body[data-view=${view}]`);
}

test('the first screen', async () => {
  await picture('start');
});

test('the overview', async () => {
  await page.locator('[data-sample="three-tunnels"]').click();
  await waitState(page, 'done');
  await page.waitForSelector('.chart canvas');
  await picture('overview');
});

test('the new and rare domains', async () => {
  const size = page.viewportSize();
  // Wide enough for its columns, beside nothing.
  await page.setViewportSize({ width: 940, height: 740 });
  const list = page.locator('.new-domains');
  await list.locator('summary').click();
  await list.scrollIntoViewIfNeeded();
  await page.mouse.move(0, 0);
  await page.evaluate(() => document.activeElement?.blur());
  // The first rows stand for all of them.
  const { x, y, width } = await list.boundingBox();
  await page.screenshot({ path: `${out}new-domains.png`, clip: { x, y, width, height: 250 } });
  await list.locator('summary').click();
  await page.setViewportSize(size);
});

test('the findings, and one of them in full', async () => {
  await go('findings');
  await page.locator('.finding-open').nth(1).click();
  await page.waitForSelector('.detail .records tbody tr');
  await picture('finding');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.detail', { state: 'detached' });
});

test('the records with a filter', async () => {
  await go('records');
  await page.locator('#filter').fill('qtype == TXT and query contains "a"');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => / of /.test(document.querySelector('p.grid-status')?.textContent ?? '') &&
    document.querySelector('.grid-rows .grid-row') && !document.querySelector('.grid-row.pending'));
  await picture('records');
});

test('the channels with a brush', async () => {
  await go('explore');
  await page.waitForSelector('.pairs canvas');
  const plot = page.locator('.pairs figure').filter({ has: page.getByText('Score against entropy', { exact: true }) });
  await plot.locator('.u-over').scrollIntoViewIfNeeded();
  const box = await plot.locator('.u-over').boundingBox();
  await page.mouse.move(box.x + 3, box.y + 1);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width - 3, box.y + box.height * 0.3, { steps: 5 });
  await page.mouse.up();
  await page.waitForSelector('.brushed');
  await page.locator('.pairs figure').nth(3).scrollIntoViewIfNeeded();
  await picture('explore');
});

test('a tunnel of one’s own', async () => {
  await go('try');
  await page.locator('#try-tool').selectOption('dnscat2');
  await page.getByRole('button', { name: 'Put it in', exact: true }).click();
  await page.getByText(/^Done in /).waitFor({ timeout: 120_000 });
  await page.evaluate(() => scrollTo(0, 0));
  await picture('try');
});

test('the models in short', async () => {
  await go('models');
  await page.waitForSelector('[data-part=short]');
  await page.evaluate(() => scrollTo(0, 0));
  await picture('models', 600);
});

test('the pictures are those that the documents show, and small', () => {
  const names = fs.readdirSync(out).filter((name) => name.endsWith('.png'));
  const all = names.reduce((bytes, name) => bytes + fs.statSync(out + name).size, 0);
  assert.ok(all < MOST, `${all} bytes`);
  const texts = ['README.md', 'docs/tour.md'].map((name) => fs.readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8')).join('\n');
  assert.deepEqual(names.filter((name) => !texts.includes(`screens/${name}`)), [], 'not shown anywhere');
  const shown = [...texts.matchAll(/screens\/([\w-]+\.png)/g)].map(([, name]) => name);
  assert.deepEqual(shown.filter((name) => !names.includes(name)), [], 'shown and not made');
  chrome.assertNoErrors();
});
