// A hunt by keys and by mouse: marks from the row and undone, the allow list, thresholds and groups,
// the palette, what leaves the page, addresses, settings that come back, the help, a report of an error.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { findings, launch, waitState, worker } from './harness.mjs';

let chrome;
before(async () => {
  chrome = await launch();
});
after(async () => {
  await chrome?.close();
});

async function open(options) {
  const page = await chrome.newPage({ permissions: ['clipboard-read', 'clipboard-write'], ...options });
  await waitState(page, 'idle');
  return page;
}
async function sample(page, view = 'findings') {
  await page.locator('[data-sample="three-tunnels"]').click();
  await waitState(page, 'done');
  await page.locator(`[data-to=${view}]`).click();
  await page.waitForSelector(`body[data-view=${view}]`);
}
const count = (page, number) => page.waitForFunction((wanted) => document.querySelectorAll('.finding').length === wanted, number);
const focused = (page, id) => page.waitForFunction((wanted) => document.activeElement?.id === wanted, id);
const address = (page, name, wanted) => page.waitForFunction(([key, value]) =>
  new URLSearchParams(location.hash.slice(1)).get(key) === value, [name, wanted]);
const tagged = (page, id, verdict) => page.waitForFunction(([wanted, tag]) =>
  (document.querySelector(`[data-id="${wanted}"] .mark-tag`)?.textContent ?? null) === tag, [id, verdict]);

test('marks are made from the row, undone and done again', async () => {
  const page = await open();
  await sample(page);
  const rows = await findings(page);
  const [first, second] = rows;
  const row = (id) => page.locator(`[data-id="${id}"]`);
  await row(first.id).hover();
  await row(first.id).locator('[data-act=malicious]').click();
  await tagged(page, first.id, 'malicious');
  assert.equal(await page.locator('.detail').count(), 0, 'without opening it');
  await row(second.id).hover();
  await row(second.id).locator('[data-act=benign]').click();
  await count(page, rows.length - 1);
  assert.match(await page.locator('.list-count').innerText(), /1 set aside as allowed or benign/);
  await page.keyboard.press('u');
  await count(page, rows.length);
  await page.keyboard.press('u');
  await tagged(page, first.id, null);
  await page.keyboard.press('r');
  await tagged(page, first.id, 'malicious');
  await row(first.id).hover();
  await row(first.id).locator('[data-act=note-act]').click();
  await focused(page, 'note');
  await page.keyboard.type('asked the owner');
  await page.keyboard.press('Tab');
  await page.locator('[data-copy=Markdown]').click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const text = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(text, /Marked: malicious[^]*Note: asked the owner/);
  chrome.assertNoErrors();
});

test('a domain is allowed from the row, stands in the allow list, and is taken out again', async () => {
  const page = await open();
  await sample(page);
  const rows = await findings(page);
  const { id, domain } = rows[0];
  await page.locator(`[data-id="${id}"]`).hover();
  await page.locator(`[data-id="${id}"] [data-act=allow]`).click();
  await count(page, rows.length - 1);
  await page.locator('.allow-list > summary').click();
  const entry = page.locator(`[data-allowed="${domain}"]`);
  await entry.getByRole('button', { name: /^Take out/ }).click();
  await count(page, rows.length);
  assert.equal(await entry.count(), 0);
  await page.keyboard.press('u');
  await count(page, rows.length - 1);
  // What ships can be taken out, and put back.
  const shipped = page.locator('[data-allowed]').last();
  const name = await shipped.getAttribute('data-allowed');
  await shipped.getByRole('button').click();
  await page.getByRole('button', { name: `Put back ${name}` }).click();
  await page.locator(`[data-allowed="${name}"]`).waitFor();
  // The report is as it was: marks count when it is shown.
  assert.match(await page.locator('[data-to=findings]').innerText(), new RegExp(`${rows.length}$`));
  chrome.assertNoErrors();
});

test('the threshold says live what it costs, and groups fold', async () => {
  const page = await open();
  await sample(page);
  const rows = await findings(page);
  const cost = () => page.locator('.tune-cost').first().innerText();
  const all = await cost();
  await page.locator('#min').fill('60');
  const alerts = rows.filter((row) => ['critical', 'high', 'medium'].includes(row.severity));
  await count(page, alerts.length);
  assert.notEqual(await cost(), all);
  assert.match(await cost(), new RegExp(`^${alerts.length} findings: [\\d.,]+ a day`));
  await page.locator('#leak').focus();
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowRight');
  await page.getByText(/channel-days: .* a day$/).waitFor();
  // Whose they are: as many as it says, with a way to the finding about one.
  const raised = Number((await page.locator('.tune-cost').last().innerText()).match(/^[\d,]+/)[0].replace(',', ''));
  const whose = page.locator('.tune-who');
  await whose.locator('summary').click();
  assert.equal(await whose.locator('li').count(), Math.min(raised, 100));
  assert.match(await whose.locator('li').first().innerText(), /^\S+ → \S+ [\d.]+ kB on \d{4}-\d\d-\d\d$/);
  assert.ok((await whose.locator('li button').count()) > 0);
  await page.locator('#group').selectOption('kind');
  const heads = page.locator('.group-head button');
  await heads.first().waitFor();
  const shown = (await findings(page)).length;
  await heads.first().click();
  assert.equal(await heads.first().getAttribute('aria-expanded'), 'false');
  await page.waitForFunction((before) => document.querySelectorAll('.finding').length < before, shown);
  await address(page, 'group', 'kind');
  await address(page, 'min', '60');
});

test('a long finding has ways to its parts, and they move it alone', async () => {
  const page = await open({ viewport: { width: 1360, height: 700 } });
  await sample(page);
  await page.locator('.finding-open').first().click();
  await page.waitForSelector('.detail .records tbody tr');
  const places = await page.$$eval('.detail-places button', (buttons) => buttons.map((button) => button.dataset.partOf));
  const headings = await page.$$eval('.detail .part > summary h3', (nodes) => nodes.map((node) => node.id.replace('detail-', '')));
  assert.deepEqual(places, headings);
  assert.ok(places.length > 8, places.join());
  for (const name of ['links', 'leak']) {
    await page.locator(`[data-part-of=${name}]`).click();
    await focused(page, `detail-${name}`);
    // Under the line with the ways, which stays; the last part has no room to come up to it.
    const [line, heading, bottom] = await page.evaluate((id) => [
      document.querySelector('.detail-places').getBoundingClientRect().bottom,
      document.getElementById(id).getBoundingClientRect().top,
      document.querySelector('.detail').getBoundingClientRect().bottom,
    ], `detail-${name}`);
    assert.ok(heading >= line - 1 && heading < bottom, `${name}: ${line} ${heading} ${bottom}`);
    assert.equal(await page.evaluate(() => scrollY), 0, 'the window stays');
  }
  chrome.assertNoErrors();
});

test('the matrix of steps names each state once a row, on a line, and numbers the columns alike', async () => {
  const page = await open();
  await sample(page);
  await page.locator('.finding-open').first().click();
  await page.getByText('All steps, from row to column').click();
  const states = await page.$$eval('.matrix tbody th', (heads) => heads.map((head) => [head.innerText, head.getBoundingClientRect().height]));
  assert.ok(states.length > 4 && states.every(([, height]) => height < 40), JSON.stringify(states));
  const columns = await page.$$eval('.matrix thead th', (heads) => heads.map((head) => `${head.firstChild.textContent.trim()} ${head.title}`));
  assert.deepEqual(columns, states.map(([name]) => name));
  chrome.assertNoErrors();
});

test('what was found, its parts and the detectors lead to their pages of the help, and back leads back', async () => {
  const page = await open();
  await sample(page, 'overview');
  await page.locator('.health details').first().locator('summary').click();
  const detectors = await page.$$eval('[data-detector]', (items) => items.map((item) => [item.dataset.detector, item.querySelector('a')?.dataset.page]));
  assert.ok(detectors.length > 5 && detectors.every(([name, linked]) => name === linked), JSON.stringify(detectors));
  await page.locator('[data-to=findings]').click();
  await page.locator('.finding-open').first().click();
  const kind = page.locator('.detail-kind a');
  const words = await kind.innerText();
  await kind.click();
  await page.waitForFunction((wanted) => document.getElementById('help-title')?.textContent === wanted, words);
  await page.goBack();
  await page.waitForSelector('.detail');
  await page.locator('.parts a', { hasText: 'leak' }).click();
  await page.waitForFunction(() => document.getElementById('help-title')?.textContent === 'Leak meter');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.detail');
  // A feature's name says what it is.
  assert.ok((await page.locator('.reason-values .term').first().getAttribute('title')).length > 20);
  chrome.assertNoErrors();
});

test('a link to a finding and to a view is copied, and leads there', async () => {
  const page = await open();
  await sample(page);
  const rows = await findings(page);
  await page.locator('.finding-open').nth(2).click();
  await address(page, 'finding', rows[2].id);
  await page.locator('[data-copy=Link]').click();
  await page.getByRole('button', { name: 'Copied' }).waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  assert.equal(link, page.url());
  assert.ok(!link.includes(rows[2].domain), link);
  await page.locator('[data-to=explore]').click();
  await page.waitForSelector('body[data-view=explore]');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('copy a link');
  await page.keyboard.press('Enter');
  await page.getByText(/^The link is copied/).waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /view=explore/);
  chrome.assertNoErrors();
});

test('at 360 px the first finding stands in the first window, and the other tools wait behind a button', async () => {
  const page = await open({ viewport: { width: 360, height: 740 } });
  await sample(page);
  const first = await page.locator('.finding').first().boundingBox();
  assert.ok(first.y + first.height < 740 / 2, `${first.y}`);
  assert.ok(!await page.locator('#min').isVisible());
  await page.getByRole('button', { name: 'Sort, group, thresholds, save' }).click();
  await page.locator('#min').fill('60');
  await page.locator('#group').selectOption('client');
  await page.locator('.group-head').first().waitFor();
  await page.getByRole('button', { name: 'Fewer tools' }).click();
  await page.waitForFunction(() => document.getElementById('min').getClientRects().length === 0);
  chrome.assertNoErrors();
});

test('the palette finds a command by a few letters and does it', async () => {
  const page = await open();
  await sample(page);
  const rows = await findings(page);
  await page.keyboard.press('j');
  await focused(page, 'finding-1');
  await page.keyboard.press('Control+k');
  await focused(page, 'palette-input');
  await page.keyboard.type('mark benign');
  await page.waitForFunction(() => /benign/.test(document.querySelector('.palette [aria-selected=true]')?.textContent ?? ''));
  await page.keyboard.press('Enter');
  await page.waitForSelector('.palette', { state: 'hidden' });
  await count(page, rows.length - 1);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('go to explore');
  await page.keyboard.press('Enter');
  await page.waitForSelector('body[data-view=explore]');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('zzzz');
  await page.waitForFunction(() => document.querySelectorAll('.palette [role=option]').length === 0);
  await page.keyboard.press('Escape');
  await page.waitForSelector('.palette', { state: 'hidden' });
  assert.equal(await page.evaluate(() => document.body.dataset.view), 'explore', 'Escape closed the palette alone');
  // What follows the key at once is typed into the palette: it has the focus before the key is done with.
  assert.equal(await page.evaluate(() => {
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true, cancelable: true }));
    return document.activeElement.id;
  }), 'palette-input');
  await page.keyboard.type('go to overview');
  await page.keyboard.press('Enter');
  await page.waitForSelector('body[data-view=overview]');
  chrome.assertNoErrors();
});

test('the findings shown leave as CSV, JSON and Markdown, saved and copied', async () => {
  const page = await open();
  await sample(page);
  await page.locator('#min').fill('60');
  await page.waitForFunction(() => document.querySelectorAll('.finding:not(.sev-critical, .sev-high, .sev-medium)').length === 0);
  const rows = await findings(page);
  const save = async (format) => {
    const [download] = await Promise.all([page.waitForEvent('download'), page.locator(`[data-save=${format}]`).click()]);
    assert.match(download.suggestedFilename(), new RegExp(`^wakeful-findings-\\d{4}-\\d\\d-\\d\\d\\.${format}$`));
    return fs.readFileSync(await download.path(), 'utf8');
  };
  const lines = (await save('csv')).trimEnd().split('\r\n');
  assert.equal(lines.length, rows.length + 1);
  assert.deepEqual(lines.filter((line) => /(^|,)"?[=+@-]/.test(line)), [], 'a cell that a spreadsheet takes for a formula');
  const json = JSON.parse(await save('json'));
  assert.deepEqual(json.findings.map(({ id }) => id), rows.map(({ id }) => id));
  const text = await save('md');
  for (const { client, domain } of rows) assert.ok(text.includes(client) && text.includes(domain.replaceAll('.', '[.]')));
  await page.locator('[data-copy-as=md]').click();
  await page.getByText('Copied as Markdown.').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), text);
  chrome.assertNoErrors();
});

test('a link with a state opens so, once there is a log, and one of the first form too', async () => {
  const first = await open();
  await sample(first);
  const { id } = (await findings(first)).at(-1);
  await first.context().close();
  const page = await open({ path: `#v=1&view=findings&q=10.20&hide=info&sort=client&group=domain&finding=${id}` });
  await page.locator('[data-sample="three-tunnels"]').click();
  await waitState(page, 'done');
  await page.waitForSelector('body[data-view=findings]');
  assert.equal(await page.locator('#filter').inputValue(), '10.20');
  assert.equal(await page.locator('#sort').inputValue(), 'client');
  assert.equal(await page.locator('#group').inputValue(), 'domain');
  assert.equal(await page.locator('.chip.sev-info').getAttribute('aria-pressed'), 'false');
  await page.waitForSelector('.detail .records tbody tr');
  // Another address in the same tab, as a bookmark or the address bar brings it.
  const enter = (fragment) => page.evaluate((hash) => { location.hash = hash; }, fragment);
  await enter('v=1&view=records&where=qtype+%3D%3D+TXT&by=-query&columns=ts%2Cquery%2Cqtype_name');
  await page.waitForSelector('.grid-rows .grid-row:not(.pending)');
  assert.equal(await page.locator('#filter').inputValue(), 'qtype == TXT');
  assert.deepEqual(await page.$$eval('.grid-head .grid-cell', (cells) =>
    cells.map((cell) => [cell.querySelector('.grid-name').textContent, cell.getAttribute('aria-sort')])),
  [['ts', 'none'], ['query', 'descending'], ['qtype_name', 'none']]);
  await enter('v=1&view=explore&axes=rate%2Centropy%2Clength_mean%2Cscore');
  await page.waitForSelector('.pairs figure');
  assert.equal(await page.locator('.axis select').first().inputValue(), 'rate');
  await enter('models');
  await page.waitForSelector('.models');
  const later = await open({ path: '#v=99&view=records' });
  assert.match(await later.locator('.notice').innerText(), /newer Wakeful/);
  chrome.assertNoErrors();
});

test('keys pressed in a row all count, and back goes a step', async () => {
  const page = await open();
  await sample(page);
  for (const key of ['j', 'j', 'j', 'j', 'k']) await page.keyboard.press(key);
  await focused(page, 'finding-3');
  await page.waitForSelector('.detail .records tbody tr');
  await address(page, 'finding', (await findings(page))[2].id);
  await page.keyboard.press('Escape');
  await page.waitForSelector('.detail', { state: 'detached' });
  await page.goBack();
  await page.waitForSelector('.detail');
  assert.ok((await page.locator('.detail-kind').innerText()).includes('rank 3'));
  chrome.assertNoErrors();
});

test('settings used before are offered on the first screen, without a word of the logs', async () => {
  const page = await open();
  await sample(page);
  const [{ domain }] = await findings(page);
  await page.locator('#filter').fill(domain);
  await page.locator('#min').fill('65');
  await page.locator('#group').selectOption('client');
  await page.waitForFunction(() => localStorage.getItem('wakeful.settings')?.includes('group=client'));
  const kept = await page.evaluate(() => JSON.stringify({ ...localStorage }));
  assert.ok(!kept.includes(domain), kept);
  await page.goto(page.url().split('#')[0]);
  await page.reload();
  await waitState(page, 'idle');
  const entry = page.locator('[data-settings]');
  assert.equal(await entry.innerText(), 'Score at least 65 · grouped by client');
  await entry.click();
  await page.getByText('The next logs are shown so.').waitFor();
  await sample(page);
  assert.equal(await page.locator('#min').inputValue(), '65');
  assert.equal(await page.locator('#group').inputValue(), 'client');
  await page.keyboard.press('s');
  await page.waitForSelector('dialog.settings[open]');
  await page.getByRole('button', { name: 'Forget them' }).click();
  await page.waitForFunction(() => localStorage.getItem('wakeful.settings') === null);
  await page.locator('#remember-settings').uncheck();
  await page.waitForFunction(() => localStorage.getItem('wakeful.settings')?.includes('"forget":true'));
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog.settings:not([open])', { state: 'attached' });
  chrome.assertNoErrors();
});

test('the settings give the focus back where it was, closed by their button or by Escape', async () => {
  const page = await open();
  await sample(page);
  const button = page.locator('[data-to=records]');
  for (const close of [() => page.locator('dialog.settings').getByRole('button', { name: 'Close' }).click(), () => page.keyboard.press('Escape')]) {
    await button.focus();
    await page.keyboard.press('s');
    await page.waitForSelector('dialog.settings[open]');
    await close();
    await page.waitForSelector('dialog.settings:not([open])', { state: 'attached' });
    assert.equal(await page.evaluate(() => document.activeElement.dataset.to), 'records');
  }
  chrome.assertNoErrors();
});

test('marks of an earlier version are taken over, and those that cannot be read stay where they are', async () => {
  const page = await open();
  const kept = () => page.evaluate(() => localStorage.getItem('wakeful.marks'));
  const reopened = async (text) => {
    await page.evaluate((marks) => localStorage.setItem('wakeful.marks', marks), text);
    await page.reload();
    await waitState(page, 'idle');
  };
  await reopened('{"version":1,"marks":{"findings":{},"allowed":{"a.example":"ours"}}}');
  await page.waitForFunction(() => JSON.parse(localStorage.getItem('wakeful.marks')).version === 2);
  assert.match(await kept(), /a\.example[^]*ours/);
  const later = '{"version":99,"marks":{"of":"the future"}}';
  await reopened(later);
  assert.match(await page.locator('.notice').innerText(), /keeps marks that the page cannot read/);
  await sample(page);
  const [{ id }] = await findings(page);
  await page.locator(`[data-id="${id}"]`).hover();
  await page.locator(`[data-id="${id}"] [data-act=malicious]`).click();
  await tagged(page, id, 'malicious');
  await page.keyboard.press('s');
  await page.waitForSelector('dialog.settings[open]');
  assert.ok(await page.locator('#keep-marks').isDisabled());
  assert.equal(await kept(), later);
  await page.getByRole('button', { name: 'Forget all marks' }).click();
  await page.waitForFunction(() => localStorage.getItem('wakeful.marks') === null);
  assert.ok(await page.locator('#keep-marks').isEnabled());
  chrome.assertNoErrors();
});

test('the help has a page for each detector, each with an address of its own', async () => {
  const page = await open();
  await page.locator('[data-to=help]').click();
  await page.waitForSelector('.help-page');
  const pages = await page.$$eval('[data-page]', (links) => links.map((link) => [link.dataset.page, link.textContent]));
  const detectors = fs.readdirSync(new URL('../../docs/detections/', import.meta.url)).filter((name) => name.endsWith('.md') && name !== 'README.md');
  assert.ok(pages.length > detectors.length, `${pages.length} pages for ${detectors.length} detectors`);
  for (const [name, title] of pages) {
    await page.locator(`[data-page="${name}"]`).click();
    await page.waitForFunction((wanted) => document.getElementById('help-title')?.textContent === wanted, title);
    await address(page, 'page', name);
    assert.ok((await page.locator('.help-page').innerText()).length > 150, title);
  }
  await page.goBack();
  await page.waitForFunction((wanted) => document.getElementById('help-title')?.textContent === wanted, pages.at(-2)[1]);
  chrome.assertNoErrors();
});

test('an error of the page leaves a report to copy, with nothing of the logs in it', async () => {
  const page = await open();
  await sample(page);
  const [{ client, domain }] = await findings(page);
  await page.getByRole('button', { name: 'Scan other files' }).click();
  await waitState(page, 'idle');
  await (await worker(page)).evaluate((what) => { setTimeout(() => { throw new Error(what); }); }, `${client} ${domain}`);
  await waitState(page, 'failed');
  await page.getByRole('button', { name: 'Copy the report' }).click();
  await page.getByText('Copied. It holds nothing of your logs.').waitFor();
  const report = await page.evaluate(() => navigator.clipboard.readText());
  assert.match(report, /^Wakeful /);
  assert.ok(!report.includes(client) && !report.includes(domain), report);
  chrome.errors.length = 0;
});
