// Nothing leaves. Once the page has started, neither it nor a worker can reach any address but those of what
// charts need, and from the moment it is given anything, none at all.
//
// The page is served through a witness that writes down every request, so that its own host counts
// as an address like any other. The same attempts on a page without a policy do arrive: the
// control, without which an empty list would prove nothing.

import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { chooseFiles, dropFiles, holdWarming, launch, url, waitState, worker, waitWhole } from './harness.mjs';

let chrome;
let own;
let elsewhere;

before(async () => {
  chrome = await launch();
  own = await openWitness(url);
  elsewhere = await openWitness(null);
});
after(async () => {
  await chrome?.close();
  await own?.close();
  await elsewhere?.close();
});

/** A server that notes what is asked; it passes on to `source`, or answers with an empty page. */
async function openWitness(source) {
  const seen = [];
  const server = http.createServer(async (request, response) => {
    seen.push(`${request.method} ${request.url}`);
    if (!source || request.url.startsWith('/control')) {
      response.writeHead(200, { 'content-type': 'text/html', 'access-control-allow-origin': '*' }).end('<p>');
      return;
    }
    const answer = await fetch(new URL(`.${request.url}`, source));
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? '' });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  server.on('upgrade', (request, socket) => {
    seen.push(`UPGRADE ${request.url}`);
    socket.destroy();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    seen,
    url: `http://127.0.0.1:${server.address().port}/`,
    leaks: () => seen.filter((line) => line.includes('leak')),
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

/**
 * Every way out of a page that we could think of; runs in the page. `later` are addresses that the page itself may
 * ask for before it is given anything.
 */
async function attemptsOfPage({ bases, later = [] }) {
  const quiet = async (attempt) => {
    try {
      await attempt();
    } catch { /* refused: as it should be */ }
  };
  const node = (name, properties) => document.body.append(Object.assign(document.createElement(name), properties));
  for (const base of bases) {
    const at = (how) => `${base}leak-${how}`;
    await quiet(() => fetch(at('fetch'), { mode: 'no-cors' }));
    await quiet(() => {
      const request = new XMLHttpRequest();
      request.open('POST', at('xhr'));
      request.send('x');
    });
    await quiet(() => navigator.sendBeacon(at('beacon'), 'x'));
    await quiet(() => new WebSocket(at('socket').replace('http', 'ws')));
    await quiet(() => new EventSource(at('events')));
    await quiet(() => { new Image().src = at('image'); });
    await quiet(() => node('link', { rel: 'stylesheet', href: at('style') }));
    await quiet(() => node('link', { rel: 'prefetch', href: at('prefetch') }));
    await quiet(() => node('link', { rel: 'preload', as: 'image', href: at('preload') }));
    await quiet(() => node('link', { rel: 'icon', href: at('icon') }));
    await quiet(() => node('script', { src: at('script') }));
    await quiet(() => node('iframe', { src: at('frame') }));
    await quiet(() => node('object', { data: at('object') }));
    await quiet(() => node('video', { src: at('video') }));
    await quiet(() => { document.body.style.backgroundImage = `url(${at('background')})`; });
    await quiet(() => new FontFace('leak', `url(${at('font')})`).load());
    await quiet(() => import(at('import')));
    await quiet(() => new Worker(at('worker')));
    await quiet(() => new SharedWorker(at('shared')));
    await quiet(() => navigator.serviceWorker.register(at('service')));
    await quiet(async () => (await caches.open('leak')).add(at('cache')));
  }
  for (const file of later) {
    const at = (how) => `${file}?leak-later-${how}`;
    await quiet(() => fetch(at('fetch'), { mode: 'no-cors' }));
    await quiet(() => node('link', { rel: 'stylesheet', href: at('style') }));
    await quiet(() => node('link', { rel: 'modulepreload', href: at('modulepreload') }));
    await quiet(() => node('link', { rel: 'preload', as: 'script', href: at('preload') }));
    await quiet(() => node('script', { src: at('script') }));
    await quiet(() => {
      // What stands in a template was there before the policies.
      const script = document.importNode(document.getElementById('later').content.querySelector('script'));
      script.setAttribute('src', at('template'));
      document.body.append(script);
    });
    await quiet(() => import(at('import')));
  }
  await new Promise((resolve) => setTimeout(resolve, 1500));
  // Last: where it is allowed, it leads the page away.
  for (const base of bases) {
    await quiet(() => {
      const form = document.createElement('form');
      Object.assign(form, { method: 'post', action: `${base}leak-form`, target: '_self' });
      document.body.append(form);
      form.submit();
    });
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
}

/** Every way out of a worker; runs in the worker. */
async function attemptsOfWorker({ bases, later = [] }) {
  const quiet = async (attempt) => {
    try {
      await attempt();
    } catch { /* refused: as it should be */ }
  };
  for (const base of bases) {
    const at = (how) => `${base}leak-worker-${how}`;
    await quiet(() => fetch(at('fetch'), { mode: 'no-cors' }));
    await quiet(() => {
      const request = new XMLHttpRequest();
      request.open('POST', at('xhr'));
      request.send('x');
    });
    await quiet(() => new WebSocket(at('socket').replace('http', 'ws')));
    await quiet(() => new EventSource(at('events')));
    await quiet(() => import(at('import')));
    await quiet(() => importScripts(at('scripts')));
    await quiet(() => new Worker(at('worker')));
    await quiet(async () => (await caches.open('leak')).add(at('cache')));
    await quiet(() => new FontFace('leak', `url(${at('font')})`).load());
  }
  for (const file of later) {
    const at = (how) => `${file}?leak-worker-later-${how}`;
    await quiet(() => fetch(at('fetch'), { mode: 'no-cors' }));
    await quiet(() => import(at('import')));
    await quiet(() => importScripts(at('scripts')));
    await quiet(() => new Worker(at('worker')));
  }
  await new Promise((resolve) => setTimeout(resolve, 1500));
}

/** What charts need: the addresses that the page may ask for until it is given anything. */
async function laterOf(page) {
  return page.evaluate(() => [...document.getElementById('later').content.querySelectorAll('script, link')]
    .map((node) => new URL(node.getAttribute('src') ?? node.getAttribute('href'), document.baseURI).href));
}

async function policiesOf(page) {
  return page.$$eval('meta[http-equiv]', (metas) => metas.map((meta) => meta.content));
}

async function openThrough(witness, suffix = '') {
  const page = await chrome.newPage();
  await page.goto(witness.url + suffix);
  return page;
}

/** A page that has not shut itself. */
async function openNarrow() {
  const page = await chrome.newPage();
  await page.addInitScript(holdWarming);
  page.started.length = 0;
  await page.goto(own.url);
  await waitWhole(page);
  return page;
}

test('the attempts arrive where no policy stands', async () => {
  const page = await openThrough(own, 'control');
  const bases = [own.url, elsewhere.url];
  await page.evaluate(attemptsOfPage, { bases }).catch(() => { /* the form led away */ });
  await page.waitForTimeout(500);
  for (const witness of [own, elsewhere]) {
    const arrived = witness.leaks().map((line) => line.replace(/.*leak-/, ''));
    for (const how of ['fetch', 'xhr', 'beacon', 'socket', 'image', 'style', 'script', 'frame', 'background']) {
      assert.ok(arrived.includes(how), `${how} did not arrive without a policy: ${arrived}`);
    }
    witness.seen.length = 0;
  }
});

test('the attempts of a worker arrive where no policy stands', async () => {
  const page = await openThrough(own, 'control');
  await page.evaluate(() => new Worker(URL.createObjectURL(new Blob(['setTimeout(() => {}, 1e6)']))));
  await page.waitForTimeout(300);
  await page.workers()[0].evaluate(attemptsOfWorker, { bases: [own.url, elsewhere.url] });
  for (const witness of [own, elsewhere]) {
    assert.ok(witness.leaks().some((line) => line.includes('worker-fetch')), 'the control arrives');
    witness.seen.length = 0;
  }
});

test('before anything is given, what charts need can be asked for and nothing else', async () => {
  const page = await openNarrow();
  const later = await laterOf(page);
  assert.equal(later.length, 4);
  own.seen.length = 0;
  await page.evaluate(attemptsOfPage, { bases: [own.url, elsewhere.url] });
  assert.deepEqual([own.seen, elsewhere.seen], [[], []]);
  // The control for what follows: here an address of theirs can still carry something.
  const sheet = `${later.find((file) => file.endsWith('.css'))}?leak`;
  const asked = page.waitForResponse(sheet);
  await page.evaluate((href) => document.body.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href })), sheet);
  await asked;
  assert.equal(own.leaks().length, 1);
  own.seen.length = 0;
});

/** A log of one line, on the disk. */
function smallLog() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wakeful-policy-'));
  const file = path.join(folder, 'dns.log');
  fs.writeFileSync(file, '{"ts":1710201600.0,"uid":"C1","id.orig_h":"10.0.0.1","id.orig_p":4242,"id.resp_h":"10.0.0.2","id.resp_p":53,"proto":"udp","query":"example.com"}\n');
  return { file, remove: () => fs.rmSync(folder, { recursive: true }) };
}

const type = (selector) => async (page) => {
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('textarea'), { id: 'typed' })));
  await page.locator(selector).pressSequentially('x');
};

/** All that can bring something of a log, each with the event that brings it. */
const WAYS = {
  'a dropped file': ['drop', (page, file) => dropFiles(page, file)],
  'a chosen file': ['change', (page, file) => chooseFiles(page, file)],
  'pasted text': ['paste', async (page) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.evaluate(() => navigator.clipboard.writeText('1710201600.0\tC1'));
    await page.keyboard.press('Control+V');
  }],
  'a typed letter': ['beforeinput', type('#typed')],
  'a sample': [null, (page) => page.locator('[data-sample=quiet-day]').click()],
};

for (const [what, [event, give]] of Object.entries(WAYS)) {
  test(`${what} shuts the page before the program sees it, and nothing leaves then`, async (t) => {
    const log = smallLog();
    t.after(log.remove);
    const page = await openNarrow();
    const later = await laterOf(page);
    assert.equal((await policiesOf(page)).length, 2);
    await page.evaluate((event) => {
      // The program listens here or below, and later than this.
      if (event) addEventListener(event, () => { globalThis.policiesThen ??= document.querySelectorAll('meta[http-equiv]').length; }, { capture: true });
      // No worker that takes commands is older than the last policy.
      const Thread = Worker;
      globalThis.Worker = class extends Thread {
        constructor(...how) {
          globalThis.policiesThen ??= document.querySelectorAll('meta[http-equiv]').length;
          super(...how);
        }
      };
    }, event);
    own.seen.length = 0;
    await give(page, log.file);
    await page.waitForFunction(() => globalThis.policiesThen);
    assert.equal(await page.evaluate(() => globalThis.policiesThen), 3);
    await page.waitForFunction(() => globalThis.wakefulChartsAreHere);
    if (event !== 'beforeinput') await page.waitForSelector('body:is([data-state=done], [data-state=failed])');
    // Without a query: nothing was carried with what was asked for.
    assert.deepEqual(own.seen.toSorted(), later.map((file) => `GET ${new URL(file).pathname}`).toSorted());
    own.seen.length = 0;
    await page.evaluate(attemptsOfPage, { bases: [own.url, elsewhere.url], later });
    if (event !== 'beforeinput') await (await worker(page)).evaluate(attemptsOfWorker, { bases: [own.url, elsewhere.url], later });
    assert.deepEqual([own.seen, elsewhere.seen], [[], []]);
  });
}

for (const [what, prepare] of Object.entries({
  'an address with words in it': (page) => page.goto(`${own.url}#v=1&text=example.com`),
  'marks that were kept': (page) => page.evaluate(() => localStorage.setItem('wakeful.marks', '{}')),
})) {
  test(`${what}: the page is shut from the start`, async () => {
    const page = await openThrough(own);
    await waitWhole(page);
    await prepare(page);
    await page.reload();
    await waitWhole(page);
    assert.equal((await policiesOf(page)).length, 3);
    await page.waitForFunction(() => globalThis.wakefulChartsAreHere);
    const later = await laterOf(page);
    own.seen.length = 0;
    await page.evaluate(attemptsOfPage, { bases: [own.url, elsewhere.url], later });
    assert.deepEqual([own.seen, elsewhere.seen], [[], []]);
  });
}

test('a page that is warmed up is shut, and its workers are up before they are needed', async () => {
  const page = await openThrough(own);
  await page.locator('meta[http-equiv]').nth(2).waitFor({ state: 'attached' });
  await page.waitForFunction(() => globalThis.wakefulChartsAreHere);
  const standing = await worker(page);
  await page.waitForFunction(() => document.body.dataset.state === 'idle');
  while (page.workers().length < 2) await page.waitForEvent('worker');
  const later = await laterOf(page);
  own.seen.length = 0;
  await standing.evaluate(attemptsOfWorker, { bases: [own.url, elsewhere.url], later });
  const started = page.started.length;
  await page.locator('[data-sample=quiet-day]').click();
  await waitState(page, 'done');
  assert.equal(page.started.length, started, 'the one that was up is the one that works');
  await page.evaluate(attemptsOfPage, { bases: [own.url, elsewhere.url], later });
  assert.deepEqual([own.seen, elsewhere.seen], [[], []]);
});

test('the worker that warms up is over once anything is given', async () => {
  const page = await openNarrow();
  const warming = page.started[0] ?? await page.waitForEvent('worker');
  assert.match(warming.url(), /^blob:/);
  await page.locator('[data-sample=quiet-day]').click();
  await warming.over;
  await waitState(page, 'done');
  assert.deepEqual(page.workers(), [await worker(page)]);
});

test('charts before a log leave the page as it is, and it is shut when one comes', async () => {
  const page = await openNarrow();
  assert.equal(await page.evaluate(() => typeof globalThis.wakefulChartsAreHere), 'undefined');
  own.seen.length = 0;
  await page.getByRole('link', { name: 'Models', exact: true }).click();
  await page.locator('.help-pages [data-page=curves]').click();
  await page.waitForFunction(() => globalThis.wakefulChart);
  const later = await laterOf(page);
  assert.deepEqual(own.seen.toSorted(), later.map((file) => `GET ${new URL(file).pathname}`).toSorted());
  assert.equal((await policiesOf(page)).length, 2);
  await page.waitForSelector('.plotted canvas');
  await page.locator('[data-to=overview]').click();
  await page.locator('[data-sample=quiet-day]').click();
  await waitState(page, 'done');
  assert.equal((await policiesOf(page)).length, 3);
  own.seen.length = 0;
  await page.evaluate(attemptsOfPage, { bases: [own.url, elsewhere.url], later });
  assert.deepEqual([own.seen, elsewhere.seen], [[], []]);
});

test('no script leads the page elsewhere', async () => {
  const page = await openThrough(own);
  await waitWhole(page);
  for (const base of [own.url, elsewhere.url]) {
    await page.evaluate((target) => { location.href = target; }, `${base}leak-location`);
    await page.evaluate((target) => { location.replace(target); }, `${base}leak-replace`);
    await page.evaluate((href) => Object.assign(document.createElement('a'), { href }).click(), `${base}leak-link`);
  }
  await page.waitForTimeout(500);
  assert.deepEqual([own.leaks(), elsewhere.leaks()], [[], []]);
  assert.equal(page.url(), own.url);
});

test('no call between browsers, which policies do not cover', async (t) => {
  let packets = 0;
  const socket = dgram.createSocket('udp4').on('message', () => { packets += 1; });
  t.after(() => socket.close());
  await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const call = async (port) => {
    try {
      const peer = new RTCPeerConnection({ iceServers: [{ urls: `stun:127.0.0.1:${port}` }] });
      peer.createDataChannel('leak');
      await peer.setLocalDescription(await peer.createOffer());
    } catch { /* refused: as it should be */ }
    await new Promise((resolve) => setTimeout(resolve, 1500));
    return typeof globalThis.open;
  };
  const control = await openThrough(own, 'control');
  await control.evaluate(call, socket.address().port);
  assert.ok(packets > 0, 'the control arrives');
  await control.context().close();
  const page = await openThrough(own);
  await waitWhole(page);
  packets = 0;
  assert.equal(await page.evaluate(call, socket.address().port), 'undefined');
  assert.equal(packets, 0);
  await page.locator('[data-sample=quiet-day]').click();
  const inWorker = await (await worker(page)).evaluate(() => typeof globalThis.RTCPeerConnection);
  assert.equal(inWorker, 'undefined');
});

test('the policies allow neither inline script nor eval, in page or worker', async () => {
  const page = await openThrough(own);
  await page.locator('[data-sample=quiet-day]').click();
  await waitState(page, 'done');
  const ran = await page.evaluate(async () => {
    const script = document.createElement('script');
    try {
      script.textContent = 'globalThis.wasRun = true';
    } catch { /* trusted types refuse the text itself */ }
    document.body.append(script);
    const div = document.createElement('div');
    try {
      div.innerHTML = '<img src=x onerror="globalThis.wasRun = true">';
      document.body.append(div);
    } catch { /* refused */ }
    await new Promise((resolve) => setTimeout(resolve, 200));
    return globalThis.wasRun ?? false;
  });
  assert.equal(ran, false);
  const policies = await policiesOf(page);
  assert.equal(policies.length, 3);
  assert.ok(policies.every((policy) => !policy.includes("'unsafe-inline'") && !policy.includes("'unsafe-eval'")));
  assert.ok(policies.slice(1).every((policy) => policy.includes("connect-src 'none'")));
  assert.ok(policies[2].split('; ').includes("script-src 'wasm-unsafe-eval'"));
});
