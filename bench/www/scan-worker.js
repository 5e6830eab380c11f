// One pass over a file, read as the page reads it: two buffers of 4 MiB, one being filled while the other is used.
//
// In: a file and what to do with it. Out: seconds and the answer.

import init, { Pass, lines } from './wakeful_bench.js';

const BUFFER = 4 << 20;

const WORK = {
  bytes() {
    let bytes = 0;
    return { feed: (chunk) => (bytes += chunk.length), finish: () => ({ bytes }) };
  },
  lines() {
    let count = 0;
    return { feed: (chunk) => (count += lines(chunk)), finish: () => ({ lines: count }) };
  },
  read: () => log(new Pass(false)),
  features: () => log(new Pass(true)),
};

function log(pass) {
  return { feed: (chunk) => pass.feed(chunk), finish: () => JSON.parse(pass.finish()) };
}

async function pass(file, { feed, finish }) {
  const reader = file.stream().getReader({ mode: 'byob' });
  let spare = new ArrayBuffer(BUFFER);
  let next = reader.read(new Uint8Array(BUFFER));
  for (;;) {
    const { done, value } = await next;
    if (done) return finish();
    next = reader.read(new Uint8Array(spare));
    feed(value);
    spare = value.buffer;
  }
}

/** So much is read before the clock starts: the page's worker reads a small log too while it waits for files. */
const WARM = 8 << 20;

onmessage = async ({ data: { work, file } }) => {
  try {
    await init();
    await pass(file.slice(0, WARM), WORK[work]());
    const start = performance.now();
    const answer = await pass(file, WORK[work]());
    postMessage({ seconds: (performance.now() - start) / 1000, answer });
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) });
  }
};
