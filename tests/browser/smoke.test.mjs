// The page opens, is quiet, and talks to nobody.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, waitState } from './harness.mjs';

let chrome;
before(async () => {
  chrome = await launch();
});
after(async () => {
  await chrome?.close();
});

test('the page opens and waits for files', async () => {
  const page = await chrome.newPage();
  await waitState(page, 'idle');
  assert.match(await page.title(), /Wakeful/);
  assert.equal(await page.locator('input#files[type=file][multiple]').count(), 1);
  chrome.assertNoErrors();
});

test('opening the page asks nothing of another host', async () => {
  const page = await chrome.newPage();
  await waitState(page, 'idle');
  await page.waitForLoadState('networkidle');
  assert.ok(chrome.requests.length > 1, 'the page and its program were requested');
  chrome.assertNoForeignRequests();
});
