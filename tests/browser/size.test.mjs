// What loads before the first log can be dropped stays small.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import zlib from 'node:zlib';
import { launch, url, waitState } from './harness.mjs';

/** Bytes as a host sends them that compresses with brotli: page, program and models. */
const BUDGET = 933_000;

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

test('all that the page asks for until it waits for files is within the budget', async () => {
  const page = await chrome.newPage();
  await waitState(page, 'idle');
  await page.waitForLoadState('networkidle');
  const asked = new Set(chrome.requests.map((request) => request.url).filter((asked) => asked.startsWith(url)));
  assert.ok(![...asked].some((asked) => asked.includes('uPlot')), 'charts wait until they are needed');
  assert.ok(
    [...asked].some((asked) => asked.endsWith('.wasm')),
    'the program is among what was asked for',
  );
  const sizes = [];
  for (const address of asked) {
    const response = await fetch(address);
    assert.equal(response.status, 200, address);
    const bytes = Buffer.from(await response.arrayBuffer());
    sizes.push({ address: address.slice(url.length) || 'index.html', bytes: packed(bytes) });
  }
  sizes.sort((a, b) => b.bytes - a.bytes);
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const listed = sizes.map(({ address, bytes }) => `${String(bytes).padStart(9)} ${address}`).join('\n');
  assert.ok(total <= BUDGET, `${total} bytes are loaded at first, more than ${BUDGET}:\n${listed}`);
});
