// The page starts on hosts that differ, and says what to do where it cannot.

import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { launch, url, waitState } from './harness.mjs';

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
    change(path, answer);
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
