// The view of the models: three ways in, three ways out, and all of docs/evaluation.json in it.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import { after, before, test } from 'node:test';
import { findings, launch, waitState } from './harness.mjs';

const evaluation = JSON.parse(fs.readFileSync(new URL('../../docs/evaluation.json', import.meta.url), 'utf8'));

let chrome;
before(async () => {
  chrome = await launch();
});
after(async () => {
  await chrome?.close();
});

async function open(options) {
  const page = await chrome.newPage(options);
  await waitState(page, 'idle');
  return page;
}

async function sample(page, name = 'three-tunnels') {
  await page.locator(`[data-sample="${name}"]`).click();
  await waitState(page, 'done');
}

const shown = (page) => page.waitForSelector('.models');
const gone = (page) => page.waitForSelector('.models', { state: 'detached' });
// Focus and address follow in a later turn of the event loop where drawing took long.
const focused = (page, id) => page.waitForFunction((wanted) => document.activeElement.id === wanted, id);
const fragment = (page, hash) => page.waitForFunction((wanted) => location.hash === wanted, hash);

test('a link opens the models, and another leads back', async () => {
  const page = await open();
  const link = page.getByRole('link', { name: 'Models', exact: true });
  await link.click();
  await shown(page);
  await focused(page, 'models-title');
  await page.waitForFunction(() => new URLSearchParams(location.hash.slice(1)).get('view') === 'models');
  await page.waitForFunction(() => document.title.startsWith('Models'));
  assert.equal(await link.getAttribute('aria-current'), 'page');
  await page.getByRole('link', { name: 'Start', exact: true }).click();
  await gone(page);
  await focused(page, 'hero-title');
  chrome.assertNoErrors();
  chrome.assertNoForeignRequests();
});

test('the key opens them, and Escape closes them', async () => {
  const page = await open();
  await page.keyboard.press('m');
  await shown(page);
  await page.keyboard.press('Escape');
  await gone(page);
  await fragment(page, '');
});

test('an address opens them; back and forward lead out and in', async () => {
  const page = await open({ path: '#models' });
  await shown(page);
  await page.keyboard.press('Escape');
  await gone(page);
  await fragment(page, '');
  await page.keyboard.press('m');
  await shown(page);
  await page.goBack();
  await gone(page);
  await page.goForward();
  await shown(page);
  await page.evaluate(() => history.back());
  await gone(page);
  await waitState(page, 'idle');
  chrome.assertNoErrors();
});

test('Escape returns to the results that were there', async () => {
  const page = await open();
  await sample(page);
  await page.getByRole('link', { name: /^Findings/ }).click();
  await focused(page, 'list-title');
  await page.keyboard.press('j');
  await focused(page, 'finding-1');
  await page.keyboard.press('j');
  await focused(page, 'finding-2');
  await page.waitForSelector('.records tbody tr');
  await page.locator('#filter').fill('tunnel 10.');
  await page.locator('#filter').blur();
  const seen = async () => [
    await findings(page),
    await page.locator('.detail').innerText(),
    await page.locator('#filter').inputValue(),
  ];
  const before = await seen();
  await page.keyboard.press('m');
  await shown(page);
  assert.equal(await page.locator('.detail').count(), 0);
  await page.keyboard.press('j');
  await page.keyboard.press('Escape');
  await gone(page);
  await page.waitForSelector('.records tbody tr');
  assert.deepEqual(await seen(), before);
  await focused(page, 'finding-2');
  await waitState(page, 'done');
  chrome.assertNoErrors();
});

test('a scan that begins leaves the models', async () => {
  const page = await open({ path: '#models' });
  await shown(page);
  await page.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', '#fields\tts\n');
    window.dispatchEvent(new ClipboardEvent('paste', { clipboardData }));
  });
  await gone(page);
  await fragment(page, '');
});

/** Shows each part in turn, as a user walks through them, and gives what `look` finds in it. */
async function parts(page, look) {
  const names = await page.$$eval('.help-pages [data-page]', (links) => links.map((link) => link.dataset.page));
  const found = [];
  for (const name of names) {
    await page.locator(`.help-pages [data-page="${name}"]`).click();
    await page.waitForSelector(`[data-part="${name}"]`);
    found.push(await look(name));
  }
  return found;
}

test('a part at a time is shown: in short first, each with an address of its own', async () => {
  const page = await open({ path: '#models' });
  await shown(page);
  const head = () => page.locator('#models-title').innerText();
  const heads = await parts(page, async (name) => {
    await page.waitForFunction((wanted) => new URLSearchParams(location.hash.slice(1)).get('page') === wanted, name);
    assert.equal(await page.locator('.help-pages [aria-current=page]').getAttribute('data-page'), name);
    return head();
  });
  assert.equal(new Set(heads).size, heads.length, heads.join());
  await page.goBack();
  await page.waitForFunction((wanted) => document.getElementById('models-title').textContent === wanted, heads.at(-2));
  const linked = await open({ path: '#v=1&view=models&page=curves' });
  await shown(linked);
  assert.equal(await linked.locator('#models-title').innerText(), 'Slow and disguised tunnels');
  // Another part begins at its top, wherever the one before was left.
  await linked.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
  assert.ok(await linked.evaluate(() => scrollY) > 0);
  await linked.locator('.help-pages [data-page=trials]').click();
  await linked.waitForFunction(() => scrollY === 0);
  // The help keeps its own page.
  await linked.locator('[data-to=help]').click();
  await linked.waitForSelector('.help-page #help-title');
  await linked.locator('[data-to=models]').click();
  await linked.waitForSelector('[data-part=trials]');
  chrome.assertNoErrors();
});

test('every trial is in the table, and the shipped ones are marked', async () => {
  const page = await open({ path: '#v=1&view=models&page=trials' });
  await shown(page);
  const rows = await page.$$eval('[data-trial]', (nodes) =>
    nodes.map((node) => [node.dataset.trial, node.classList.contains('shipped')]));
  const wanted = evaluation.trials.map((trial) => [`${trial.log}-${trial.unit}-${trial.estimator}`, trial.shipped]);
  assert.deepEqual(rows, wanted);
  const shipped = evaluation.trials.filter((trial) => trial.shipped);
  const detectors = await parts(page, () => page.locator('[data-detector]').count());
  assert.equal(detectors.reduce((sum, number) => sum + number, 0), shipped.length);
});

test('tools, networks, curves, corpora and misses are all named', async () => {
  const page = await open({ path: '#models' });
  await shown(page);
  const text = (await parts(page, () => page.locator('.models').evaluate((node) => node.textContent))).join('\n');
  const shipped = evaluation.trials.filter((trial) => trial.shipped);
  const names = [
    ...shipped.flatMap((trial) => [...trial.tools.map(({ tool }) => tool), ...trial.networks.map(({ network }) => network)]),
    ...shipped.flatMap((trial) => trial.features.map(({ name }) => name)),
    ...evaluation.origin.map(({ tool }) => tool),
    ...evaluation.curves.flatMap(({ tool, points }) => [tool, ...points.map(({ label }) => label)]),
    ...evaluation.corpora.flatMap(({ name, about, licence }) => [name, about, licence]),
    ...evaluation.tried.flatMap(({ what, result }) => [what, result]),
    ...evaluation.misses,
    evaluation.data_hash,
  ];
  assert.deepEqual(names.filter((name) => !text.includes(name)), []);
});

test('every chart has a text alternative and a table behind it', async () => {
  const page = await open({ path: '#models' });
  await shown(page);
  // Each is drawn in a task of its own, behind the part that it belongs to.
  const drawn = () => page.waitForFunction(() => [...document.querySelectorAll('.models .chart')].every((figure) => figure.querySelector('.uplot canvas')));
  const charts = (await parts(page, () => drawn().then(() => page.$$eval('.models .chart', (figures) => figures.map((figure) => ({
    name: figure.querySelector('figcaption').textContent,
    text: figure.querySelector('.chart-host[role=img]')?.getAttribute('aria-label') ?? '',
    rows: figure.querySelectorAll('details tbody tr').length,
  })))))).flat();
  const calibrated = evaluation.trials.filter((trial) => trial.shipped && trial.calibration.length > 0);
  assert.equal(charts.length, evaluation.curves.length + calibrated.length);
  for (const { name, text, rows } of charts) {
    assert.ok(text.length > 20, `${name}: “${text}”`);
    assert.ok(rows > 0, name);
    // The text names each point, the table has a row for it.
    assert.equal(text.split('; ').length, rows, name);
  }
  const bare = await parts(page, () => page.$$eval('.models svg:not([role=img]):not([aria-hidden=true])', (nodes) => nodes.length));
  assert.ok(bare.every((number) => number === 0), 'a drawing without a text');
});

/** Cells of comma-separated values (RFC 4180). */
const cells = (text) => text.trimEnd().split('\r\n').map((line) =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain));

test('what leaves of a chart is the table that is shown behind it', async () => {
  // Chromium asks before a tab saves more than ten files in a row: each tab saves those of four charts.
  const EACH = 4;
  for (let from = 0; from < evaluation.curves.length; from += EACH) {
    const page = await open({ path: '#v=1&view=models&page=curves' });
    await shown(page);
    const charts = await page.locator('.models .chart').all();
    assert.equal(charts.length, evaluation.curves.length);
    for (const chart of charts.slice(from, from + EACH)) {
      await chart.locator('summary').click();
      const table = await chart.locator('details tr').evaluateAll((rows) => rows.map((row) => [...row.cells].map((cell) => cell.innerText)));
      const [download] = await Promise.all([page.waitForEvent('download'), chart.locator('[data-save=csv]').click()]);
      assert.deepEqual(cells(fs.readFileSync(await download.path(), 'utf8')), table);
      const [json] = await Promise.all([page.waitForEvent('download'), chart.locator('[data-save=json]').click()]);
      const { rows } = JSON.parse(fs.readFileSync(await json.path(), 'utf8'));
      assert.deepEqual(rows.map((row) => Object.values(row)), table.slice(1));
    }
    await page.context().close();
  }
  chrome.assertNoErrors();
});

test('the focus follows a scan', async () => {
  const page = await open();
  const seen = page.evaluate(() => new Promise((resolve) => {
    document.addEventListener('focusin', (event) => {
      if (event.target.id === 'reading-title') resolve(true);
    });
  }));
  await sample(page);
  assert.equal(await seen, true);
  await focused(page, 'overview-title');
  await page.getByRole('button', { name: 'Scan other files' }).click();
  await waitState(page, 'idle');
  await focused(page, 'hero-title');
});

test('a finding says in a sentence who did what with whom', async () => {
  const page = await open();
  await sample(page);
  const rows = await page.$$eval('.finding', (nodes) => nodes.map((node) => ({
    client: node.dataset.client,
    domain: node.dataset.domain,
    text: node.querySelector('.gist').textContent,
  })));
  for (const { client, domain, text } of rows.filter((row) => row.domain)) {
    assert.ok(text.startsWith(`${client} asked `) && text.includes(` under ${domain}`), text);
  }
});
