// A report leaves the page and comes back: the view, the marks, what is masked; findings as a page of their own.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { accessibilityProblems, chooseFiles, dropFiles, findings, launch, waitState } from './harness.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wakeful-report-'));
let chrome;
before(async () => {
  chrome = await launch();
});
after(async () => {
  await chrome?.close();
  fs.rmSync(folder, { recursive: true });
});

async function open() {
  const page = await chrome.newPage({ permissions: ['clipboard-read', 'clipboard-write'] });
  await waitState(page, 'idle');
  return page;
}
async function sample(page) {
  await page.locator('[data-sample="three-tunnels"]').click();
  await waitState(page, 'done');
  await page.locator('[data-to=findings]').click();
  await page.waitForSelector('body[data-view=findings]');
}
/** What a click saves, in a file of that name. */
async function saved(page, button, name) {
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  const file = path.join(folder, name);
  await download.saveAs(file);
  return { file, text: fs.readFileSync(file, 'utf8') };
}
const report = (page) => page.getByRole('button', { name: 'Save report' });
const PRIVATE = /(?<![\w.\]-])(10|192\.168|172\.(1[6-9]|2\d|3[01]))(\.|\[\.\])\d+(\.|\[\.\])\d+/;

test('a saved report opens as it was, and says what it lacks', async () => {
  const page = await open();
  await sample(page);
  const rows = await findings(page);
  await page.locator('.finding-open').nth(1).click();
  await page.waitForSelector('.detail .records tbody tr');
  await page.keyboard.press('x');
  await page.locator('.finding.selected .mark-tag.malicious').waitFor();
  const { file, text } = await saved(page, report(page), 'a report.json');
  assert.equal(JSON.parse(text).findings.length, rows.length, 'it is the report that others read');
  assert.ok(!text.includes('"query"'), 'no records');

  const other = await open();
  await dropFiles(other, file);
  await waitState(other, 'done');
  await other.waitForSelector('body[data-view=findings] .detail');
  assert.deepEqual(await findings(other), rows);
  await other.locator(`[data-id="${rows[1].id}"].selected .mark-tag.malicious`).waitFor();
  assert.match(await other.locator('.part[data-part=records]').innerText(), /A saved report holds no records\. Drop its logs/);
  assert.equal(await other.locator('.part[data-part=names]').count(), 0);
  assert.deepEqual(await accessibilityProblems(other), []);
  for (const view of ['records', 'explore']) {
    await other.locator(`[data-to=${view}]`).click();
    await other.waitForSelector(`body[data-view=${view}]`);
    assert.match(await other.locator('#main').innerText(), /This is a saved report/);
  }
  await other.locator('[data-to=overview]').click();
  await other.waitForSelector('.summary');
  assert.match(await other.locator('.summary').innerText(), /a saved report of Wakeful [\d.]+, without its logs/);
  await other.locator('[data-to=findings]').click();
  await other.waitForSelector('body[data-view=findings]');
  await other.keyboard.press('u');
  await other.locator(`[data-id="${rows[1].id}"] .mark-tag.malicious`).waitFor({ state: 'detached' });
  // Saved again, it is the same report.
  await other.keyboard.press('r');
  const again = await saved(other, report(other), 'again.json');
  assert.deepEqual(JSON.parse(again.text).findings, JSON.parse(text).findings);
  await other.getByRole('button', { name: 'Scan other files' }).click();
  await waitState(other, 'idle');
  await sample(other);
  assert.deepEqual((await findings(other)).map(({ id }) => id), rows.map(({ id }) => id), 'logs are read as before');
  chrome.assertNoErrors();
});

test('a report that is damaged or of a newer Wakeful is a sentence', async () => {
  const page = await open();
  await sample(page);
  const { text } = await saved(page, report(page), 'whole.json');
  for (const [name, content, said] of [
    ['cut.json', text.slice(0, text.length / 2), /damaged or cut/],
    ['newer.json', text.replace('"report_version": 1', '"report_version": 99'), /saved by a newer Wakeful/],
  ]) {
    await chooseFiles(page, { name, mimeType: 'application/json', buffer: Buffer.from(content) });
    await waitState(page, 'failed');
    assert.match(await page.locator('#main').innerText(), said);
  }
  chrome.assertNoErrors();
});

test('masked, nothing that leaves names an address of ours, and every way out uses the same names', async () => {
  const page = await open();
  await sample(page);
  const rows = await findings(page);
  const mask = page.locator('.list-status .mask');
  await mask.click();
  await page.waitForFunction(() => document.querySelector('.mask').getAttribute('aria-pressed') === 'true');
  const list = page.locator('.list-status');
  const texts = {};
  for (const format of ['csv', 'json', 'md', 'html']) {
    texts[format] = (await saved(page, list.locator(`[data-save=${format}]`), `masked.${format}`)).text;
    await page.getByText(`addresses masked.`).waitFor();
  }
  await page.locator('.finding-open').first().click();
  await page.waitForSelector('.detail');
  await page.locator('[data-copy=Markdown]').click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  texts.copied = await page.evaluate(() => navigator.clipboard.readText());
  const { file, text } = await saved(page, report(page), 'masked report.json');
  texts.report = text;
  await page.locator('[data-to=records]').click();
  await page.waitForSelector('.grid-rows .grid-row:not(.pending)');
  texts.records = (await saved(page, page.locator('.grid-bar [data-save=csv]'), 'masked records.csv')).text;
  for (const [form, text] of Object.entries(texts)) {
    // Names that begin like an address of ours are others' addresses turned round.
    assert.doesNotMatch(text.replace(/[\d.]+\.[a-z][\w.-]+/g, 'name'), PRIVATE, form);
    assert.ok(rows.every(({ id }) => !text.includes(id)), `${form}: an id is made of the client too`);
    assert.match(text, /host-1/, form);
  }
  assert.doesNotMatch(texts.records, /\.(10|168\.192)\.in-addr\.arpa/, 'nor is one turned round');
  const clients = JSON.parse(texts.report).findings.map((finding) => finding.client);
  assert.deepEqual(JSON.parse(texts.json).findings.map((finding) => finding.client), clients);
  assert.deepEqual(new Set(clients).size, new Set(rows.map((row) => row.client)).size, 'one name an address');
  // It opens as any report does.
  const other = await open();
  await chooseFiles(other, file);
  await waitState(other, 'done');
  await other.locator('[data-to=findings]').click();
  await other.waitForSelector('.finding');
  assert.deepEqual((await findings(other)).map((row) => row.client), clients);
  // A value for one's own search is what it is.
  await page.locator('[data-to=findings]').click();
  await page.locator('[data-copy=Client]').click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), PRIVATE);
  chrome.assertNoErrors();
});

test('findings as a page of their own need nothing, and pass axe', async () => {
  const page = await open();
  await sample(page);
  const rows = await findings(page);
  const { file, text } = await saved(page, page.locator('.list-status [data-save=html]'), 'findings.html');
  assert.doesNotMatch(text, /<script|<img|https?:|href=/);
  const context = await chrome.browser.newContext({ bypassCSP: true });
  const paper = await context.newPage();
  const asked = [];
  paper.on('request', (request) => asked.push(request.url()));
  await paper.goto(`file://${file}`);
  assert.equal(await paper.locator('h2').count(), rows.length);
  assert.equal(await paper.locator('tbody').first().locator('tr').count(), rows.length);
  assert.equal(asked.length, 1, asked.join());
  assert.deepEqual(await accessibilityProblems(paper), []);
  await context.close();
  chrome.assertNoErrors();
});
