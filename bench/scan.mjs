// Reading, features and the whole way side by side: natively, in the tab, and by other tools.
//
// In, from the environment: BENCH and WAKEFUL (programs), LOGS, LARGE and CHECK (folders with the same logs in
// three sizes), SIZE and LARGE_SIZE (what they are called), URL (a server of bench/www), PAGE (one of the built
// page), CHROMIUM, ROUNDS, SCRATCH (a folder), PYTHON, DUCKDB, ZEEK_CUT, AWK (peers; those that are missing are
// left out), MARKDOWN (a file for the tables). Out: the tables. A time counts only if the answers agree, which
// is looked at first, on small logs, and again at every run.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import zlib from 'node:zlib';
import { Answers } from './lib/answers.mjs';
import { firstLoad, longestTask } from './lib/browser.mjs';
import { goals } from './lib/goals.mjs';
import { jobs } from './lib/jobs.mjs';
import { measured } from './lib/processes.mjs';
import { median, number, table } from './lib/table.mjs';

const { BENCH, WAKEFUL, LOGS, LARGE, CHECK, SIZE, LARGE_SIZE, URL: url, PAGE, SCRATCH, PYTHON, DUCKDB, ZEEK_CUT, AWK, MARKDOWN } = process.env;
const rounds = Number(process.env.ROUNDS || 3);
const list = jobs({ bench: BENCH, wakeful: WAKEFUL, python: PYTHON, duckdb: DUCKDB, zeekCut: ZEEK_CUT, awk: AWK, url, page: PAGE, scratch: SCRATCH });
const answers = new Answers();
const plain = (who) => who.replaceAll('*', '');
const say = (text) => console.log(`· ${text}`);

async function turn(folder, job, check) {
  const result = await job.run(folder, check);
  answers.check(folder, job, result.answer);
  return result;
}

async function check() {
  say(`answers first, on small logs: ${list.length} jobs`);
  for (const job of list) await turn(CHECK, job, true);
}

async function measure() {
  const small = new Map(list.map((job) => [job, []]));
  const large = new Map();
  for (let round = 1; round <= rounds; round += 1) {
    say(`round ${round} of ${rounds}, ${SIZE}`);
    for (const job of list) {
      const result = await turn(LOGS, job, false);
      small.get(job).push(result);
      if (process.env.VERBOSE) say(`${job.work}, ${job.log}, ${plain(job.who)}: ${number(result.seconds)} s`);
    }
  }
  if (LARGE) {
    say(`once with ${LARGE_SIZE}, for the memory`);
    for (const job of list.filter((job) => job.large)) large.set(job, [await turn(LARGE, job, false)]);
  }
  return { small, large };
}

/** What a scan spends on scores, what the page's thread is busy with, and what is loaded at first. */
async function others() {
  const file = path.join(LOGS, 'dns.log');
  const out = path.join(SCRATCH, 'out');
  const shares = [];
  const tasks = [];
  for (let round = 0; round < rounds; round += 1) {
    measured(BENCH, out, BENCH, ['phases', file]);
    const { seconds, scoring } = JSON.parse(fs.readFileSync(out, 'utf8'));
    shares.push(scoring / seconds);
    tasks.push(await longestTask(PAGE, file));
  }
  let load = 0;
  for (const address of await firstLoad(PAGE)) {
    load += zlib.brotliCompressSync(Buffer.from(await (await fetch(address)).arrayBuffer())).length / 1e6;
  }
  const of = (name) => median(tasks.map((task) => task[name]));
  return { scoring: median(shares), task: of('reading'), computing: of('computing'), taking: of('taking'), showing: of('showing'), load, size: SIZE, large: LARGE_SIZE };
}

const rowsOf = { dns: undefined, conn: undefined };
function medians(results) {
  const of = (name) => median(results.map((result) => result[name]));
  return { seconds: of('seconds'), cpu: of('cpu'), peak: Math.max(...results.map((result) => result.peak)) };
}

/** Seconds between the frame that shows the findings and that which shows all of the view. */
function resting(results) {
  const job = list.find(({ work, who, log }) => work === 'whole' && who === '**Wakeful, tab**' && log === 'dns.log');
  return median(results.get(job).map(({ rest, seconds }) => rest - seconds));
}

function resultTable(results, folder) {
  const base = (job) => list.find((other) => other.base && other.work === job.work && other.log === job.log);
  const rows = [...results].map(([job, runs]) => {
    const { seconds, cpu, peak } = medians(runs);
    // Of a packed log, the bytes that it unpacks to.
    const bytes = fs.statSync(path.join(folder, job.log.replace(/\.gz$/, ''))).size;
    const count = rowsOf[job.log.split('.')[0]];
    const reference = results.get(base(job));
    return [
      job.work, `\`${job.log}\``, job.who, number(seconds), number(bytes / seconds / 1e6),
      folder === LOGS ? number(count / seconds / 1e6) : '-', number(cpu), number(peak),
      reference ? number(seconds / medians(reference).seconds) : '-',
    ];
  });
  return table([':work', ':log', ':who', 'wall s', 'MB/s', 'M rows/s', 'cpu s', 'peak MB', 'times Wakeful native'], rows);
}

await check();
const { small, large } = await measure();
const more = await others();
for (const [job, [result]] of small) if (result.answer.rows && !job.cut) rowsOf[job.log.split('.')[0]] = result.answer.rows;
const finder = (results) => (work, who, log) => {
  const job = list.find((job) => job.work === work && job.who === who && job.log === log);
  return results.has(job) ? medians(results.get(job)) : undefined;
};
const missing = [
  PYTHON ? undefined : 'zat, polars and DuckDB are missing: Python with them could not be installed.',
  DUCKDB ? undefined : 'DuckDB-WASM is missing: npm could not install it.',
  ZEEK_CUT ? undefined : 'zeek-cut is missing: it is not on PATH (a single C file of Zeek’s, auxil/zeek-aux/zeek-cut).',
  AWK ? undefined : 'awk is missing: neither mawk nor gawk is on PATH.',
].filter(Boolean);
const [cpu] = os.cpus();
const text = [
  `${os.cpus().length} cores of ${cpu?.model.trim()}, load ${os.loadavg()[0].toFixed(1)} at the end; \`dns.log\` of ${SIZE} (${number(rowsOf.dns)} rows) and \`conn.log\` (${number(rowsOf.conn)} rows); medians of ${rounds} interleaved rounds, a process or a browser of its own each; all answers agree.`,
  'Tools that start an interpreter or a database are timed without that; zeek-cut, awk and `wakeful scan` with all of it.',
  ...missing,
  '',
  resultTable(small, LOGS),
  '',
  ...(large.size ? [`With ${LARGE_SIZE}, once:`, '', resultTable(large, LARGE), ''] : []),
  goals(finder(small), finder(large), more),
  '',
  `The tab’s whole way is to the frame that shows the findings; the rest of the view, with its charts, stands ${number(resting(small) * 1000)} ms later (\`dns.log\`).`,
  `Besides, the page’s own thread is busy at once for ${number(more.taking)} ms when it takes the file, and for ${number(more.showing)} ms when it shows the findings; of the longest task while reading it computes for ${number(more.computing)} ms at most, and waits for a core or another process for the rest.`,
].join('\n');
console.log(`\n${text}`);
if (MARKDOWN) fs.writeFileSync(MARKDOWN, `${text}\n`);
