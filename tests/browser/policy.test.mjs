// Nothing leaves: neither the page nor its worker can reach any address once the page has started.
//
// The page is served through a witness that writes down every request, so that its own host counts
// as an address like any other. The same attempts on a page without a policy do arrive: the
// control, without which an empty list would prove nothing.

import assert from 'node:assert/strict';
import dgram from 'node:dgram';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { launch, url, waitState } from './harness.mjs';

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

/** Every way out of a page that we could think of; runs in the page. */
async function attemptsOfPage(bases) {
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
async function attemptsOfWorker(bases) {
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
  await new Promise((resolve) => setTimeout(resolve, 1500));
}

async function openThrough(witness, suffix = '') {
  const page = await chrome.newPage();
  await page.goto(witness.url + suffix);
  return page;
}

test('the attempts arrive where no policy stands', async () => {
  const page = await openThrough(own, 'control');
  const bases = [own.url, elsewhere.url];
  await page.evaluate(attemptsOfPage, bases).catch(() => { /* the form led away */ });
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
  await page.workers()[0].evaluate(attemptsOfWorker, [own.url, elsewhere.url]);
  for (const witness of [own, elsewhere]) {
    assert.ok(witness.leaks().some((line) => line.includes('worker-fetch')), 'the control arrives');
    witness.seen.length = 0;
  }
});

test('nothing leaves the page', async () => {
  const page = await openThrough(own);
  await waitState(page, 'idle');
  await page.evaluate(attemptsOfPage, [own.url, elsewhere.url]);
  assert.deepEqual([own.leaks(), elsewhere.leaks()], [[], []]);
});

test('nothing leaves the worker', async () => {
  const page = await openThrough(own);
  await waitState(page, 'idle');
  await page.waitForFunction(() => document.querySelector('.card'));
  const [worker] = page.workers();
  assert.match(worker.url(), /^blob:/);
  await worker.evaluate(attemptsOfWorker, [own.url, elsewhere.url]);
  assert.deepEqual([own.leaks(), elsewhere.leaks()], [[], []]);
});

test('nothing leaves after a scan either, nor from the worker that did it', async () => {
  const page = await openThrough(own);
  await waitState(page, 'idle');
  await page.locator('[data-sample=three-tunnels]').click();
  await waitState(page, 'done');
  own.seen.length = 0;
  await page.evaluate(attemptsOfPage, [own.url, elsewhere.url]);
  await page.workers()[0].evaluate(attemptsOfWorker, [own.url, elsewhere.url]);
  assert.deepEqual([own.seen, elsewhere.seen], [[], []]);
});

test('no script leads the page elsewhere', async () => {
  const page = await openThrough(own);
  await waitState(page, 'idle');
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
  await waitState(page, 'idle');
  packets = 0;
  assert.equal(await page.evaluate(call, socket.address().port), 'undefined');
  assert.equal(packets, 0);
  const inWorker = await page.workers()[0].evaluate(() => typeof globalThis.RTCPeerConnection);
  assert.equal(inWorker, 'undefined');
});

test('the policies allow neither inline script nor eval, in page or worker', async () => {
  const page = await openThrough(own);
  await waitState(page, 'idle');
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
  const policies = await page.$$eval('meta[http-equiv]', (metas) => metas.map((meta) => meta.content));
  assert.equal(policies.length, 2);
  assert.ok(policies.every((policy) => !policy.includes("'unsafe-inline'") && !policy.includes("'unsafe-eval'")));
  assert.ok(policies[1].includes("connect-src 'none'"));
});
