// The page starts on hosts that differ, and says what to do where it cannot.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { launch, url, waitState, waitWhole } from './harness.mjs';

/** For tests in which a page could wait for what never comes. */
const patience = { timeout: 120_000 };
const log = Buffer.from('#separator \\x09\n#path\tdns\n#fields\tts\tid.orig_h\tquery\tqtype\n1710201600.0\t10.0.0.1\twww.example.com\t1\n');

let chrome;
before(async () => {
  chrome = await launch();
});
after(async () => {
  await chrome?.close();
});

/** A static host of its own: `change(path, answer)` may alter what the real one answers. */
async function host(change, prefix = '/') {
  const server = http.createServer(async (request, response) => {
    const path = request.url.slice(prefix.length);
    const real = await fetch(new URL(path, url));
    const answer = {
      status: real.status,
      type: real.headers.get('content-type') ?? '',
      body: Buffer.from(await real.arrayBuffer()),
    };
    await change(path, answer);
    response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}${prefix}`,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

/** A host whose rest of the program comes when `give` is called, and as `change` says. */
async function slow(change = () => {}) {
  let give;
  const given = new Promise((resolve) => {
    give = resolve;
  });
  const asked = [];
  const late = await host(async (path, answer) => {
    if (!path.endsWith('_rest.wasm')) return;
    asked.push(path);
    await given;
    change(answer);
  });
  return { ...late, give, asked };
}

/** Opens the page and does something before the rest of its program is here, which comes once the page has asked for it again. */
async function early(late, act) {
  const page = await openAt(late);
  await waitState(page, 'idle');
  const again = page.waitForRequest((request) => request.url().endsWith('_rest.wasm'));
  const acted = act(page);
  await again;
  late.give();
  await acted;
  return page;
}

const sample = (page) => page.locator('[data-sample=quiet-day]').click();
const file = (page) =>
  page.locator('input#files').setInputFiles({ name: 'dns.log', mimeType: 'text/plain', buffer: log });

async function openAt(host) {
  const page = await chrome.newPage();
  await page.goto(host.url);
  return page;
}

async function scans(page) {
  await waitState(page, 'idle');
  await page.locator('[data-sample=quiet-day]').click();
  await waitState(page, 'done');
}

test('a host that does not know the type of wasm', async () => {
  const plain = await host((path, answer) => {
    if (path.endsWith('.wasm')) answer.type = 'application/octet-stream';
  });
  await scans(await openAt(plain));
  await plain.close();
});

test('a host that serves the page under a path', async () => {
  const deep = await host(() => {}, '/tools/wakeful/');
  await scans(await openAt(deep));
  await deep.close();
});

for (const kind of ['.wasm', '.js']) {
  test(`a host that lost a ${kind} file: a sentence with the next step`, async () => {
    const broken = await host((path, answer) => {
      if (path.includes('wakeful-page') && path.endsWith(kind)) answer.status = 404;
    });
    const page = await openAt(broken);
    await waitState(page, 'failed');
    assert.match(await page.locator('#broken').innerText(), /could not be loaded\. Reload the page/);
    await broken.close();
  });
}

test('a wasm of another build is refused', async () => {
  const mixed = await host((path, answer) => {
    if (path.endsWith('.wasm')) answer.body = Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);
  });
  const page = await openAt(mixed);
  await waitState(page, 'failed');
  assert.match(await page.locator('#broken').innerText(), /copy every file of the build/);
  await mixed.close();
});

test('without JavaScript a sentence says what is missing', async () => {
  const page = await chrome.newPage({ javaScriptEnabled: false });
  assert.match(await page.locator('noscript').innerText(), /needs JavaScript and WebAssembly/);
});

test('a host that lost what charts need: the log is read, a sentence stands for each drawing, its table is there', async () => {
  const poor = await host((path, answer) => {
    if (path.startsWith('uPlot.iife')) answer.status = 404;
  });
  const page = await openAt(poor);
  await scans(page);
  await page.locator('[data-to=explore]').click();
  const chart = page.locator('figure.plotted').first();
  await chart.getByText('The drawing is not available (their library could not be loaded); reload the page for it.').waitFor();
  await chart.locator('summary').first().click();
  await chart.locator('table').first().waitFor();
  assert.equal(await page.locator('meta[http-equiv]').count(), 3);
  await poor.close();
});

test('the page waits for files before the rest of its program is here, and asks for it once', patience, async () => {
  const late = await slow();
  const page = await chrome.newPage();
  // A call into the rest waits in a request of its own kind, and the page with it.
  const isCall = (request) => request.url().startsWith(late.url) && request.url().endsWith('_rest.wasm') && request.resourceType() === 'xhr';
  const called = page.waitForRequest(isCall, { timeout: 0 }).then(() => 'a call into the rest', () => 'nothing');
  const opened = page.goto(late.url).then(() => waitState(page, 'idle')).then(() => 'idle');
  const first = await Promise.race([called, opened]);
  late.give();
  assert.equal(first, 'idle', 'the list of what the page begins with is old: `cargo xtask begin` writes it anew');
  await waitWhole(page);
  await scans(page);
  assert.equal(late.asked.length, 1, 'nothing needed it earlier');
  await late.close();
});

for (const [what, act] of [['a sample is asked for', sample], ['a file is chosen', file]]) {
  test(`${what} before the rest is here: it is waited for`, patience, async () => {
    const late = await slow();
    const page = await early(late, act);
    await waitState(page, 'done');
    assert.equal(await page.locator('meta[http-equiv]').count(), 3);
    await late.close();
  });
}

test('a file is chosen and the rest cannot be had: nothing is read, and a sentence says so', patience, async () => {
  const late = await slow((answer) => {
    answer.status = 404;
  });
  const page = await early(late, file);
  await waitState(page, 'failed');
  assert.match(await page.locator('#broken').innerText(), /could not be loaded\. Reload the page/);
  await late.close();
});
