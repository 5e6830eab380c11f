// Domains that few ask for and that nobody asked for before: a list on the overview.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chooseFiles, launch, waitState } from './harness.mjs';

const cases = new URL('../cases/', import.meta.url);
const log = (name) => new URL(`${name}/dns.log`, cases).pathname;

let chrome;
before(async () => {
  chrome = await launch();
});
after(async () => {
  await chrome?.close();
});

async function scan(...paths) {
  const page = await chrome.newPage();
  await waitState(page, 'idle');
  await chooseFiles(page, paths);
  await waitState(page, 'done');
  return page;
}

test('new domains are listed with who asked and how often, and lead to their help', async () => {
  const page = await scan(log('new-domains-last-day'));
  const list = page.locator('details.new-domains');
  assert.equal(await list.locator('summary').textContent(), '2 new and rare domains');
  await list.locator('summary').click();
  const heads = await list.locator('thead th').allTextContents();
  assert.deepEqual(heads, ['Domain', 'First asked (UTC)', 'Clients', 'Queries', 'Names', 'Rank']);
  const rows = await list.locator('tbody tr').allTextContents();
  assert.equal(rows.length, 2);
  assert.match(rows[0], /^example\.info/);
  const cells = await list.locator('tbody tr').first().locator('td').allTextContents();
  assert.deepEqual(cells.slice(1, 4), ['1', '40', '4']);
  assert.match(cells[0], /^2026-01-03 21:00:00/);
  await list.getByRole('link', { name: 'New and rare domains' }).click();
  await page.getByRole('heading', { name: 'New and rare domains' }).waitFor();
  await page.close();
});

test('a domain that a finding is about comes first and leads to the finding', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wakeful-'));
  const lines = fs.readFileSync(log('new-domains-last-day'), 'utf8').trimEnd().split('\n');
  const last = lines.at(-1).split('\t');
  // The last row again and again, a second later each time, for the text of names that carry data.
  const tunnel = Array.from({ length: 200 }, (_, n) => {
    const row = [...last];
    const label = (n * 2654435761 + 97).toString(16).padStart(12, 'a').repeat(3);
    [row[0], row[1], row[7], row[8], row[9]] = [`${Number(last[0]) + n}`, `CT${n}`, `${label}.t.example.museum`, '16', 'TXT'];
    return row.join('\t');
  });
  const file = path.join(folder, 'dns.log');
  fs.writeFileSync(file, `${[...lines, ...tunnel].join('\n')}\n`);
  const page = await scan(file);
  const list = page.locator('details.new-domains');
  await list.locator('summary').click();
  const button = list.locator('tbody tr').first().getByRole('button', { name: 'example.museum' });
  await button.click();
  await page.waitForFunction(() => location.hash.includes('finding='));
  await page.close();
  fs.rmSync(folder, { recursive: true });
});

test('logs that are too short say so', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wakeful-'));
  const short = path.join(folder, 'dns.log');
  const lines = fs.readFileSync(log('new-domains-two-hours'), 'utf8').split('\n');
  fs.writeFileSync(short, `${lines.slice(0, 10).join('\n')}\n`);
  const page = await scan(short);
  const list = page.locator('details.new-domains');
  assert.equal(await list.locator('summary').textContent(), 'New and rare domains: none');
  await list.locator('summary').click();
  assert.match(await list.textContent(), /too short to tell/);
  await page.close();
  fs.rmSync(folder, { recursive: true });
});
