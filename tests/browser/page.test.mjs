// What a user does, from bringing logs to reading a finding.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { after, before, test } from 'node:test';
import { chooseFiles, dropFiles, findings, launch, waitState, worker } from './harness.mjs';

const out = new URL('out/', import.meta.url).pathname;
const DNS_FIELDS = ['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto', 'query', 'qtype_name', 'rcode_name', 'answers', 'TTLs'];
const DNS_TYPES = ['time', 'string', 'addr', 'port', 'addr', 'port', 'enum', 'string', 'string', 'string', 'vector[string]', 'vector[interval]'];

let chrome;
let folder;

before(async () => {
  chrome = await launch();
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wakeful-page-'));
  fs.mkdirSync(out, { recursive: true });
});
after(async () => {
  await chrome?.close();
  if (folder) fs.rmSync(folder, { recursive: true });
});

/** A dns.log: `rows` of `[ts, client, query, qtype]`. */
function dnsLog(rows) {
  const line = ([ts, client, query, qtype], at) =>
    [ts.toFixed(6), `C${at}`, client, 40000 + (at % 20000), '10.0.0.53', 53, 'udp', query, qtype, 'NOERROR', '-', '-'].join('\t');
  return ['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-', '#path\tdns',
    `#fields\t${DNS_FIELDS.join('\t')}`, `#types\t${DNS_TYPES.join('\t')}`, ...rows.map(line), ''].join('\n');
}

/** A tunnel in TXT queries, from one client. */
function tunnel(domain, count = 600) {
  const hex = (at) => [...Array(50)].map((_, i) => ((at * 2654435761 + i * 40503 + (at ^ i) * 977) >>> 7 & 15).toString(16)).join('');
  return Array.from({ length: count }, (_, at) =>
    [1.7e9 + at * 0.4, '10.1.2.3', `${hex(at)}.${hex(at + 9999)}.${domain}`, 'TXT']);
}

function write(name, content) {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

async function open(options) {
  const page = await chrome.newPage(options);
  await waitState(page, 'idle');
  return page;
}

async function sample(page, name = 'three-tunnels') {
  await page.locator(`[data-sample="${name}"]`).click();
  await waitState(page, 'done');
}

test('findings come in pieces, the first ones first, and who waits for the state finds all', async () => {
  const page = await open();
  const rows = Array.from({ length: 24 }, (_, at) =>
    tunnel(`covert-${at}.com`, 200).map(([ts, , ...rest]) => [ts, `10.1.2.${at + 1}`, ...rest])).flat();
  await page.evaluate(() => {
    globalThis.pieces = [];
    new MutationObserver(() => {
      const shown = document.querySelectorAll('[data-severity][data-client]').length;
      if (shown > (pieces.at(-1)?.shown ?? 0)) pieces.push({ shown, state: document.body.dataset.state });
    }).observe(document.body, { childList: true, subtree: true });
  });
  await chooseFiles(page, write('many.log', dnsLog(rows)));
  await waitState(page, 'done');
  const pieces = await page.evaluate(() => globalThis.pieces);
  const all = (await findings(page)).length;
  assert.ok(all >= 24, `${all} findings`);
  assert.ok(pieces[0].shown <= 8, JSON.stringify(pieces));
  assert.equal(pieces.at(-1).shown, all);
  assert.ok(pieces.every(({ state }) => state === 'reading'), JSON.stringify(pieces));
  chrome.assertNoErrors();
});

test('the sample with three tunnels shows three, and their reasons and records', async () => {
  const page = await open();
  await sample(page);
  const rows = await findings(page);
  assert.ok(rows.length >= 3, `${rows.length} findings`);
  const rank = ['critical', 'high', 'medium', 'low', 'info'];
  const severities = rows.map((row) => rank.indexOf(row.severity));
  assert.deepEqual(severities, severities.toSorted((a, b) => a - b), 'in rank order');
  assert.equal(new Set(rows.slice(0, 3).map((row) => row.domain)).size, 3);
  await page.locator('.finding-open').first().click();
  assert.equal(await page.locator('.detail h2').innerText().then((text) => text.includes(rows[0].client)), true);
  assert.ok(await page.locator('.reason .plot-bar').count() > 2);
  await page.waitForSelector('.records tbody tr');
  const text = await page.locator('.records').innerText();
  assert.ok(text.includes(rows[0].client) && text.includes(rows[0].domain));
  // A channel of several types has a chart, one of a single type a sentence.
  const types = page.locator('.part[data-part=types]');
  const single = await types.locator('.chart').count() === 0;
  const said = single ? await types.locator('p').innerText() : await types.locator('.chart-host').getAttribute('aria-label');
  assert.match(said, /^Queries by record type: TXT [\d,]+ \([\d.]+ %\)/);
  chrome.assertNoErrors();
  chrome.assertNoForeignRequests();
});

test('the overview opens the alerts, folds the others, and marks the alerts on the timeline', async () => {
  const page = await open();
  await sample(page);
  const rows = await findings(page);
  const alerts = rows.filter(({ severity }) => ['critical', 'high', 'medium'].includes(severity));
  const visible = () => page.locator('.finding:visible').count();
  assert.ok(await visible() >= alerts.length && await visible() < rows.length, `${await visible()} of ${rows.length}`);
  await page.locator('.more-findings > summary').click();
  await page.waitForFunction((all) => [...document.querySelectorAll('.finding')].filter((row) => row.checkVisibility()).length === all, rows.length);
  const timeline = page.locator('.overview-side .chart').first();
  await timeline.locator('details > summary').click();
  const marked = await timeline.locator('.references tbody tr').evaluateAll((lines) => lines.map((line) => line.cells[0].textContent));
  assert.deepEqual(marked, alerts.map(({ severity }) => `${severity} finding`));
  chrome.assertNoErrors();
});

test('one click at the drop target shows the proof that nothing leaves', async () => {
  const page = await open({ viewport: { width: 1180, height: 740 } });
  const button = page.getByRole('button', { name: 'The proof' });
  const box = await button.boundingBox();
  assert.ok(box.y + box.height < 740, 'it stands on the first screen');
  await button.click();
  await page.locator('.policies').waitFor({ state: 'visible' });
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'SUMMARY');
  chrome.assertNoErrors();
});

test('the quiet sample has no alert, and says what was examined', async () => {
  const page = await open();
  await sample(page, 'quiet-day');
  const alerts = (await findings(page)).filter((row) => ['critical', 'high', 'medium'].includes(row.severity));
  assert.deepEqual(alerts, []);
  assert.match(await page.locator('.summary').innerText(), /DNS and .* connection records/);
});

test('a dropped file, a chosen one, a gzip and a paste give the same finding', async () => {
  const text = dnsLog(tunnel('evil-domain.com'));
  const plain = write('plain/dns.log', text);
  const packed = write('packed/dns.log.gz', zlib.gzipSync(text));
  const bring = {
    dropped: (page) => dropFiles(page, plain),
    chosen: (page) => chooseFiles(page, plain),
    gzip: (page) => chooseFiles(page, packed),
    folder: (page) => dropFiles(page, path.dirname(plain)),
    pasted: (page) => page.evaluate((pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', pasted);
      window.dispatchEvent(new ClipboardEvent('paste', { clipboardData }));
    }, text),
  };
  const seen = {};
  for (const [how, act] of Object.entries(bring)) {
    const page = await open();
    await act(page);
    await waitState(page, 'done');
    seen[how] = (await findings(page)).map(({ severity, client, domain, id }) => ({ severity, client, domain, id }));
    await page.keyboard.press('j');
    await page.waitForSelector('.records tbody tr');
    assert.match(await page.locator('.records').innerText(), /evil-domain\.com/, how);
  }
  assert.equal(seen.dropped[0]?.domain, 'evil-domain.com');
  for (const [how, rows] of Object.entries(seen)) assert.deepEqual(rows, seen.dropped, how);
  chrome.assertNoErrors();
});

test('the order of dropping does not matter', async () => {
  const files = ['a', 'b', 'c'].map((name) => write(`order/${name}.log`, dnsLog(tunnel(`${name}-tunnel.com`, 300))));
  const texts = [];
  for (const order of [files, files.toReversed()]) {
    const page = await open();
    await chooseFiles(page, order);
    await waitState(page, 'done');
    texts.push([await findings(page), await page.locator('.inputs tbody').innerText()]);
  }
  assert.deepEqual(texts[0], texts[1]);
});

test('what is no log fails, with a sentence for each file', async () => {
  const page = await open();
  await chooseFiles(page, [write('photo.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16, 1])), write('empty.log', '')]);
  await waitState(page, 'failed');
  const text = await page.locator('#main').innerText();
  assert.match(text, /Nothing could be read/);
  assert.match(text, /photo\.jpg/);
  assert.match(text, /empty\.log/);
  await page.screenshot({ path: `${out}unreadable.png` });
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose other files' }).click();
  await chooser;
  await page.getByRole('button', { name: 'Scan other files' }).click();
  await waitState(page, 'idle');
  chrome.assertNoErrors();
});

test('a log with nothing in it that is covert is done, and looks different', async () => {
  const page = await open();
  // As people ask: not at every minute, which would be a beacon.
  const rows = Array.from({ length: 40 }, (_, at) => [1.7e9 + at * 60 + ((at * at * 37) % 53), '10.1.2.3', 'www.example.com', 'A']);
  await chooseFiles(page, write('calm/dns.log', dnsLog(rows)));
  await waitState(page, 'done');
  assert.match(await page.locator('#main').innerText(), /Nothing found[^]*40 DNS records/);
});

test('problems are shown with their lines', async () => {
  const page = await open();
  const lines = dnsLog(tunnel('evil-domain.com', 100)).split('\n');
  lines[10] = 'not\ta\trow';
  await chooseFiles(page, write('damaged/dns.log', lines.join('\n')));
  await waitState(page, 'done');
  assert.match(await page.locator('.inputs > summary').innerText(), /1 problem/);
  await page.locator('.problems summary').click();
  assert.match(await page.locator('.problem-list').innerText(), /line 11/);
  // The table leaves with all that it says.
  const head = await page.locator('.inputs thead th').allInnerTexts();
  const own = await page.locator('.inputs tbody tr').first().locator(':scope > :not(:last-child)').allInnerTexts();
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.inputs [data-save=json]').click()]);
  assert.equal(download.suggestedFilename(), 'wakeful-inputs.json');
  const { rows: [input] } = JSON.parse(fs.readFileSync(await download.path(), 'utf8'));
  assert.deepEqual(Object.keys(input), head);
  assert.deepEqual(Object.values(input).slice(0, -1), own);
  assert.match(input.Notes, /^1 problem; line 11: /);
});

test('what a reader should know of the logs first stands in the overview', async () => {
  const page = await open();
  const rows = Array.from({ length: 240 }, (_, at) => [1.7e9 + at * 20 + (at > 120 ? 90_000 : 0), '10.1.2.3', `h${at}.example.com`, 'A']);
  await chooseFiles(page, write('gap/dns.log', dnsLog(rows)));
  await waitState(page, 'done');
  assert.match(await page.locator('[data-note="clock-gap"]').innerText(), /no record .* for 2\d hours/);
  assert.match(await page.locator('[data-note="one-client"]').innerText(), /10\.1\.2\.3/);
  const silent = await page.locator('.detectors .silent').allInnerTexts();
  assert.ok(silent.some((text) => /No conn\.log was read/.test(text)), silent.join());
  await page.getByRole('button', { name: 'Scan other files' }).click();
  await waitState(page, 'idle');
  const resolver = dnsLog(rows).split('\n').map((line, at) => line.replace('10.0.0.53', `192.0.2.${at % 20}`)).join('\n');
  await chooseFiles(page, write('resolver/dns.log', resolver));
  await waitState(page, 'done');
  assert.match(await page.locator('[data-note="resolver-only"]').innerText(), /10\.1\.2\.3.* as a resolver does/);
});

test('a brush over the timeline leaves the findings of that time, and goes', async () => {
  const page = await open();
  await sample(page);
  const all = (await findings(page)).length;
  const plot = page.locator('.overview-side .u-over').first();
  const box = await plot.boundingBox();
  await page.mouse.move(box.x + 2, box.y + 20);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.25, box.y + 20, { steps: 5 });
  await page.mouse.up();
  await page.getByText(/^Only findings between/).waitFor();
  const some = (await findings(page)).length;
  assert.ok(some < all, `${some} of ${all}`);
  await page.getByRole('button', { name: 'All of the time' }).click();
  await page.waitForFunction((number) => document.querySelectorAll('.finding').length === number, all);
});

test('a log of a row, a second or a minute has its own time on the axis, and its records are drawn', async () => {
  for (const [count, gap, steps, drawn] of [[1, 1, 1, 0.9], [10, 0.1, 1, 0.9], [30, 2, 59, 0.4]]) {
    const page = await open();
    const rows = Array.from({ length: count }, (_, at) => [1.7e9 + at * gap, '10.1.2.3', `www${at % 3}.example.com`, 'A']);
    await chooseFiles(page, write(`short-${count}/dns.log`, dnsLog(rows)));
    await waitState(page, 'done');
    const over = page.locator('.overview-side .u-over');
    await over.waitFor();
    // Of the plot's columns, those with an area on the ground: its colour lets through what is behind it, as no line does.
    const share = await page.locator('.overview-side canvas').evaluate((canvas) => {
      const [all, plot] = [canvas.getBoundingClientRect(), document.querySelector('.overview-side .u-over').getBoundingClientRect()];
      const scale = canvas.width / all.width;
      const [x, y, width] = [plot.left - all.left, plot.bottom - all.top - 3, plot.width].map((length) => Math.round(length * scale));
      const { data } = canvas.getContext('2d').getImageData(x, y, width, 1);
      return data.filter((alpha, at) => at % 4 === 3 && alpha > 20 && alpha < 230).length / width;
    });
    assert.ok(share >= drawn, `${count} rows: ${share} of the axis has records`);
    const table = page.locator('.overview-side .chart details').first();
    await table.locator('summary').first().click();
    assert.equal(await table.locator('tbody').first().locator('tr').count(), steps);
    const box = await over.boundingBox();
    await page.mouse.move(box.x + 1, box.y + 20);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width - 1, box.y + 20, { steps: 5 });
    await page.mouse.up();
    await page.getByText(/^Only findings between 2023-11-14 22:1[34].* and 2023-11-14 22:1[34]/).waitFor();
  }
  chrome.assertNoErrors();
});

test('hostile names are text, and their invisible characters are written out', async () => {
  const page = await open();
  const records = tunnel('evil-domain.com', 300)
    .map(([ts, , query, qtype]) => JSON.stringify({ ts, uid: '<img src=x onerror=alert(1)>', 'id.orig_h': '10.1.2.3', 'id.orig_p': 1, 'id.resp_h': '10.0.0.53', 'id.resp_p': 53, proto: 'udp', query, qtype_name: qtype, extra: 'a\u202eb\u0007' }));
  await chooseFiles(page, write('<b>hostile\u202e.log', records.join('\n')));
  await waitState(page, 'done');
  assert.equal(await page.locator('main b, main img').count(), 0);
  assert.match(await page.locator('.inputs').evaluate((node) => node.textContent), /<b>hostile\\u\{202e\}\.log/);
  chrome.assertNoErrors();
});

test('a long read shows its progress, keeps the page alive, and can be cancelled', async () => {
  const block = dnsLog(tunnel('evil-domain.com', 20_000));
  const file = path.join(folder, 'long.log');
  const handle = fs.openSync(file, 'w');
  for (let written = 0; written < 400e6; written += block.length) fs.writeSync(handle, block);
  fs.closeSync(handle);
  const page = await open();
  await page.evaluate(() => {
    globalThis.longest = 0;
    let last = performance.now();
    const beat = () => {
      const now = performance.now();
      globalThis.longest = Math.max(globalThis.longest, now - last);
      last = now;
      setTimeout(beat, 10);
    };
    beat();
  });
  await dropFiles(page, file);
  await waitState(page, 'reading');
  await page.getByText(/ left$/).waitFor();
  const text = await page.locator('.reading').innerText();
  assert.match(text, /MB of 4\d\d\.\d MB/);
  assert.match(text, /records\/s/);
  assert.match(text, /left/);
  await page.screenshot({ path: `${out}reading.png` });
  await page.getByRole('button', { name: 'Cancel' }).click();
  await waitState(page, 'idle', { timeout: 3000 });
  assert.match(await page.locator('.notice').innerText(), /Stopped/);
  const longest = await page.evaluate(() => globalThis.longest);
  assert.ok(longest < 500, `the page stood still for ${longest} ms`);
  await sample(page);
  assert.ok((await findings(page)).length >= 3, 'the worker still works');
  chrome.assertNoErrors();
  fs.rmSync(file);
});

test('a file that changes under the scan breaks it off with a sentence', async () => {
  const file = write('vanishing/dns.log', dnsLog(tunnel('evil-domain.com', 1000)));
  const page = await open();
  // An input of the test's own: the page's would scan at once. A file made of the chosen one holds
  // the size and the time of change that it has now; a chosen one looks at them when it is read.
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'other' })));
  await page.setInputFiles('#other', file);
  await page.evaluate(() => {
    globalThis.held = new File([document.getElementById('other').files[0]], 'dns.log');
  });
  // The browser compares whole seconds: an hour later is another time for certain.
  const later = new Date(Date.now() + 3600_000);
  fs.writeFileSync(file, 'something else entirely');
  fs.utimesSync(file, later, later);
  await page.evaluate(() => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(globalThis.held);
    window.dispatchEvent(new ClipboardEvent('paste', { clipboardData }));
  });
  await waitState(page, 'failed');
  assert.match(await page.locator('#main').innerText(), /could not be read on/);
});

test('a worker that dies is replaced', async () => {
  const page = await open();
  await sample(page);
  await (await worker(page)).evaluate(() => { setTimeout(() => { throw new Error('broken'); }); });
  await page.waitForSelector('.notice');
  // It stays in sight where another view is scrolled to its heading.
  await page.locator('[data-to=explore]').click();
  await page.waitForSelector('body[data-view=explore]');
  await page.evaluate(() => scrollTo(0, 200));
  const [notice, bar] = await page.evaluate(() => ['.notice', '.bar'].map((name) => document.querySelector(name).getBoundingClientRect()));
  assert.ok(notice.top >= bar.bottom - 1 && notice.bottom < 700, `${notice.top} ${notice.bottom}`);
  await page.getByRole('button', { name: 'Scan other files' }).click();
  await waitState(page, 'idle');
  await sample(page);
  assert.ok((await findings(page)).length >= 3);
  chrome.errors.length = 0;
});

test('the report is saved as JSON', async () => {
  const page = await open();
  await sample(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /Save report/ }).click(),
  ]);
  assert.match(download.suggestedFilename(), /^wakeful-\d{4}-\d\d-\d\d\.json$/);
  const report = JSON.parse(fs.readFileSync(await download.path(), 'utf8'));
  assert.equal(report.report_version, 1);
  assert.equal(report.findings.length, (await findings(page)).length);
  chrome.assertNoErrors();
});

test('values are copied as they are, defanged, and as JSON', async () => {
  const page = await open({ permissions: ['clipboard-read', 'clipboard-write'] });
  await sample(page);
  const [first] = await findings(page);
  await page.keyboard.press('j');
  const copied = async (label) => {
    await page.locator(`[data-copy="${label}"]`).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  assert.equal(await copied('Domain'), first.domain);
  assert.equal(await copied('Defanged'), first.domain.replaceAll('.', '[.]'));
  assert.equal(JSON.parse(await copied('JSON')).id, first.id);
});

test('a row stays, and the focus in it, when details come and the list shows other lines', async () => {
  const page = await open({ viewport: { width: 1280, height: 1400 } });
  const rows = Array.from({ length: 40 }, (_, client) => tunnel(`evil-domain-${client}.com`, 40).map(([ts, , ...rest]) => [ts, `10.1.2.${client}`, ...rest]));
  await chooseFiles(page, write('many/dns.log', dnsLog(rows.flat())));
  await waitState(page, 'done');
  await page.locator('[data-to=findings]').click();
  const row = page.locator('.finding-open').nth(1);
  await row.focus();
  const kept = await row.elementHandle();
  const before = await page.locator('.finding').count();
  await page.keyboard.press('Enter');
  await page.waitForSelector('.detail .records tbody tr');
  await page.waitForFunction((shown) => document.querySelectorAll('.finding').length !== shown, before);
  assert.ok(await kept.evaluate((node) => node.isConnected && document.activeElement === node));
});

test('the keyboard walks through findings, filters and closes', async () => {
  const page = await open();
  await sample(page);
  const current = () => page.locator('.finding-open[aria-current]').getAttribute('id').catch(() => null);
  // The focus follows in a later turn of the event loop where drawing took long.
  const focused = (id) => page.waitForFunction((wanted) => document.activeElement.id === wanted, id);
  await page.keyboard.press('j');
  assert.equal(await current(), 'finding-1');
  await focused('finding-1');
  await page.keyboard.press('j');
  await focused('finding-2');
  await page.keyboard.press('k');
  await focused('finding-1');
  await page.keyboard.press('Escape');
  await page.waitForSelector('.detail', { state: 'detached' });
  await focused('finding-1');
  await page.keyboard.press('Enter');
  await page.waitForSelector('.detail');
  // Again: into the details, past the rows between.
  await page.keyboard.press('Enter');
  await focused('detail-title');
  await page.keyboard.press('/');
  await focused('filter');
  const [, second] = await findings(page);
  await page.keyboard.type(second.domain);
  await page.waitForFunction(() => document.querySelectorAll('.finding').length === 1);
  assert.equal((await findings(page))[0].domain, second.domain);
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await page.waitForSelector('dialog[open]');
  await page.keyboard.press('Escape');
  await page.waitForSelector('dialog[open]', { state: 'detached' });
  assert.ok(await page.locator('.detail').count(), 'Escape closed the help alone');
  chrome.assertNoErrors();
});

test('severities can be switched off', async () => {
  const page = await open();
  await sample(page);
  await page.getByRole('link', { name: /^Findings/ }).click();
  await page.locator('.chip.sev-critical').waitFor();
  const before = await findings(page);
  await page.locator('.chip.sev-critical').click();
  await page.waitForSelector('.finding.sev-critical', { state: 'detached' });
  assert.deepEqual(await findings(page), before.filter((row) => row.severity !== 'critical'));
});

test('the colours are chosen, and kept for the next visit', async () => {
  const page = await open({ colorScheme: 'light' });
  const ground = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  const light = await ground();
  const button = page.getByRole('button', { name: /^Colours/ });
  await button.click();
  assert.equal(await ground(), light);
  await button.click();
  await page.waitForSelector('html[data-theme="dark"]');
  assert.notEqual(await ground(), light);
  await page.reload();
  await page.waitForSelector('html[data-theme="dark"]');
});
