// The view of the channels: a brush in one plot is known in all, and there is a table behind each.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { findings, launch, waitState } from './harness.mjs';

let chrome;
let page;
let found;
before(async () => {
  chrome = await launch();
  page = await chrome.newPage();
  await waitState(page, 'idle');
  await page.locator('[data-sample="three-tunnels"]').click();
  await waitState(page, 'done');
  found = await findings(page);
  await page.locator('[data-to=explore]').click();
  await page.waitForSelector('.pairs .uplot');
});
after(async () => {
  await chrome?.close();
});

const figure = (caption) => page.locator('.pairs figure').filter({ has: page.getByText(caption, { exact: true }) });
/** Brushes a plot from one share of its width and height to another. */
async function brush(caption, from, to) {
  const plot = figure(caption).locator('.u-over');
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  const at = ([x, y]) => [box.x + box.width * x, box.y + box.height * y];
  const before = await said();
  await page.mouse.move(...at(from));
  await page.mouse.down();
  await page.mouse.move(...at(to), { steps: 5 });
  await page.mouse.up();
  await saysOther(before);
}
/** What is brushed, in words; nothing without a brush. */
const said = () => page.locator('.brushed > [role=status]').evaluateAll(([line]) => line?.textContent ?? '');
/** Waits for another brush than the one in these words. */
const saysOther = async (before) => {
  await page.waitForFunction((old) => (document.querySelector('.brushed > [role=status]')?.textContent ?? old) !== old, before);
  return said();
};
const listed = () => page.$$eval('.brushed tbody tr', (rows) => rows.map((row) => [row.children[0].textContent, row.children[1].textContent]));
const brushed = async () => Number(/^([\d,]+)/.exec(await page.locator('#brushed-title').innerText())[1].replaceAll(',', ''));

test('four features stand against each other: ten plots, each with a text', async () => {
  assert.equal(await page.locator('.pairs figure').count(), 10);
  const texts = await page.$$eval('.pairs .chart-host', (hosts) => hosts.map((host) => host.getAttribute('aria-label')));
  assert.deepEqual(texts.filter((text) => !/channels/.test(text)), []);
});

test('a brush over the high scores lists the tunnels, the worst first', async () => {
  await brush('Score against entropy', [0.02, 0.01], [0.99, 0.3]);
  const tunnels = found.filter((row) => row.severity === 'critical').map((row) => [row.client, row.domain]);
  assert.deepEqual((await listed()).toSorted(), tunnels.toSorted());
  // The same channels light up in the others: the series of the brushed ones is in their tables.
  await figure('Entropy').locator('summary').click();
  const heads = await figure('Entropy').locator('thead th').allInnerTexts();
  assert.deepEqual(heads, ['Entropy', 'All', 'Brushed']);
  const sum = await figure('Entropy').locator('tbody tr td:nth-child(3)').allInnerTexts();
  assert.equal(sum.reduce((all, cell) => all + (Number(cell) || 0), 0), tunnels.length);
  await figure('Entropy').locator('summary').click();
});

test('another brush takes its place, and Escape ends it', async () => {
  const before = await brushed();
  await brush('Entropy', [0.05, 0.5], [0.95, 0.5]);
  assert.ok(await brushed() > before);
  await figure('Entropy').locator('.chart-host').focus();
  await page.keyboard.press('Escape');
  await page.waitForSelector('.brushed', { state: 'detached' });
});

test('arrow keys brush as the mouse does', async () => {
  await figure('Entropy').locator('.chart-host').focus();
  const press = async (key) => {
    const before = await said();
    await page.keyboard.press(key);
    const [, from, to] = /^entropy (\S+) to (\S+)\.$/.exec(await saysOther(before)).map(Number);
    return { from, to, channels: await brushed() };
  };
  const first = await press('ArrowRight');
  const moved = await press('ArrowRight');
  assert.ok(moved.from > first.from && moved.to > first.to, 'an arrow moves both ends');
  const narrowed = await press('Shift+ArrowLeft');
  assert.ok(narrowed.from === moved.from && narrowed.to < moved.to, 'with shift the right end alone comes nearer');
  // Back, and on to the end of the axis: channels come in.
  let wide = await press('Shift+ArrowRight');
  assert.deepEqual(wide, moved);
  while (wide.channels === moved.channels) {
    const before = wide;
    wide = await press('Shift+ArrowRight');
    assert.ok(wide.from === before.from && wide.to > before.to, 'with shift the right end alone goes on');
  }
  assert.ok(wide.channels > moved.channels);
  await page.getByRole('button', { name: 'End the brush' }).click();
  await page.waitForSelector('.brushed', { state: 'detached' });
});

test('the table behind a plot has its numbers, and leaves as CSV', async () => {
  const plot = figure('Entropy against producer-consumer ratio');
  await plot.locator('summary').click();
  const shown = await plot.locator('tbody tr').count();
  assert.ok(shown > 10);
  const [download] = await Promise.all([page.waitForEvent('download'), plot.locator('[data-save=csv]').click()]);
  assert.equal(download.suggestedFilename(), 'wakeful-entropy-against-producer-consumer-ratio.csv');
  const lines = fs.readFileSync(await download.path(), 'utf8').trimEnd().split('\r\n');
  assert.ok(lines.length > shown);
  assert.match(lines[0], /^Set,Name,/);
  await plot.locator('summary').click();
});

test('features are chosen, stand in the address, and a brushed channel leads to its finding', async () => {
  await page.locator('.axis select').first().selectOption({ label: 'Rate' });
  await figure('Rate').waitFor();
  await page.waitForFunction(() => new URLSearchParams(location.hash.slice(1)).get('axes')?.startsWith('rate,'));
  await brush('Score against entropy', [0.02, 0.01], [0.99, 0.3]);
  const [client, domain] = (await listed())[0];
  await page.locator('.brushed').getByRole('button', { name: 'Finding' }).first().click();
  await page.waitForSelector('.detail');
  const title = await page.locator('#detail-title').innerText();
  assert.ok(title.includes(client) && title.includes(domain), title);
  chrome.assertNoErrors();
  chrome.assertNoForeignRequests();
});
