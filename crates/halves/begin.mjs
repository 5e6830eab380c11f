// Which functions the page begins with: those that Chromium compiles until it waits for files, for it compiles a function
// when it is first called; and of the worker that warms up those that it compiles well, for these run often.
//
// In: the page's address, with its program in one piece; the file to write; the built page's folder; CHROMIUM. Out:
// the list, sorted. Must not know: what the functions do.

import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { BINARY, FLAGS } from '../../tests/browser/chromium.mjs';

const [url, list, folder] = process.argv.slice(2);
/** Nothing new for so long: the page waits for files, and the worker that warms up is done. */
const QUIET_MS = 6000;
/** What the worker that warms up begins with. */
const WARMING = 'worker::warm';
/** It says what it compiles, and needs no window. */
const SAYING = ['--headless', '--remote-debugging-port=0', '--js-flags=--trace-wasm-compilation-times'];

const program = fs.readdirSync(folder).filter((name) => /^wakeful-page-.*_bg\.wasm$/.test(name));
const cargo = ['run', '--quiet', '--locked', '--package', 'wakeful-halves', '--', 'names', path.join(folder, program[0])];
const lines = execFileSync('cargo', cargo, { encoding: 'utf8', maxBuffer: 1 << 28 }).trimEnd().split('\n');
const functions = new Map(lines.map((line) => line.split('\t')).map(([number, name, length]) => [number, { name, length: Number(length) }]));

const profile = fs.mkdtempSync(path.join(os.tmpdir(), 'wakeful-begin-'));
const chrome = spawn(BINARY, [...FLAGS, ...SAYING, `--user-data-dir=${profile}`, url], {
  stdio: ['ignore', 'pipe', 'ignore'],
  detached: true,
});
const called = new Set();
let warms = false;
await new Promise((resolve) => {
  let rest = '';
  let quiet = setTimeout(resolve, 10 * QUIET_MS);
  chrome.stdout.on('data', (bytes) => {
    const all = (rest + bytes).split('\n');
    rest = all.pop();
    for (const line of all) {
      const [, number, how] = /^Compiled function \S+#(\d+) using (\w+)/.exec(line) ?? [];
      if (number === undefined) continue;
      const one = functions.get(number);
      warms ||= one?.name.includes(WARMING) ?? false;
      if (one && (!warms || how === 'TurboFan')) called.add(one);
      clearTimeout(quiet);
      quiet = setTimeout(resolve, QUIET_MS);
    }
  });
});
// All of its processes, and not before the last of them has let go of what it says.
const closed = new Promise((resolve) => chrome.on('close', resolve));
process.kill(-chrome.pid);
await closed;
fs.rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
if (called.size === 0) throw new Error('Chromium said nothing of what it compiled');
if (!warms) throw new Error('no worker warmed up');
function byName(functions) {
  const groups = new Map();
  for (const one of functions) {
    if (!groups.has(one.name)) groups.set(one.name, []);
    groups.get(one.name).push(one);
  }
  return groups;
}

// Functions of one name are told by their lengths where some are called and some are not.
const told = byName(functions.values());
const entries = [...byName(called)].map(([name, some]) => {
  if (some.length === told.get(name).length) return name;
  const lengths = [...new Set(some.map(({ length }) => length))].sort((a, b) => a - b);
  return `${name}\t${lengths.join(' ')}`;
});
const head = `# What the page begins with: these functions load first. A name a line; behind it, where not all of that name are
# meant, how many bytes long those are that are. Written by \`cargo xtask begin\`.
`;
fs.writeFileSync(list, head + entries.sort().map((entry) => `${entry}\n`).join(''));
console.log(`${called.size} of ${functions.size} functions`);
