// What loads before the first log can be dropped stays small.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import zlib from 'node:zlib';
import { holdWarming, launch, url, waitState } from './harness.mjs';

/** Bytes as a host sends them that compresses with brotli: page, the first half of the program, and models. */
const FIRST = 500_000;
/** And with the rest, which comes while the page waits for files (`boot.test.mjs` holds that it does not wait for it). */
const ALL = 1_040_000;

let chrome;
before(async () => {
  chrome = await launch();
});
after(async () => {
  await chrome?.close();
});

function packed(bytes) {
  const { BROTLI_PARAM_QUALITY, BROTLI_PARAM_LGWIN, BROTLI_PARAM_SIZE_HINT } = zlib.constants;
  const params = {
    [BROTLI_PARAM_QUALITY]: 11,
    [BROTLI_PARAM_LGWIN]: 22,
    [BROTLI_PARAM_SIZE_HINT]: bytes.length,
  };
  return zlib.brotliCompressSync(bytes, { params }).length;
}

test('what the page asks for until it waits for files is within the budget, and so is all of it', async () => {
  const page = await chrome.newPage();
  await page.addInitScript(holdWarming);
  chrome.requests.length = 0;
  await page.reload();
  await waitState(page, 'idle');
  await page.waitForLoadState('networkidle');
  const asked = new Set(chrome.requests.map((request) => request.url).filter((asked) => asked.startsWith(url)));
  assert.ok(![...asked].some((asked) => asked.includes('uPlot')), 'charts wait until they are needed');
  for (const half of ['_bg.wasm', '_rest.wasm']) {
    assert.ok([...asked].some((asked) => asked.endsWith(half)), `${half} is among what was asked for`);
  }
  const sizes = [];
  for (const address of asked) {
    const response = await fetch(address);
    assert.equal(response.status, 200, address);
    const bytes = Buffer.from(await response.arrayBuffer());
    sizes.push({ address: address.slice(url.length) || 'index.html', bytes: packed(bytes) });
  }
  sizes.sort((a, b) => b.bytes - a.bytes);
  const listed = sizes.map(({ address, bytes }) => `${String(bytes).padStart(9)} ${address}`).join('\n');
  const total = (some) => some.reduce((sum, { bytes }) => sum + bytes, 0);
  const first = total(sizes.filter(({ address }) => !address.endsWith('_rest.wasm')));
  assert.ok(first <= FIRST, `${first} bytes are loaded at first, more than ${FIRST}:\n${listed}`);
  assert.ok(total(sizes) <= ALL, `${total(sizes)} bytes are loaded in all, more than ${ALL}:\n${listed}`);
});
