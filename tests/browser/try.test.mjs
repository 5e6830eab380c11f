// A tunnel of one's own in one's own log: it is put in, and the page says whether and where it is ranked.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { findings, launch, waitState } from './harness.mjs';

let chrome;
let page;
let before_;
before(async () => {
  chrome = await launch();
  page = await chrome.newPage();
  await waitState(page, 'idle');
  await page.locator('[data-sample="quiet-day"]').click();
  await waitState(page, 'done');
  before_ = await findings(page);
  await page.locator('[data-to=try]').click();
  await page.waitForSelector('.trial-form');
});
after(async () => {
  await chrome?.close();
});

/** Puts one in and waits for its own end: that of the trial before is on the page until it begins. */
const put = async (name = 'Put it in') => {
  const last = await page.locator('[data-ask]').evaluateAll(([done]) => Number(done?.dataset.ask ?? 0));
  // A quick trial is over before anybody looks: what stood on the page meanwhile is kept.
  await page.evaluate(() => {
    globalThis.progressSeen = false;
    globalThis.watch = new MutationObserver(() => {
      globalThis.progressSeen ||= document.querySelector('.trial [role=status] progress') !== null;
    });
    globalThis.watch.observe(document.querySelector('.trial'), { childList: true, subtree: true });
  });
  await page.getByRole('button', { name, exact: true }).click();
  await page.locator(`[data-ask="${last + 1}"]`).waitFor({ timeout: 120_000 });
  assert.ok(await page.evaluate(() => {
    globalThis.watch.disconnect();
    return globalThis.progressSeen;
  }), 'its progress was shown');
};
const verdict = () => page.locator('#outcome-title').innerText();

test('a tunnel of a chosen tool, rate and encoding is found, with its rank and reasons', async () => {
  await page.locator('#try-tool').selectOption('dnscat2');
  await page.locator('#try-rate').fill('2');
  await page.locator('#try-minutes').fill('10');
  await page.locator('#try-encoding').selectOption('base32');
  await page.locator('#try-client').fill(before_[0]?.client ?? '10.20.10.27');
  await put();
  assert.match(await verdict(), /^Found: rank 1 of \d+, critical severity, score \d+; an alert after [\d,]+ records?/);
  const facts = await page.locator('.trial-outcome .facts').innerText();
  assert.ok(facts.includes(before_[0]?.client ?? '10.20.10.27'), 'on the chosen client');
  assert.ok(await page.locator('.trial-why li').count() > 0);
  assert.equal(await page.locator('.trial-charts figure').count(), 2, 'how soon it shows, and recall by rate');
});

test('the same elsewhere is another client, and one too slow to see is said to be missed', async () => {
  await page.locator('#try-client').fill('');
  await page.locator('#try-tool').selectOption('slow');
  await page.locator('#try-rate').fill('0.0005');
  await page.locator('#try-minutes').fill('60');
  await put();
  assert.match(await verdict(), /^Not found among \d+ findings|never an alert/);
  const target = await page.locator('.trial-outcome .facts dd').nth(1).innerText();
  await put('Again, elsewhere');
  assert.notEqual(await page.locator('.trial-outcome .facts dd').nth(1).innerText(), target);
});

test('what is no number is said at its field, and nothing begins', async () => {
  await page.locator('#try-rate').fill('fast');
  await page.waitForSelector('#try-rate[aria-invalid=true]');
  assert.match(await page.locator('#try-problem').innerText(), /The rate is no number/);
  assert.ok(await page.getByRole('button', { name: 'Put it in' }).isDisabled());
});

test('the first result stays as it was, and the form stands in the address', async () => {
  await page.locator('#try-rate').fill('3');
  await page.waitForFunction(() => new URLSearchParams(location.hash.slice(1)).get('rate') === '3');
  assert.equal(await page.evaluate(() => new URLSearchParams(location.hash.slice(1)).get('tool')), 'slow');
  await page.locator('[data-to=overview]').click();
  await page.waitForSelector('body[data-view=overview]');
  assert.deepEqual(await findings(page), before_);
  chrome.assertNoErrors();
  chrome.assertNoForeignRequests();
});
