// The view of the records: filter, completion, the error at its place, order, columns, a cell's menu,
// the way from one log to the other, and out of the page.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { launch, waitState } from './harness.mjs';

let chrome;
let page;
before(async () => {
  chrome = await launch();
  page = await chrome.newPage({ permissions: ['clipboard-read', 'clipboard-write'], viewport: { width: 1600, height: 900 } });
  await waitState(page, 'idle');
  await page.locator('[data-sample="three-tunnels"]').click();
  await waitState(page, 'done');
  await page.locator('[data-to=records]').click();
  await ready();
});
after(async () => {
  await chrome?.close();
});

/** All rows on the screen are here. */
const ready = () => page.waitForFunction(() => {
  const rows = document.querySelectorAll('.grid-rows .grid-row');
  return rows.length > 0 && document.querySelectorAll('.grid-row.pending').length === 0;
});
const status = (text) => page.waitForFunction((wanted) =>
  new RegExp(wanted).test(document.querySelector('p.grid-status')?.textContent ?? ''), text);
const heads = () => page.$$eval('.grid-head .grid-name', (nodes) => nodes.map((node) => node.textContent));
const column = async (name) => {
  const at = (await heads()).indexOf(name);
  assert.ok(at >= 0, `a column ${name}`);
  return page.$$eval('.grid-rows .grid-row', (rows, cell) => rows.map((row) => row.children[cell].textContent), at);
};
const filter = async (text) => {
  await page.locator('#filter').fill(text);
  await page.keyboard.press('Enter');
};
const clear = async () => {
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await status('^[\\d,]+ rows');
  await ready();
};
const menu = async (name, at = 0) => {
  const place = (await heads()).indexOf(name);
  await page.locator('.grid-rows .grid-row').nth(at).locator('.grid-cell').nth(place).click({ button: 'right' });
  await page.waitForSelector('.menu');
};

test('a filter leaves the rows that pass, and says how many', async () => {
  const before = await column('qtype_name');
  assert.ok(new Set(before).size > 1, 'several types without a filter');
  await filter('qtype == TXT and query contains "a"');
  await status(' of [\\d,]+ rows');
  await ready();
  assert.deepEqual([...new Set(await column('qtype_name'))], ['TXT']);
  assert.ok((await column('query')).every((query) => query.includes('a')));
  await clear();
});

test('the field completes the word at the caret, by keys alone', async () => {
  await page.keyboard.press('Escape');
  await page.locator('.grid').click({ position: { x: 200, y: 100 } });
  await page.keyboard.press('Escape');
  await page.keyboard.press('/');
  await page.waitForFunction(() => document.activeElement.id === 'filter');
  await page.keyboard.type('qtyp');
  await page.waitForSelector('#query-list:not([hidden]) [role=option]');
  assert.equal(await page.locator('#filter').getAttribute('aria-expanded'), 'true');
  await page.keyboard.press('ArrowDown');
  await page.waitForSelector('#query-list [aria-selected=true]');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.getElementById('filter').value === 'qtype ');
  await page.keyboard.type('== T');
  await page.locator('#query-list [role=option]', { hasText: 'TXT' }).click();
  await page.waitForFunction(() => document.getElementById('filter').value.trim() === 'qtype == TXT');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
  await status(' of [\\d,]+ rows');
  await ready();
  assert.deepEqual([...new Set(await column('qtype_name'))], ['TXT']);
  await clear();
});

test('what is wrong is marked where it is wrong, and nothing is asked', async () => {
  await page.locator('#filter').fill('quer contains "a"');
  await page.keyboard.press('Escape');
  await page.waitForSelector('#query-problem mark');
  assert.equal(await page.locator('#query-problem mark').textContent(), 'quer');
  assert.match(await page.locator('#query-problem').innerText(), /no field “quer”/);
  assert.equal(await page.locator('#filter').getAttribute('aria-invalid'), 'true');
  assert.ok(await page.getByRole('button', { name: 'Filter', exact: true }).isDisabled());
  assert.match(await page.locator('p.grid-status').innerText(), /^[\d,]+ rows/);
  await clear();
});

test('a click on a heading sorts up, down, and not at all', async () => {
  const name = page.locator('.grid-head .grid-cell', { hasText: 'query' });
  const order = (wanted) => page.waitForFunction((sorted) =>
    [...document.querySelectorAll('.grid-head .grid-cell')].find((cell) => cell.textContent.startsWith('query'))?.getAttribute('aria-sort') === sorted, wanted);
  const first = await column('query');
  await name.click();
  await order('ascending');
  await status('^[\\d,]+ rows');
  await ready();
  const up = await column('query');
  assert.deepEqual(up, up.toSorted());
  await name.click();
  await order('descending');
  await status('^[\\d,]+ rows');
  await ready();
  const down = await column('query');
  assert.deepEqual(down, down.toSorted().reverse());
  assert.notDeepEqual(up, down);
  await name.click();
  await order('none');
  await status('^[\\d,]+ rows');
  await ready();
  assert.deepEqual(await column('query'), first);
});

test('columns are chosen, and are those of the beginning again', async () => {
  const first = await heads();
  await page.locator('.columns summary').click();
  const choice = (name) => page.locator('.columns-list label').filter({ has: page.getByText(name, { exact: true }) }).locator('input');
  await choice('rtt').check();
  await choice('answers').uncheck();
  await page.waitForFunction(() => [...document.querySelectorAll('.grid-name')].some((node) => node.textContent === 'rtt'));
  await ready();
  assert.deepEqual((await heads()).toSorted(), [...first.filter((name) => name !== 'answers'), 'rtt'].toSorted());
  await page.getByRole('button', { name: 'As at first' }).click();
  await ready();
  assert.deepEqual(await heads(), first);
  await page.locator('.columns summary').click();
});

test('a filter used before is used again', async () => {
  const wanted = 'qtype == TXT and len(query) > 40';
  await filter(wanted);
  await status(' of [\\d,]+ rows');
  const rows = await page.locator('p.grid-status').innerText();
  await filter('rcode == NXDOMAIN');
  await page.waitForFunction((before) => document.querySelector('p.grid-status')?.innerText !== before, rows);
  await clear();
  await page.locator('#query-used').selectOption({ label: wanted });
  await page.waitForFunction((value) => document.getElementById('filter').value === value, wanted);
  await status(' of [\\d,]+ rows');
  assert.equal((await page.locator('p.grid-status').innerText()).split(',')[0], rows.split(',')[0]);
  assert.equal(await page.locator('#query-used').inputValue(), '', 'it can be chosen once more');
  assert.equal(await page.evaluate(() => JSON.stringify({ ...localStorage }).includes('len(query)')), false, 'kept nowhere');
  await clear();
});

test('a column is made wider by its edge and by keys, and is as at first again', async () => {
  const head = page.locator('.grid-head .grid-cell', { hasText: 'id.orig_h' });
  const width = async () => Math.round((await head.boundingBox()).width);
  const grows = (from) => page.waitForFunction(([name, before]) => {
    const cell = [...document.querySelectorAll('.grid-head .grid-cell')].find((node) => node.textContent.startsWith(name));
    return Math.round(cell.getBoundingClientRect().width) > before;
  }, ['id.orig_h', from]);
  const first = await width();
  const order = await head.getAttribute('aria-sort');
  const grip = await head.locator('.grid-grip').boundingBox();
  const [x, y] = [grip.x + grip.width / 2, grip.y + grip.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  await page.mouse.move(x + 60, y + 40, { steps: 4 });
  await page.mouse.up();
  await grows(first + 50);
  assert.equal(await head.getAttribute('aria-sort'), order, 'a drag does not sort');
  const dragged = await width();
  // The pointer is up: it moves nothing any more.
  await page.mouse.move(x + 200, y);
  assert.equal(await width(), dragged);
  const cells = await page.locator('.grid-rows .grid-row').first().locator('.grid-cell').nth((await heads()).indexOf('id.orig_h')).boundingBox();
  assert.equal(Math.round(cells.width), dragged, 'the cells follow the heading');
  await page.locator('.grid [tabindex="0"]').focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowUp');
  await page.waitForFunction(() => document.activeElement.id === 'head-0');
  const at = (await heads()).indexOf('id.orig_h');
  for (let step = 0; step < at; step += 1) await page.keyboard.press('ArrowRight');
  await page.waitForFunction((id) => document.activeElement.id === id, `head-${at}`);
  await page.keyboard.press('Shift+ArrowRight');
  await grows(dragged);
  await page.locator('.columns summary').click();
  await page.getByRole('button', { name: 'As at first' }).click();
  await page.locator('.columns summary').click();
  await ready();
  assert.equal(await width(), first);
});

test('the menu of a cell filters in and out', async () => {
  const [value] = await column('qtype_name');
  await menu('qtype_name');
  await page.getByRole('menuitem', { name: /^Only rows with/ }).click();
  await status(' of [\\d,]+ rows');
  await ready();
  assert.deepEqual([...new Set(await column('qtype_name'))], [value]);
  // The address follows a moment later: an order that was asked for after the filter is in it.
  const query = page.locator('.grid-head .grid-cell', { hasText: 'query' });
  await query.click();
  const ordered = (wanted) => page.waitForFunction((by) => new URLSearchParams(location.hash.slice(1)).get('by') === by, wanted);
  await ordered('query');
  assert.equal(await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).has('where')), false, 'a value of the log stays out of the address');
  // Edited, it is still a value of the log.
  await filter(`(${await page.locator('#filter').inputValue()}) and has query`);
  await status(' of [\\d,]+ rows');
  await query.click();
  await ordered('-query');
  assert.equal(await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).has('where')), false, 'nor does an edited one get into it');
  await query.click();
  await ordered(null);
  await clear();
  await menu('qtype_name');
  await page.getByRole('menuitem', { name: /^Without rows with/ }).click();
  await status(' of [\\d,]+ rows');
  await ready();
  assert.ok(!(await column('qtype_name')).includes(value));
  await clear();
});

test('the menu of a cell has the focus, however fast the keys are', async () => {
  const first = page.locator('.grid-rows .grid-row').first().locator('.grid-cell').first();
  await first.click();
  await page.evaluate(() => {
    const cell = document.activeElement;
    for (const key of ['ArrowRight', ' ']) cell.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
  });
  await page.waitForFunction(() => document.activeElement.matches('.menu [role=menuitem]'));
  await page.keyboard.press('Escape');
  await page.waitForSelector('.menu', { state: 'detached' });
  await page.waitForFunction(() => document.activeElement.matches('.grid-cell'));
});

test('a cell is copied as it is, defanged, with its row, and as commands', async () => {
  const [value] = await column('query');
  const copied = async (entry) => {
    await menu('query');
    await page.getByRole('menuitem', { name: entry, exact: true }).click();
    await page.waitForSelector('.menu', { state: 'detached' });
    return page.evaluate(() => navigator.clipboard.readText());
  };
  assert.equal(await copied('Copy the value'), value);
  assert.equal(await copied('Copy it defanged'), value.replaceAll('.', '[.]'));
  assert.ok((await copied('Copy the row')).includes(value));
  assert.match(await copied('Copy as zeek-cut command'), /^zeek-cut .*'query'.* < dns\.log/);
  assert.match(await copied('Copy as jq command'), /^jq .* dns\.log$/);
});

test('a row leads to its rows in the other log, by its uid', async () => {
  await page.locator('.grid-rows .grid-cell').first().click();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.whole-fields');
  const fields = await page.locator('.whole-fields').innerText();
  const uid = /uid\s+(\S+)/.exec(fields)[1];
  await page.getByRole('button', { name: 'Its rows in conn.log' }).click();
  await status(' of [\\d,]+ rows');
  await ready();
  assert.deepEqual([...new Set(await column('uid'))], [uid]);
  assert.ok((await heads()).includes('conn_state'));
  await menu('uid');
  await page.getByRole('menuitem', { name: /^Rows of dns\.log with this uid/ }).click();
  await page.waitForFunction(() => [...document.querySelectorAll('.grid-name')].some((node) => node.textContent === 'query'));
  await status(' of [\\d,]+ rows');
  await ready();
  assert.deepEqual([...new Set(await column('uid'))], [uid]);
  await clear();
});

test('the rows found leave the page as CSV and JSON, no cell a formula', async () => {
  await filter('qtype == TXT');
  await status(' of [\\d,]+ rows');
  await ready();
  const shown = await heads();
  const found = Number(/^([\d,]+) of/.exec(await page.locator('p.grid-status').innerText())[1].replaceAll(',', ''));
  const save = async (format) => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.locator(`.records-view [data-save=${format}]`).click(),
    ]);
    assert.equal(download.suggestedFilename(), `wakeful-dns.${format}`);
    return fs.readFileSync(await download.path(), 'utf8');
  };
  const lines = (await save('csv')).trimEnd().split('\r\n');
  assert.deepEqual(lines[0].split(','), shown);
  assert.equal(lines.length, found + 1);
  assert.deepEqual(lines.filter((line) => /(^|,)"?[=+@-]/.test(line)), []);
  const { rows } = JSON.parse(await save('json'));
  assert.equal(rows.length, found);
  assert.deepEqual(Object.keys(rows[0]), shown);
  assert.ok(rows.every((row) => row.qtype_name === 'TXT'));
  await page.locator('.records-view [data-copy-as=csv]').click();
  await page.getByText(/^Copied as CSV\./).waitFor();
  assert.equal((await page.evaluate(() => navigator.clipboard.readText())).split('\n').length, found + 2);
  await clear();
});

test('the keyboard walks through all rows, to the last and back', async () => {
  await page.locator('.grid-rows .grid-cell').first().click();
  await page.keyboard.press('Escape');
  await page.locator('.grid-rows .grid-cell').first().focus();
  await page.keyboard.press('Control+End');
  const total = await page.locator('.grid').getAttribute('aria-rowcount');
  await page.waitForFunction((last) => document.activeElement.closest('[role=row]')?.getAttribute('aria-rowindex') === last, total);
  await ready();
  await page.keyboard.press('Control+Home');
  await page.waitForFunction(() => document.activeElement.closest('[role=row]')?.getAttribute('aria-rowindex') === '2');
  chrome.assertNoErrors();
  chrome.assertNoForeignRequests();
});

test('columns stay at the left, whatever is scrolled to', async () => {
  await page.setViewportSize({ width: 700, height: 800 });
  await page.locator('.columns summary').click();
  for (const name of ['query', 'id.orig_h']) {
    await page.locator(`[data-pin="${name}"]`).click();
    await page.waitForFunction((wanted) => document.querySelector(`[data-pin="${wanted}"]`).getAttribute('aria-pressed') === 'true', name);
  }
  await page.locator('.columns summary').click();
  await ready();
  assert.deepEqual((await heads()).slice(0, 2), ['query', 'id.orig_h']);
  await page.waitForFunction(() => new URLSearchParams(location.hash.slice(1)).get('pin') === 'query,id.orig_h');
  const lefts = () => page.evaluate(() => [...document.querySelectorAll('.grid-rows .grid-row')[2].children].slice(0, 3).map((cell) => Math.round(cell.getBoundingClientRect().left)));
  const before = await lefts();
  await page.locator('.grid').evaluate((grid) => grid.scrollTo({ left: 400 }));
  await page.waitForFunction(() => document.querySelector('.grid').scrollLeft > 300);
  const now = await lefts();
  assert.deepEqual(now.slice(0, 2), before.slice(0, 2));
  assert.ok(now[2] < before[2] - 300, 'the others pass below');
  // What the keyboard is on is not below them.
  await page.locator('.grid').evaluate((grid) => grid.scrollTo({ left: 0 }));
  await page.locator('.grid-rows .grid-row').nth(2).locator('.grid-cell').nth(1).click();
  for (let step = 0; step < 6; step += 1) await page.keyboard.press('ArrowRight');
  for (let step = 0; step < 5; step += 1) await page.keyboard.press('ArrowLeft');
  await page.waitForFunction(() => {
    const [cell, edge] = [document.activeElement, document.querySelector('.grid-rows .pin-last')];
    return cell.getAttribute('aria-colindex') === '3' && cell.getBoundingClientRect().left >= edge.getBoundingClientRect().right - 1;
  });
  await page.locator('.columns summary').click();
  await page.getByRole('button', { name: 'As at first' }).click();
  await page.locator('.columns summary').click();
  await ready();
  assert.equal((await heads())[0], 'ts');
  await page.setViewportSize({ width: 1600, height: 900 });
  chrome.assertNoErrors();
});

test('a cell leads to the look-up tab, with its registered domain on the list and nothing sent', async () => {
  await filter('qtype == TXT');
  await status(' of [\\d,]+ rows');
  await ready();
  await menu('query');
  const entry = page.getByRole('menuitem', { name: /^Look up / });
  const name = (await entry.innerText()).match(/^Look up (\S+)/)[1];
  const [tab] = await Promise.all([page.context().waitForEvent('page'), entry.click()]);
  await tab.locator('#switches-title').waitFor();
  await tab.waitForFunction(() => !document.body.innerText.includes('Waiting for the page'));
  await tab.locator('input[name="registration"][value="session"]').check();
  await tab.waitForSelector('[data-step]');
  assert.deepEqual(await tab.locator('[data-step]').evaluateAll((rows) => rows.map((row) => row.dataset.step)), [name]);
  assert.ok(name.split('.').length <= 3, `${name} is a registered domain`);
  await page.waitForSelector('.menu', { state: 'detached' });
  await tab.close();
  await menu('id.orig_h');
  assert.equal(await page.getByRole('menuitem', { name: /^Look up / }).count(), 0, 'nobody else knows of a private address');
  await page.keyboard.press('Escape');
  await clear();
  chrome.assertNoForeignRequests();
  chrome.assertNoErrors();
});
