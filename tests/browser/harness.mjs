// What every browser test stands on: Chromium, the built page, and an eye on the network.
//
// In: WAKEFUL_URL (where the built page is served; `cargo xtask test` sets it, and `cargo xtask serve`
// serves on the default), CHROMIUM (the browser's binary) and WAKEFUL_DATA (the labelled logs).
// Out: pages that remember every request, error and warning. This file knows the page's stable hooks
// (`input#files`, `body[data-state]`, rows with `data-severity`) and must know nothing else of it.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import axe from 'axe-core';
import { chromium } from 'playwright-core';
import { BINARY, FLAGS } from './chromium.mjs';

/** The page under test, with a closing slash. */
export const url = new URL(process.env.WAKEFUL_URL || 'http://127.0.0.1:8080').href;
const origin = new URL(url).origin;

/** Whom Chromium itself calls at its start, whatever the flags say. The trap refuses them like all. */
const BROWSER_OWN = new Set([
  'accounts.google.com',
  'android.clients.google.com',
  'clients2.google.com',
  'content-autofill.googleapis.com',
  'optimizationguide-pa.googleapis.com',
  'redirector.gvt1.com',
  'safebrowsingohttpgateway.googleapis.com',
  'update.googleapis.com',
]);

/** Where `Done` stands among the worker's events (`Event` in src/wire.rs), behind four bytes of version. */
const DONE = 3;

/**
 * Run in a page before its own scripts: a scan stays where it reads, with what was found so far, until
 * `release()`, and `breakDown()` is the end of its worker. The worker's clock runs a thousand times as fast, because
 * findings are shown early only where a scan takes long.
 */
export function holdScans(done) {
  const [Thread, Data] = [Worker, Blob];
  let held = null;
  let workers = [];
  globalThis.Worker = class extends Thread {
    constructor(...how) {
      super(...how);
      workers.push(this);
      this.addEventListener('message', (event) => {
        if (held !== false && event.data instanceof ArrayBuffer && new Uint8Array(event.data)[4] === done) {
          held = () => this.dispatchEvent(new MessageEvent('message', { data: event.data }));
          event.stopImmediatePropagation();
        }
      });
    }
  };
  globalThis.Blob = class extends Data {
    constructor(parts, options) {
      const fast = 'const now = performance.now.bind(performance); performance.now = () => now() * 1000;';
      super(parts.some((part) => String(part).includes('initSync({ module')) ? [fast, ...parts] : parts, options);
    }
  };
  globalThis.release = () => { const give = held; held = false; give?.(); };
  globalThis.isHeld = () => typeof held === 'function';
  globalThis.breakDown = () => workers.at(-1).dispatchEvent(new MessageEvent('message', { data: 'Wakeful, worker: RuntimeError\nat wasm-function[7]' }));
}

/**
 * Starts Chromium. Give back what it holds with `await chrome.close()`.
 *
 * - `chrome.newPage(options)`: an opened page in a context of its own; `options` are Playwright's
 *   context options, `path` is added to the page's address (`'#…'`, `'?…'`), and with `held` scans do not end
 *   (`holdScans`). `page.started` are its workers, each with a promise `over`.
 * - `chrome.assertNoForeignRequests()`: no request of any page has left its origin, and none within it
 *   could carry anything out. `chrome.foreignRequests()` is what it looks at.
 * - `chrome.assertNoErrors()`: no uncaught error and nothing on the console's error level.
 * - `chrome.requests`, `chrome.errors`: everything since the start, for questions of a test's own.
 */
export async function launch() {
  const trap = await openTrap();
  const browser = await chromium.launch({
    executablePath: BINARY,
    // The machine's own addresses bypass a proxy; everything else, from workers and service workers
    // too, runs into the trap.
    args: [...FLAGS, `--proxy-server=127.0.0.1:${trap.port}`],
  });
  const requests = [];
  const errors = [];

  async function newPage({ path: suffix = '', held = false, ...options } = {}) {
    const context = await browser.newContext(options);
    if (held) await context.addInitScript(holdScans, DONE);
    context.on('request', (request) => requests.push({ method: request.method(), url: request.url() }));
    context.on('console', (message) => {
      if (message.type() === 'error') errors.push(`console: ${message.text()}`);
    });
    context.on('weberror', (error) => errors.push(`uncaught: ${error.error().stack ?? error.error()}`));
    const page = await context.newPage();
    page.on('websocket', (socket) => requests.push({ method: 'GET', url: socket.url() }));
    page.on('crash', () => errors.push('the tab crashed'));
    // Every worker since the page was opened, and when it is over: one may be before a test looks.
    page.started = [];
    page.on('worker', (worker) => {
      worker.over = new Promise((resolve) => worker.once('close', resolve));
      page.started.push(worker);
    });
    await page.goto(new URL(suffix, url).href);
    return page;
  }

  /** As pages and workers asked, then as the trap saw them: both are evidence. */
  function foreignRequests() {
    const asked = requests.filter((request) => !isOwn(request)).map(({ method, url }) => `${method} ${url}`);
    return [...asked, ...trap.caught];
  }

  return {
    browser,
    requests,
    errors,
    newPage,
    foreignRequests,
    assertNoForeignRequests() {
      assert.deepEqual(foreignRequests(), [], 'requests that left the page');
    },
    assertNoErrors() {
      assert.deepEqual(errors, [], 'errors in the page');
    },
    async close() {
      await browser.close();
      await trap.close();
    },
  };
}

/** A request that can carry nothing out: a file of the page's own, or no request at all. */
function isOwn({ method, url }) {
  const { protocol, origin: target } = new URL(url);
  if (protocol === 'data:') return true;
  return target === origin && ['GET', 'HEAD'].includes(method);
}

/** A proxy that lets nothing through and remembers who knocked. */
async function openTrap() {
  const caught = [];
  const remember = (method, url) => {
    const [host] = url.replace(/^\w+:\/\//, '').split(/[:/]/);
    if (!BROWSER_OWN.has(host)) caught.push(`${method} ${url}`);
  };
  const server = http.createServer((request, response) => {
    remember(request.method, request.url);
    response.writeHead(502).end();
  });
  server.on('connect', (request, socket) => {
    remember('CONNECT', request.url);
    socket.on('error', () => {});
    socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
  });
  await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    caught,
    port: server.address().port,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

/**
 * Drops files (or folders) on the page: a real, trusted drag from outside the browser, which is what
 * gives the page entries (`webkitGetAsEntry`) and files that are read from the disk as they are needed.
 * `at` is a selector; the whole window is the target without it.
 */
export async function dropFiles(page, paths, at = 'body') {
  const files = [paths].flat().map((file) => path.resolve(file));
  for (const file of files) assert.ok(fs.existsSync(file), `${file} is missing`);
  const box = await page.locator(at).first().boundingBox();
  const size = await page.evaluate(() => ({ width: innerWidth, height: innerHeight }));
  assert.ok(box, `${at} is not visible`);
  const x = Math.min(box.x + box.width / 2, size.width - 1);
  const y = Math.min(box.y + box.height / 2, size.height - 1);
  const session = await page.context().newCDPSession(page);
  const data = { items: [], files, dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop']) {
    await session.send('Input.dispatchDragEvent', { type, x, y, data });
  }
  await session.detach();
}

/** Chooses files by the page's own input. */
export async function chooseFiles(page, paths) {
  await page.setInputFiles('input#files[type=file][multiple]', paths);
}

/**
 * Waits for `body[data-state]`: idle, reading, done or failed. Reaching `failed` on the way to another
 * state ends the wait at once, with what the page says.
 */
export async function waitState(page, state, { timeout = 60_000 } = {}) {
  const wanted = [...new Set([state, 'failed'])].map((name) => `body[data-state="${name}"]`).join(', ');
  try {
    await page.waitForSelector(wanted, { timeout, state: 'attached' });
  } catch (error) {
    const now = await page.evaluate(() => document.body?.dataset.state).catch(() => 'gone');
    throw new Error(`the page did not reach "${state}" in ${timeout / 1000} s, it is "${now}"`, { cause: error });
  }
  const reached = await page.evaluate(() => ({ state: document.body.dataset.state, text: document.body.innerText }));
  if (state !== 'failed') {
    assert.notEqual(reached.state, 'failed', `the page failed and says:\n${reached.text.slice(0, 2000)}`);
  }
}

/** Waits until the page waits for files and all of its program is here: the policy that comes then stands. */
export async function waitWhole(page) {
  await waitState(page, 'idle');
  await page.locator('meta[http-equiv]').nth(1).waitFor({ state: 'attached' });
}

/** To be run before a page's own scripts: the page never hears that the worker that warms up is done, so that it is
 * as it was before, however long a test takes. */
export function holdWarming() {
  const Thread = Worker;
  globalThis.Worker = class extends Thread {
    constructor(address, how) {
      super(address, how);
      if (how.name === 'wakeful-warming') this.addEventListener('message', (event) => event.stopImmediatePropagation());
    }
  };
}

/** The worker that takes commands; with `which` 1, the one that reads for it. There may be another, which warms up and ends
 * by itself, and two may be up before they are needed: the first takes commands. */
export async function worker(page, which = 0) {
  let found = 0;
  for (let place = 0; ; place += 1) {
    // None is missed: each stands in the row before anybody hears of it.
    const one = page.started[place] ?? await page.waitForEvent('worker');
    const name = await one.evaluate(() => globalThis.name).catch(() => 'it has ended');
    if (name !== 'wakeful') continue;
    if (found === which) return one;
    found += 1;
  }
}

/** The finding rows in the order shown, each as its `data-…` attributes: severity, client, domain, peer. */
export async function findings(page) {
  return page.$$eval('[data-severity]:is([data-client], [data-domain], [data-peer])', (rows) =>
    rows.map((row) => ({ ...row.dataset })));
}

/** What axe finds against WCAG 2.2 AA, one line a violation. Run in the page without a script tag. */
export async function accessibilityProblems(page) {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
  }));
  return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes.map((node) => node.target).join('; ')})`);
}

/**
 * A file or folder below WAKEFUL_DATA, or `null` where the labelled logs are not at hand:
 * `test('…', { skip: data('x') === null }, …)`. In CI they must be, so there it throws.
 */
export function data(name) {
  const folder = process.env.WAKEFUL_DATA;
  const file = folder ? path.join(folder, name) : null;
  if (file && fs.existsSync(file)) return file;
  // With the folder there and the file not, a skipped test would hide a wrong name.
  if (file || process.env.CI) {
    throw new Error(file ? `${file} is missing` : 'WAKEFUL_DATA is not set, and CI must not skip');
  }
  return null;
}
