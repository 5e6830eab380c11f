// Whether those who did the same work have the same answer.
//
// In: a job and its answer. Out: nothing, or an error whose sentence says what differs. What a log's answer is,
// the first job of its work says.

/** Sums of floats depend on their order: of the whole, at most. */
const TOLERANCE = 1e-6;

export class Answers {
  #first = new Map();

  /** Throws where `answer` is not what others found in the same log of this folder. */
  check(folder, job, answer) {
    // Whatever form the records have, a scan finds the same of them.
    const log = job.work === 'whole' ? job.log.split('.')[0] : job.log;
    const key = [folder, job.work, log].join(' ');
    const first = this.#first.get(key);
    if (!first) {
      this.#first.set(key, { job, answer });
      return;
    }
    for (const [name, expected] of Object.entries(first.answer)) {
      const found = answer[name];
      // The page shows no count of rows, and what cuts columns out prints too much to be kept each time.
      if (found === undefined && (job.work === 'whole' || job.cut)) continue;
      if (!agree(found, expected)) {
        this.#fail(job, first.job, `${name} ${describe(found)}`, describe(expected));
      }
    }
    for (const [at, row] of (answer.shown ?? []).entries()) {
      if (first.answer.all && !first.answer.all.includes(row)) {
        this.#fail(job, first.job, `the finding "${row}" in line ${at + 1}`, 'no such one');
      }
    }
  }

  #fail(job, other, found, expected) {
    throw new Error(
      `${plain(job.who)} (${job.work}, ${job.log}) found ${found}, but ${plain(other.who)} (${other.log}) found ${expected}. No time counts until they agree.`,
    );
  }
}

const plain = (who) => who.replaceAll('*', '');
const describe = (value) => (Array.isArray(value) ? `${value.length} findings: ${value.slice(0, 3).join('; ')}` : String(value));

function agree(found, expected) {
  if (typeof found !== typeof expected) return false;
  if (Array.isArray(found)) return found.length === expected.length && found.every((value, at) => value === expected[at]);
  return Math.abs(found - expected) <= (Number.isInteger(expected) ? 0 : TOLERANCE * Math.abs(expected));
}
