// Inference side by side: natively and in the tab, row by row and in blocks, beside other libraries.
//
// In: WAKEFUL_URL (a server of FOLDER), BENCH (the native program), FOLDER (models and rows), PYTHON (with
// scikit-learn and onnxruntime; may be absent), ROUNDS, CHROMIUM. Out: one table of medians of interleaved
// rounds. A time counts only if the answer agrees.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { BINARY, FLAGS } from '../tests/browser/chromium.mjs';

const require = createRequire(new URL('../tests/browser/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const { WAKEFUL_URL, BENCH, FOLDER, PYTHON } = process.env;
const rounds = Number(process.env.ROUNDS || 5);
const file = (name) => path.join(FOLDER, name);
const rows = file('rows.f64');
const peers = new URL('inference_peers.py', import.meta.url).pathname;
const json = (program, ...args) => JSON.parse(execFileSync(program, args, { encoding: 'utf8' }).trim().split('\n').at(-1));

const named = (end) => fs.readdirSync(FOLDER).filter((name) => name.endsWith(end)).sort();
if (PYTHON) {
  execFileSync(PYTHON, [peers, 'fit', FOLDER], { stdio: 'inherit' });
  for (const trees of named('.trees')) execFileSync(BENCH, ['model', file(trees), file(trees.replace('.trees', '.model'))]);
}
const models = named('.model');
for (const model of models) execFileSync(BENCH, ['trees', file(model), file(model.replace('.model', '.trees'))]);
if (PYTHON) execFileSync(PYTHON, [peers, 'onnx', FOLDER], { stdio: 'inherit' });
for (const model of models) execFileSync(BENCH, ['margins', file(model), rows, file(`${model}.margins`)]);
if (PYTHON) execFileSync(PYTHON, [peers, 'check', FOLDER], { stdio: 'inherit' });

const browser = await chromium.launch({ executablePath: BINARY, args: FLAGS });
async function tab(model, blocks) {
  const page = await browser.newPage();
  await page.goto(new URL('inference.html', WAKEFUL_URL).href);
  await page.waitForSelector('body[data-state=ready]', { state: 'attached' });
  const result = await page.evaluate(([model, blocks]) => globalThis.run(model, 'rows.f64', blocks), [model, blocks]);
  await page.close();
  return result;
}

const count = fs.statSync(rows).size / 8 / 40;
const jobs = models.flatMap((model) => {
  const of = (name, run) => ({ model, name, run, times: [] });
  const peer = (name) =>
    PYTHON && fs.existsSync(file(`${model}.${name}`)) ? [of(name, () => json(PYTHON, peers, 'time', FOLDER, model, name))] : [];
  return [
    of('native, row by row', () => json(BENCH, 'time', file(model), rows, 'row')),
    of('native, blocks', () => json(BENCH, 'time', file(model), rows, 'blocks')),
    of('tab, row by row', () => tab(model, false)),
    of('tab, blocks', () => tab(model, true)),
    ...peer('onnxruntime'),
    ...peer('scikit-learn'),
  ];
});
const sums = new Map();
for (let round = 0; round < rounds; round += 1) {
  for (const job of jobs) {
    const { seconds, sum } = await job.run();
    if (sum !== undefined) {
      const expected = sums.get(job.model) ?? sum;
      sums.set(job.model, expected);
      if (Math.abs(sum - expected) > 1e-9 * Math.abs(expected)) {
        throw new Error(`${job.model}, ${job.name}: the scores add up to ${sum}, not to ${expected}. No time counts.`);
      }
    }
    job.times.push(seconds);
  }
}
await browser.close();

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
console.log(`| model | who | M rows a second | times native row by row |\n|---|---|--:|--:|`);
for (const job of jobs) {
  const base = median(jobs.find((other) => other.model === job.model).times);
  const time = median(job.times);
  console.log(`| ${job.model.replace('.model', '')} | ${job.name} | ${(count / time / 1e6).toFixed(3)} | ${(base / time).toFixed(2)} |`);
}
console.log(`\n${count} rows, medians of ${rounds} interleaved rounds, one thread each; all answers agree.`);
