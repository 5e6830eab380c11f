// Who reads what.
//
// In: where programs and pages are. Out: jobs: `work` (what must have the same answer), `who`, `log` (which
// file), and `run(folder)`, which gives seconds, cpu, peak and the answer for the logs of a folder.

import fs from 'node:fs';
import path from 'node:path';
import { benchTab, wholeTab } from './browser.mjs';
import { measured } from './processes.mjs';

export function jobs({ bench, wakeful, python, duckdb, zeekCut, awk, url, page, scratch }) {
  const out = path.join(scratch, 'out');
  const last = () => JSON.parse(fs.readFileSync(out, 'utf8').trim().split('\n').at(-1));

  /** A program that prints its own seconds and its answer: what its runtime takes to start does not count. */
  const prints = (program, ...args) => (file) => {
    const taken = measured(bench, out, program, [...args, file]);
    const { seconds, ...answer } = last();
    return { ...taken, seconds, answer };
  };
  const own = (word) => prints(bench, word);
  const peer = (job) => prints(python, new URL('../scan_peers.py', import.meta.url).pathname, job);
  /** A program that prints as many lines as the log has rows. */
  const cuts = (script) => (file, check) => {
    const taken = measured(bench, check ? out : '/dev/null', 'sh', ['-c', script, 'sh', file]);
    const rows = check ? fs.readFileSync(out, 'utf8').trimEnd().split('\n').length : undefined;
    return { ...taken, seconds: taken.wall, answer: { rows } };
  };
  const scan = (file) => {
    const taken = measured(bench, out, wakeful, ['scan', '--format', 'json', file]);
    const report = JSON.parse(fs.readFileSync(out, 'utf8'));
    const findings = report.findings.map(({ severity, client, domain, peer }) => [severity, client, domain ?? peer].join(' '));
    return { ...taken, seconds: taken.wall, answer: { rows: report.inputs[0].records, findings: findings.length, all: findings } };
  };
  const tab = (html, work) => (file) => benchTab(new URL(html, url).href, file, work);
  const whole = (suffix = '') => (file) => wholeTab(new URL(suffix, page).href, file);

  const list = [];
  const add = (work, who, log, act, marks = {}) =>
    list.push({ work, who, log, ...marks, run: (folder, check) => act(path.join(folder, log), check) });

  add('lines', 'native: lines counted', 'dns.log', own('lines'));
  add('lines', 'tab: lines counted', 'dns.log', tab('scan.html', 'lines'));
  add('bytes', 'tab: the File alone', 'dns.log', tab('scan.html', 'bytes'));

  // Time, both ports, and the name or the protocol, with its place among the columns.
  const fourth = { 'dns.log': ['query', 10], 'conn.log': ['service', 8] };
  for (const log of ['dns.log', 'conn.log']) {
    const [name, column] = fourth[log];
    add('read', '**Wakeful, native**', log, own('read'), { base: true });
    add('read', '**Wakeful, tab**', log, tab('scan.html', 'read'));
    if (zeekCut) add('read', 'zeek-cut, 4 fields', log, cuts(`exec "${zeekCut}" ts id.orig_p id.resp_p ${name} <"$1"`), { cut: true });
    if (awk) add('read', `${path.basename(awk)}, 4 fields`, log, cuts(`exec "${awk}" -F '\\t' '!/^#/ { print $1, $4, $6, $${column} }' "$1"`), { cut: true });
    if (python) {
      for (const name of ['zat', 'polars', 'duckdb']) add('read', name === 'duckdb' ? 'DuckDB' : name, log, peer(name));
    }
    if (duckdb) add('read', 'DuckDB-WASM, tab', log, tab('duckdb.html', 'read'));
  }

  add('features', '**Wakeful, native**', 'dns.log', own('features'), { base: true });
  add('features', '**Wakeful, tab**', 'dns.log', tab('scan.html', 'features'), { large: true });
  if (python) {
    add('features', 'zat + pandas', 'dns.log', peer('zat-features'));
    add('features', 'polars', 'dns.log', peer('polars-features'));
    add('features', 'DuckDB', 'dns.log', peer('duckdb-features'));
    add('features', 'DuckDB, once a distinct query', 'dns.log', peer('duckdb-by-name'));
  }
  if (duckdb) {
    add('features', 'DuckDB-WASM, tab', 'dns.log', tab('duckdb.html', 'features'));
    add('features', 'DuckDB-WASM, tab, once a distinct query', 'dns.log', tab('duckdb.html', 'features_by_name'));
  }

  for (const log of ['dns.log', 'dns.log.gz', 'dns.json', 'conn.log', 'conn.log.gz', 'conn.json']) {
    add('whole', '**Wakeful, native**', log, scan, { base: true, large: log === 'dns.log' });
    add('whole', '**Wakeful, tab**', log, whole(), { large: log === 'dns.log' });
    // As it comes, the page shares the work out as the machine has room for.
    add('whole', '**Wakeful, tab, one worker**', log, whole('?workers=1'), { large: log === 'dns.log' });
    add('whole', '**Wakeful, tab, slices for two workers**', log, whole('?workers=2'), { large: log === 'dns.log' });
  }
  return list;
}
