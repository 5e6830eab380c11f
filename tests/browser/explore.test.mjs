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
/** Brings a plot out from under the bar, which stays at the window's top. */
const clear = (plot) => plot.evaluate((node) => node.scrollIntoView({ block: 'center' }));
/** Brushes a plot from one share of its width and height to another. */
async function brush(caption, from, to) {
  const plot = figure(caption).locator('.u-over');
  await clear(plot);
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
  const table = figure('Entropy').locator('table').first();
  const heads = await table.locator('thead th').allInnerTexts();
  assert.deepEqual(heads, ['Entropy', 'All', 'Brushed']);
  const sum = await table.locator('tbody tr td:nth-child(3)').allInnerTexts();
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
  const shown = await plot.locator('table').first().locator('tbody tr').count();
  assert.ok(shown > 10);
  const [download] = await Promise.all([page.waitForEvent('download'), plot.locator('[data-save=csv]').first().click()]);
  assert.equal(download.suggestedFilename(), 'wakeful-entropy-against-producer-consumer-ratio.csv');
  const lines = fs.readFileSync(await download.path(), 'utf8').trimEnd().split('\r\n');
  assert.ok(lines.length > shown);
  assert.match(lines[0], /^Set,Name,/);
  await plot.locator('summary').click();
});

test('the training data lie behind every plot: in the drawing, its text and a table of their own', async () => {
  const evaluation = JSON.parse(fs.readFileSync(new URL('../../docs/evaluation.json', import.meta.url), 'utf8'));
  const { benign } = evaluation.spreads.find(({ log, feature }) => log === 'dns' && feature === 'entropy');
  const plot = figure('Entropy');
  const digits = (value) => Number(value.toPrecision(3));
  const [, low, high, median] = /middle 90 % of benign channels have (\S+) to (\S+), their median is ([\d.]+);/.exec(await plot.locator('.chart-host').getAttribute('aria-label'));
  assert.deepEqual([low, high, median].map(Number), [benign[0], benign[4], benign[2]].map(digits));
  await plot.locator('summary').click();
  const rows = await plot.locator('.references tbody tr').evaluateAll((all) => all.map((row) => [...row.cells].map((cell) => cell.textContent)));
  assert.deepEqual(rows.map(([what]) => what), ['Training, benign: median', 'Training, tunnels: median', 'Training, benign: middle 90 %', 'Training, benign: middle 50 %', 'Training, tunnels: middle 50 %']);
  assert.deepEqual(rows[2].slice(2).map(Number), [low, high].map(Number));
  const [download] = await Promise.all([page.waitForEvent('download'), plot.locator('.references [data-save=csv]').click()]);
  assert.match(fs.readFileSync(await download.path(), 'utf8'), /^Line or band,/);
  await plot.locator('summary').click();
  // The key stands once, above the plots.
  assert.equal(await page.locator('.explore .chart-key').count(), 1);
  assert.match(await page.locator('.explore .chart-key').innerText(), /Training, benign: middle 90 %/);
});

const boxes = (caption) => page.locator('.spreads figure').filter({ has: page.getByText(caption, { exact: true }) });
/** The cells of each row of the table behind boxes, without its button. */
const boxRows = (caption) => boxes(caption).locator('table').first().locator('tbody tr').evaluateAll((rows) => rows.map((row) => [...row.cells].filter((cell) => !cell.querySelector('button')).map((cell) => cell.textContent)));

test('a feature is spread over clients and domains, the greatest first; a row brushes, and the table leaves', async () => {
  await page.locator('.spreads select').selectOption({ label: 'Score' });
  await page.waitForFunction(() => new URLSearchParams(location.hash.slice(1)).get('spread') === 'score');
  await boxes('Score by domain').locator('summary').click();
  const rows = await boxRows('Score by domain');
  const greatest = rows.map((row) => Number(row[6]));
  assert.ok(rows.length > 5 && greatest.every((value, at) => at === 0 || value <= greatest[at - 1]), String(greatest));
  assert.ok(greatest[0] >= 0.9);
  assert.ok(found.some((row) => row.domain === rows[0][0] && row.severity === 'critical'), rows[0][0]);
  const [download] = await Promise.all([page.waitForEvent('download'), boxes('Score by domain').locator('[data-save=csv]').first().click()]);
  const lines = fs.readFileSync(await download.path(), 'utf8').trimEnd().split('\r\n');
  assert.equal(lines[0], 'Domain,Channels,Least,Lower quartile,Median,Upper quartile,Greatest,Drawn and brushed');
  assert.deepEqual(lines.slice(1).map((line) => line.split(',')[0]), rows.map(([name]) => name));
  // By the button, as a keyboard reaches it.
  await boxes('Score by domain').getByRole('button', { name: `Brush ${rows[1][0]}` }).press('Enter');
  await page.getByText(`domain ${rows[1][0]}.`, { exact: true }).waitFor();
  assert.deepEqual([...new Set((await listed()).map(([, domain]) => domain))], [rows[1][0]]);
  assert.equal((await boxRows('Score by domain'))[1][7], String(await brushed()));
  // By a click into the drawing: the first row is that of the greatest value.
  const clients = await boxRows('Score by client');
  const before = await said();
  const over = boxes('Score by client').locator('.u-over');
  await clear(over);
  const box = await over.boundingBox();
  await page.mouse.click(box.x + box.width / 2, box.y + box.height / clients.length / 2);
  assert.equal(await saysOther(before), `client ${clients[0][0]}.`);
  assert.deepEqual([...new Set((await listed()).map(([client]) => client))], [clients[0][0]]);
  await page.locator('.brushed [data-save=csv]').scrollIntoViewIfNeeded();
  const [saved] = await Promise.all([page.waitForEvent('download'), page.locator('.brushed [data-save=csv]').click()]);
  const all = fs.readFileSync(await saved.path(), 'utf8').trimEnd().split('\r\n');
  assert.equal(saved.suggestedFilename(), 'wakeful-brushed-channels.csv');
  assert.match(all[0], /^Client,Domain,Score,Records,/);
  assert.equal(all.length - 1, await brushed());
  await page.getByRole('button', { name: 'End the brush' }).click();
  await page.waitForSelector('.brushed', { state: 'detached' });
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
