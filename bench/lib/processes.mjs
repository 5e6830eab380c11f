// Processes as Linux shows them, and programs with what they take.
//
// In: process ids, or a program. Out: seconds of processor time, megabytes, what it printed.

import { execFileSync } from 'node:child_process';
import fs from 'node:fs';

/** The processes below `root`, without it. */
export function below(root) {
  const children = new Map();
  for (const entry of fs.readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const parent = Number(stat(entry)?.[1]);
    if (parent) children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  const found = [];
  const open = [root];
  while (open.length) {
    const next = children.get(open.pop()) ?? [];
    found.push(...next);
    open.push(...next);
  }
  return found;
}

/** The fields of /proc/N/stat from the state on; nothing of a process that has gone. */
function stat(pid) {
  try {
    const text = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

const read = (path) => {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** Seconds of processor time so far; the kernel counts in hundredths. */
export function cpu(pids) {
  return pids.reduce((sum, pid) => {
    const fields = stat(pid);
    return sum + (fields ? (Number(fields[11]) + Number(fields[12])) / 100 : 0);
  }, 0);
}

/** Megabytes of a process that are its own and not a file's. */
export function own(pid) {
  const text = read(`/proc/${pid}/status`);
  const kilobytes = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(text)?.[1] ?? 0);
  return (kilobytes('RssAnon') + kilobytes('RssShmem')) * 1.024e-3;
}

export const isRenderer = (pid) => read(`/proc/${pid}/cmdline`).includes('--type=renderer');

/** Runs a program by `bench run`: wall, cpu, peak, and what it printed. `out` takes that. */
export function measured(bench, out, program, args) {
  const words = execFileSync(bench, ['run', out, program, ...args], { encoding: 'utf8', maxBuffer: 1 << 26 });
  return JSON.parse(words);
}

/** The same of a program that reads the log which `bench stream` writes. */
export function measuredPipe(bench, out, [what, count, rows], program, args) {
  const script = 'bench=$1; out=$2; what=$3; count=$4; rows=$5; shift 5; "$bench" stream "$what" "$count" "$rows" | "$bench" run "$out" "$@"';
  const words = execFileSync('sh', ['-c', script, 'sh', bench, out, what, count, rows, program, ...args].map(String), { encoding: 'utf8' });
  return JSON.parse(words);
}
