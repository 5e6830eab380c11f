// One job in a fresh Chromium.
//
// In: an address, a file, what to do. Out: what the page answers, with processor time and the renderer's most
// memory; or the lengths of the tasks on the page's own thread.

import { createRequire } from 'node:module';
import { BINARY, FLAGS } from '../../tests/browser/chromium.mjs';
import { below, cpu, isRenderer, own } from './processes.mjs';

const require = createRequire(new URL('../../tests/browser/package.json', import.meta.url));
const { chromium } = require('playwright-core');
/** Milliseconds between two looks at the memory. */
const LOOK = 50;
const PATIENCE = 600_000;
/** Milliseconds for which a page is open before a file is chosen, as somebody takes to find it: a browser is busy with
 * itself for a while after it was started. The worker of Wakeful's page reads small logs meanwhile. */
const LOOKING = 4000;

async function inFreshTab(url, state, act) {
  const browser = await chromium.launch({ executablePath: BINARY, args: FLAGS });
  try {
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE);
    await page.goto(url);
    await page.waitForSelector(`body[data-state=${state}]`, { state: 'attached' });
    await page.waitForTimeout(LOOKING);
    return await act(page, browser);
  } finally {
    await browser.close();
  }
}

/** Runs `act` with an eye on what Chromium takes. Who is looked at is found before: to look through all processes
 * takes milliseconds of a core that the page needs. */
async function watched(act) {
  let peak = 0;
  const processes = below(process.pid);
  const renderers = processes.filter(isRenderer);
  const look = () => {
    for (const pid of renderers) peak = Math.max(peak, own(pid));
  };
  const before = cpu(processes);
  const timer = setInterval(look, LOOK);
  try {
    const result = await act();
    look();
    return { ...result, cpu: cpu(below(process.pid)) - before, peak };
  } finally {
    clearInterval(timer);
  }
}

/** `globalThis.run(work)` of a page of the benchmark. */
export function benchTab(url, file, work) {
  return inFreshTab(url, 'ready', async (page) => {
    await page.setInputFiles('input#files', file);
    return watched(() => page.evaluate((work) => globalThis.run(work), work));
  });
}

/** Seconds from the moment that the page is told of the file to the frame that shows the findings (the first window full
 * of them, ranked), and to that which shows all of the view, with its charts. */
async function scan(page, file) {
  await page.evaluate(() => {
    globalThis.scanned = new Promise((done) => {
      let start;
      let shown;
      const began = () => {
        start = performance.now();
        performance.mark('bench-start');
      };
      addEventListener('change', began, { capture: true, once: true });
      const painted = () => new Promise((then) => requestAnimationFrame(() => setTimeout(() => then((performance.now() - start) / 1000))));
      new MutationObserver(async () => {
        const { state } = document.body.dataset;
        const atRest = state === 'done' || state === 'failed';
        if (atRest || document.querySelector('.top [data-severity][data-client]')) shown ??= painted();
        if (!atRest) return;
        performance.mark('bench-done');
        done({ state, rest: await painted(), seconds: await shown });
      }).observe(document.body, { attributes: true, attributeFilter: ['data-state'], childList: true, subtree: true });
    });
  });
  await page.setInputFiles('input#files', file);
  const { state, ...times } = await page.evaluate(() => globalThis.scanned);
  if (state !== 'done') throw new Error(`the page could not read ${file}`);
  return times;
}

/** The findings as the page lists them: how many, and those that stand in the document. */
function listed(page) {
  return page.evaluate(() => {
    const rows = [...document.querySelectorAll('[data-severity][data-client]')];
    const shown = rows.map(({ dataset }) => [dataset.severity, dataset.client, dataset.domain ?? dataset.peer].join(' '));
    const all = rows[0]?.getAttribute('aria-setsize');
    return { findings: all ? Number(all) : rows.length, shown };
  });
}

/** The whole way in the built page. */
export function wholeTab(url, file) {
  return inFreshTab(url, 'idle', async (page) => {
    const result = await watched(() => scan(page, file));
    await page.waitForFunction(() => document.querySelectorAll('[data-severity][data-client]').length > 0, undefined, { timeout: 20_000 }).catch(() => {});
    return { ...result, answer: await listed(page) };
  });
}

/**
 * The longest tasks on the page's own thread, in milliseconds: `taking` the file (the task of the choice itself),
 * `reading` (until the worker is done), and `showing` what it found. `computing` is the longest while reading by the
 * processor's own count: the rest of `reading` the page waits, for a core or for another process of the browser.
 */
export function longestTask(url, file) {
  return inFreshTab(url, 'idle', async (page, browser) => {
    const categories = ['toplevel', 'blink.user_timing', 'devtools.timeline', 'disabled-by-default-devtools.timeline', '__metadata'];
    await browser.startTracing(page, { categories });
    await scan(page, file);
    const { traceEvents } = JSON.parse(await browser.stopTracing());
    return phases(traceEvents);
  });
}

function phases(events) {
  const mark = (name) => events.find((event) => event.name === name && event.cat?.includes('user_timing'));
  const [start, done] = [mark('bench-start'), mark('bench-done')];
  if (!start || !done) throw new Error('the trace has no marks of the scan');
  const ours = events.filter((event) => event.pid === start.pid);
  const workers = new Set(ours.filter((event) => event.name === 'thread_name' && event.args.name.startsWith('DedicatedWorker')).map(({ tid }) => tid));
  const tasks = ours.filter((event) => event.ph === 'X' && /RunTask$/.test(event.name));
  const end = (task) => task.ts + task.dur;
  const busy = tasks.filter((task) => workers.has(task.tid) && task.dur > 1000 && end(task) < done.ts);
  if (!busy.length) throw new Error('the trace has no work of a worker');
  const read = Math.max(...busy.map(end));
  const own = tasks.filter((task) => task.tid === start.tid && end(task) > start.ts);
  const longest = (which, length = (task) => task.dur) => Math.max(0, ...own.filter(which).map((task) => length(task) / 1000));
  const isReading = (task) => task.ts > start.ts && task.ts < read;
  return {
    taking: longest((task) => task.ts <= start.ts),
    reading: longest(isReading),
    computing: longest(isReading, (task) => task.tdur ?? task.dur),
    showing: longest((task) => task.ts >= read),
  };
}

/** The addresses that the page asks for until it waits for files; the rest of its program comes while it does. */
export async function firstLoad(url) {
  const browser = await chromium.launch({ executablePath: BINARY, args: FLAGS });
  try {
    const page = await browser.newPage();
    const asked = new Set();
    page.on('request', (request) => request.url().startsWith(url) && asked.add(request.url()));
    await page.goto(url);
    await page.waitForSelector('body[data-state=idle]', { state: 'attached' });
    await page.waitForLoadState('networkidle');
    return [...asked].filter((address) => !address.endsWith('_rest.wasm'));
  } finally {
    await browser.close();
  }
}
