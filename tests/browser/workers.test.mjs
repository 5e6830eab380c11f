// Several workers read together: however the files are shared out, the findings are those of one worker, and
// their records are found again.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import zlib from 'node:zlib';
import { chooseFiles, findings, launch, waitState, worker } from './harness.mjs';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wakeful-workers-'));
const COLUMNS = ['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto', 'query', 'qtype', 'rcode', 'answers', 'TTLs'];
/** Large enough to be cut into slices. */
const ROWS = 520_000;
/** Where `Measured` stands among a reader's words (`Word` in src/wire/crew.rs), behind four bytes of version. */
const MEASURED = 6;
let chrome;

before(async () => {
  chrome = await launch();
});
after(async () => {
  await chrome?.close();
  fs.rmSync(folder, { recursive: true });
});

/** Numbers that look like chance, the same in every run. */
function chance(seed) {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function header(columns) {
  return `#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n#fields\t${columns.join('\t')}\n`;
}

/** Rows of an office, and from the second quarter to the last a tunnel of one client in between. */
function rows(count, columns, seed = 1) {
  const next = chance(seed);
  const hex = (bytes) => Array.from({ length: bytes }, () => next(256).toString(16).padStart(2, '0')).join('');
  const lines = [];
  for (let n = 0; n < count; n += 1) {
    const tunnel = n % 997 === 0 && n > count / 4;
    const site = next(400);
    const row = {
      ts: (1_700_000_000 + n / 50).toFixed(6),
      uid: `C${n.toString(36).padStart(17, 'x')}`,
      'id.orig_h': tunnel ? '10.9.9.9' : `10.0.${next(4)}.${next(200)}`,
      'id.orig_p': 1024 + next(60_000),
      'id.resp_h': '10.0.0.53',
      'id.resp_p': 53,
      proto: 'udp',
      query: tunnel ? `${hex(28)}.${hex(28)}.${hex(20)}.covert.example` : `${['www', 'mail', 'api', 'static'][next(4)]}.site${site}.example.com`,
      qtype: tunnel ? 16 : 1,
      rcode: 0,
      answers: tunnel ? `TXT 60 ${hex(30)}` : `192.0.2.${site % 250}`,
      TTLs: tunnel ? '1.000000' : '300.000000',
    };
    lines.push(columns.map((column) => row[column]).join('\t'));
  }
  return `${lines.join('\n')}\n`;
}

function file(name, content) {
  const at = path.join(folder, name);
  fs.mkdirSync(path.dirname(at), { recursive: true });
  fs.writeFileSync(at, content);
  return at;
}

/** What a scan by so many workers, or by one that reads for another, shows: the findings, the records of the first, what was read. */
async function scanned(workers, files) {
  const page = await chrome.newPage({ path: `?workers=${workers}` });
  await waitState(page, 'idle');
  await chooseFiles(page, files);
  await waitState(page, 'done', { timeout: 120_000 });
  const found = await findings(page);
  await page.locator('.finding-open').first().click();
  await page.waitForSelector('.records tbody tr');
  const records = await page.locator('.records').innerText();
  chrome.assertNoErrors();
  chrome.assertNoForeignRequests();
  await page.context().close();
  return { found, records };
}

/** Scans by one worker, by one that reads for another, and by two and three with slices agree, and find the tunnel. */
async function agree(files) {
  const one = await scanned(1, files);
  assert.deepEqual([one.found[0]?.severity, one.found[0]?.domain], ['critical', 'covert.example']);
  assert.match(one.records, /covert\.example/);
  for (const workers of ['relay', 2, 3]) assert.deepEqual(await scanned(workers, files), one, `${workers} workers`);
}

const text = rows(ROWS, COLUMNS);

test('a log in slices is the log', async () => {
  assert.ok(text.length > 2 * (24 << 20), `${text.length} bytes are not cut`);
  await agree([file('one/dns.log', header(COLUMNS) + text)]);
});

test('files of several kinds are shared out', async () => {
  const conn = `#separator \\x09\n#unset_field\t-\n#path\tconn\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tconn_state\torig_bytes\tresp_bytes\n${'1700000001.000000\tCx\t10.0.0.9\t5\t192.0.2.1\t443\ttcp\tSF\t10\t20\n'.repeat(1000)}`;
  const json = JSON.stringify({ ts: 1700000000.5, uid: 'Cj', 'id.orig_h': '10.0.0.8', query: 'www.json.example', qtype: 1 });
  await agree([
    file('kinds/dns.log', header(COLUMNS) + text),
    file('kinds/conn.log', conn),
    file('kinds/dns.json.log', `${json}\n`.repeat(1000)),
    file('kinds/dns.02.log.gz', zlib.gzipSync(header(COLUMNS) + rows(5000, COLUMNS, 2))),
  ]);
});

test('a packed log is unpacked by one and read by another', async () => {
  await agree([file('packed/dns.log.gz', zlib.gzipSync(header(COLUMNS) + text, { level: 1 }))]);
});

test('a packed log that ends too early is read as far as it goes, and the page says so', async () => {
  const whole = zlib.gzipSync(header(COLUMNS) + text, { level: 1 });
  await agree([file('cut/dns.log.gz', whole.subarray(0, (whole.length * 9) / 10))]);
});

test('logs put together under different headers mean what each header says', async () => {
  const other = [...COLUMNS].reverse();
  const halves = [header(COLUMNS), rows(ROWS / 2, COLUMNS), header(other), rows(ROWS / 2, other)];
  await agree([file('two-headers/dns.log', halves.join(''))]);
});

test('files of one name keep their records apart', async () => {
  await agree([
    file('first/dns.log', header(COLUMNS) + rows(40_000, COLUMNS)),
    file('second/dns.log', header(COLUMNS) + rows(3000, COLUMNS, 3)),
    file('third/other.log', header(COLUMNS) + rows(3000, COLUMNS, 4)),
  ]);
});

for (const workers of ['relay', '3']) {
  test(`a scan by several workers (${workers}) can be cancelled, and the next one is whole`, async () => {
    const files = [file('again/dns.log', header(COLUMNS) + text)];
    const page = await chrome.newPage({ path: `?workers=${workers}` });
    await waitState(page, 'idle');
    await chooseFiles(page, files);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await waitState(page, 'idle');
    await chooseFiles(page, files);
    await waitState(page, 'done', { timeout: 120_000 });
    assert.equal((await findings(page))[0]?.domain, 'covert.example');
    chrome.assertNoErrors();
    await page.context().close();
  });
}

for (const workers of ['relay', '2']) {
  test(`a reader (${workers}) that dies leaves the scan to the other, and nothing is lost`, async () => {
    const files = [file('alone/dns.log', header(COLUMNS) + text)];
    const whole = await scanned(1, files);
    const page = await chrome.newPage({ path: `?workers=${workers}` });
    await waitState(page, 'idle');
    await chooseFiles(page, files);
    const reader = await worker(page, 1);
    await reader.evaluate(() => { setTimeout(() => { throw new Error('broken'); }); });
    await waitState(page, 'done', { timeout: 120_000 });
    assert.deepEqual(await findings(page), whole.found);
    chrome.errors.length = 0;
    await page.context().close();
  });
}

test('a reader that dies while it measures names leaves them to the other, and nothing is lost', async () => {
  const files = [file('measured/dns.log', header(COLUMNS) + text)];
  const whole = await scanned(1, files);
  const page = await chrome.newPage({ path: '?workers=relay' });
  await waitState(page, 'idle');
  const died = page.waitForEvent('console', { predicate: (said) => said.text() === 'it dies', timeout: 120_000 });
  await chooseFiles(page, files);
  const reader = await worker(page, 1);
  await reader.evaluate((measured) => {
    const post = MessagePort.prototype.postMessage;
    MessagePort.prototype.postMessage = function (message, ...how) {
      if (new Uint8Array(message[0])[4] !== measured) return post.call(this, message, ...how);
      console.log('it dies');
      setTimeout(() => { throw new Error('broken'); });
    };
  }, MEASURED);
  await died;
  await waitState(page, 'done', { timeout: 120_000 });
  assert.deepEqual(await findings(page), whole.found);
  chrome.errors.length = 0;
  await page.context().close();
});
