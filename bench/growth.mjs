// How the cost of a scan grows: with rows, distinct names, clients and findings, one at a time.
//
// In, from the environment: BENCH and WAKEFUL (programs), SCRATCH (a folder), MOST (rows, at most), MARKDOWN (a
// file for the tables). Out: a table for each. The log comes through a pipe, so the time is the scan's processor
// time: the generator has the other core.

import fs from 'node:fs';
import path from 'node:path';
import { measuredPipe } from './lib/processes.mjs';
import { number, table } from './lib/table.mjs';

const { BENCH, WAKEFUL, SCRATCH, MARKDOWN } = process.env;
const most = Number(process.env.MOST);
const out = path.join(SCRATCH, 'growth.json');
const decades = (from, to) => {
  const steps = [];
  for (let step = from; step <= to; step *= 10) steps.push(step);
  return steps;
};
const ROWS = Math.min(most, 1_000_000);
const AXES = [
  { what: 'rows', title: 'Rows, from an office of 200 clients', steps: [...new Set([...decades(1_000, most), most])], rows: (step) => step },
  { what: 'names', title: 'Distinct names, of 20 clients under 1,000 domains', steps: decades(1_000, 1_000_000), rows: () => ROWS },
  { what: 'clients', title: 'Clients', steps: decades(10, 10_000), rows: () => ROWS },
  { what: 'findings', title: 'Tunnels of ten minutes among 200 clients', steps: [0, ...decades(10, 1_000)], rows: () => ROWS },
];

/** A row's cost where there are a million, for the goal: flat within 20 % from there on. */
const MILLION = 1_000_000;

const parts = [];
for (const { what, title, steps, rows } of AXES) {
  const costs = new Map();
  const lines = steps.map((step) => {
    const { cpu, peak } = measuredPipe(BENCH, out, [what, step, rows(step)], WAKEFUL, ['scan', '--format', 'json', '-']);
    const { census, findings, inputs } = JSON.parse(fs.readFileSync(out, 'utf8'));
    const read = inputs[0].records;
    if (read !== rows(step)) throw new Error(`${what} ${step}: ${read} of ${rows(step)} rows were read. No time counts.`);
    costs.set(read, cpu / read);
    console.log(`· ${what} ${step}: ${number(cpu)} s`);
    return [read, census.names, census.clients, census.dns_channels, findings.length].map((count) => count.toLocaleString('en-US')).concat([
      number(cpu), number((cpu / read) * 1e9), number(peak),
    ]);
  });
  parts.push(`${title}:`, '', table(['rows', 'names', 'clients', 'channels', 'findings', 'cpu s', 'ns a row', 'peak MB'], lines), '');
  if (what === 'rows' && most > MILLION && costs.has(MILLION)) {
    const ratio = costs.get(most) / costs.get(MILLION);
    parts.push(`A row of ${most.toLocaleString('en-US')} costs ${number(ratio)} times one of a million (goal: 1.2 at most, ${ratio <= 1.2 ? 'reached' : '**not reached**'}).`, '');
  }
}
const text = parts.join('\n');
console.log(`\n${text}`);
if (MARKDOWN) fs.writeFileSync(MARKDOWN, text);
