// Technical words explain themselves by hovering, by keyboard and by touch; parts of a finding fold; a row of the list
// is one stop of the tab key; the help can be read while a scan is under way.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { findings, launch, waitState } from './harness.mjs';

let chrome;
before(async () => {
  chrome = await launch();
});
after(async () => {
  await chrome?.close();
});

async function open(options, view = 'findings') {
  const page = await chrome.newPage(options);
  await waitState(page, 'idle');
  await page.locator('[data-sample="three-tunnels"]').click();
  await waitState(page, 'done');
  await page.locator(`[data-to=${view}]`).click();
  await page.waitForSelector(`body[data-view=${view}]`);
  return page;
}
const active = (page) => page.evaluate(() => ({ id: document.activeElement.id, act: document.activeElement.dataset.act, row: document.activeElement.closest('.line')?.dataset.id }));

/** Words of a finding that no reader knows by birth. */
const JARGON = /\b(period|entropy|surprise|producer-consumer ratio|TXT|NULL|CNAME|base32|base64|labels?|bits)\b/;

test('a technical word in a finding says what it means, whatever the hand', async () => {
  for (const hasTouch of [false, true]) {
    const page = await open({ hasTouch });
    const seen = new Set();
    for (const { id } of await findings(page)) {
      await page.locator(`[data-id="${id}"] .finding-open`).click();
      await page.waitForFunction((wanted) => document.querySelector('.finding.selected')?.dataset.id === wanted, id);
      await page.waitForSelector('.detail .records tbody tr');
      const texts = await page.$$eval('.detail-sentence, .part-text, .reason-text, .proofs p, .plain li', (nodes) => nodes.map((node) => {
        const plain = node.cloneNode(true);
        plain.querySelectorAll('.logged').forEach((name) => name.remove());
        return { words: [...node.querySelectorAll('.term')].map((word) => word.textContent), text: plain.textContent, shown: node.innerText };
      }));
      for (const { words, shown } of texts) {
        const jargon = shown.match(JARGON)?.[0];
        if (jargon) {
          assert.ok(words.some((word) => word.toLowerCase().includes(jargon.toLowerCase())), `${jargon} in: ${shown}`);
          seen.add(jargon);
        }
      }
    }
    assert.ok(seen.size > 1, [...seen].join());
    const word = page.locator('.detail .term').first();
    const tip = page.locator('.tip:popover-open');
    assert.ok((await word.getAttribute('title')).length > 20, 'who hovers reads it');
    if (hasTouch) await word.tap();
    else {
      await word.focus();
      await page.keyboard.press('Enter');
    }
    await tip.waitFor();
    assert.equal(await tip.innerText(), await word.getAttribute('title'));
    const [box, at] = [await tip.boundingBox(), await word.boundingBox()];
    assert.ok(box.x >= 0 && Math.abs(box.y - at.y) < 250, 'beside the word');
    await page.keyboard.press('Escape');
    await tip.waitFor({ state: 'detached' });
    assert.equal(await page.locator('.detail').count(), 1, 'the finding stays open');
    await page.context().close();
  }
  chrome.assertNoErrors();
});

test('a row of the list is one stop of the tab key, and arrow keys reach its buttons and the other rows', async () => {
  const page = await open();
  const rows = await findings(page);
  await page.locator(`[data-id="${rows[0].id}"] .finding-open`).focus();
  await page.keyboard.press('Tab');
  assert.equal((await active(page)).row, rows[1].id);
  await page.keyboard.press('ArrowUp');
  assert.equal((await active(page)).row, rows[0].id);
  const acts = [];
  for (let step = 0; step < 5; step += 1) {
    await page.keyboard.press('ArrowRight');
    acts.push((await active(page)).act);
  }
  assert.deepEqual(acts, ['malicious', 'benign', 'allow', 'note-act', 'note-act']);
  for (let step = 0; step < 3; step += 1) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await page.locator(`[data-id="${rows[0].id}"] .mark-tag.malicious`).waitFor();
  await page.keyboard.press('ArrowDown');
  assert.equal((await active(page)).row, rows[1].id);
  await page.keyboard.press('.');
  await page.waitForFunction((wanted) => document.querySelector('.finding.selected')?.dataset.id === wanted, rows[0].id);
  await page.keyboard.press('.');
  await page.waitForFunction((wanted) => document.querySelector('.finding.selected')?.dataset.id === wanted, rows[1].id);
  await page.keyboard.press(',');
  await page.waitForFunction((wanted) => document.querySelector('.finding.selected')?.dataset.id === wanted, rows[0].id);
  chrome.assertNoErrors();
});

test('the explained words of a part are one stop of the tab key, and arrow keys go from one to the next', async () => {
  const page = await open({}, 'overview');
  const words = page.locator('.health .facts .term');
  const texts = await words.allTextContents();
  assert.ok(texts.length > 2, texts.join());
  const focused = () => page.evaluate(() => document.activeElement.textContent);
  await words.first().focus();
  for (const text of texts.slice(1)) {
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(), text);
  }
  await page.keyboard.press('ArrowRight');
  assert.equal(await focused(), texts.at(-1), 'the last stays');
  await page.keyboard.press('ArrowUp');
  assert.equal(await focused(), texts.at(-2));
  await page.keyboard.press('Tab');
  assert.equal(await page.evaluate(() => document.activeElement.matches('summary')), true, 'past the other words');
  await page.keyboard.press('Shift+Tab');
  assert.ok(texts.includes(await focused()), 'and back into them');
  chrome.assertNoErrors();
});

test('a key that asks for a field or a dialog has moved the focus before the next key', async () => {
  const page = await open();
  await page.locator('.finding-open').first().click();
  await page.waitForSelector('.detail .records tbody tr');
  // In one task: nothing is drawn between the key and the question.
  const after = (key) => page.evaluate((pressed) => {
    document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: pressed, bubbles: true, cancelable: true }));
    return document.activeElement.id || document.activeElement.closest('dialog')?.id;
  }, key);
  assert.equal(await after('n'), 'note');
  await page.evaluate(() => document.activeElement.blur());
  assert.equal(await after('/'), 'filter');
  await page.evaluate(() => document.activeElement.blur());
  assert.equal(await after('?'), 'keys');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog[open]', { state: 'detached' });
  assert.equal(await after('s'), 'settings');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog[open]', { state: 'detached' });
  assert.equal(await page.locator('.detail').count(), 1, 'Escape was for the dialog');
  chrome.assertNoErrors();
});

test('where explained words and buttons take turns, Tab goes through the buttons alone', async () => {
  const page = await open({}, 'overview');
  // Of what the page is made of: a word, a button, a word, a button, a word.
  await page.evaluate(() => {
    const facts = document.querySelector('.health .facts');
    const word = facts.querySelector('.term');
    const button = (name) => Object.assign(document.createElement('button'), { id: name, textContent: name });
    facts.replaceChildren(word, button('one'), word.cloneNode(true), button('two'), word.cloneNode(true), button('three'));
  });
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.className);
  await page.locator('.health .facts .term').first().focus();
  for (const expected of ['one', 'two', 'three']) {
    await page.keyboard.press('Tab');
    assert.equal(await focused(), expected);
  }
  for (const expected of ['term', 'two', 'one']) {
    await page.keyboard.press('Shift+Tab');
    assert.equal(await focused(), expected);
  }
  chrome.assertNoErrors();
});

test('on a narrow window a finding is folded but for what matters first, and stays as it was left', async () => {
  const page = await open({ viewport: { width: 360, height: 740 } });
  const opened = () => page.$$eval('.part', (parts) => parts.filter((part) => part.open).map((part) => part.dataset.part));
  await page.locator('.finding-open').first().click();
  await page.waitForSelector('.detail');
  assert.ok((await opened()).every((part) => ['score', 'proof', 'why'].includes(part)), (await opened()).join());
  assert.ok(await page.evaluate(() => document.documentElement.scrollHeight) < 4000);
  // The way to a part opens it.
  await page.locator('[data-part-of=when]').click();
  await page.waitForSelector('.part[data-part=when][open] canvas');
  assert.ok((await page.locator('.part[data-part=when] canvas').first().boundingBox()).width > 200, 'drawn as wide as it may');
  // It is closed at once, and the page hears of it later.
  const heard = page.$eval('.part[data-part=why]', (part) => new Promise((done) => part.addEventListener('toggle', () => done(), { once: true })));
  await page.locator('.part[data-part=why] > summary').click();
  await heard;
  await page.waitForSelector('.part[data-part=why]:not([open])');
  await page.keyboard.press('j');
  await page.waitForFunction(() => document.querySelector('.detail-kind')?.textContent.includes('rank 2'));
  const next = await opened();
  assert.ok(next.includes('when') && !next.includes('why'), next.join());
  const wide = await open({ viewport: { width: 1360, height: 850 } });
  await wide.locator('.finding-open').first().click();
  await wide.waitForSelector('.detail');
  assert.equal(await wide.locator('.part:not([open])').count(), 0, 'all stand open where there is room');
  chrome.assertNoErrors();
});

test('the help, the models and the trial are at hand while a scan is under way', async () => {
  const page = await chrome.newPage({ held: true });
  await waitState(page, 'idle');
  await page.locator('[data-sample="three-tunnels"]').click();
  await page.waitForSelector('[data-early]');
  for (const view of ['help', 'models', 'try']) {
    await page.locator(`[data-to=${view}]`).click();
    await page.waitForSelector(`body[data-view=${view}][data-state=reading]`);
    await page.locator('.reading-strip progress').waitFor();
  }
  assert.equal(await page.getByRole('button', { name: 'Put it in', exact: true }).isDisabled(), true);
  await page.getByRole('button', { name: 'To the scan' }).click();
  await page.waitForSelector('#reading-title');
  await page.locator('[data-to=help]').click();
  await page.waitForFunction(() => globalThis.isHeld());
  await page.evaluate(() => globalThis.release());
  await waitState(page, 'done');
  await page.waitForSelector('body[data-view=help]');
  assert.match(await page.locator('.notice').innerText(), /The logs are read: \d+ findings\./);
  chrome.assertNoErrors();
});
