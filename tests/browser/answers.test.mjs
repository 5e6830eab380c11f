// A measured time counts only if those who did the same work have the same answer.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Answers } from '../../bench/lib/answers.mjs';

const features = (who) => ({ work: 'features', who, log: 'dns.log' });
const answer = { queries: 10, domains: 3, distinct: 7, length: 90, longest: 30, entropy: 33.25 };

test('the same answer passes, with entropies to a millionth of their sum', () => {
  const answers = new Answers();
  answers.check('small', features('**Wakeful, native**'), answer);
  answers.check('small', features('polars'), { ...answer, entropy: 33.25 + 1e-5 });
  answers.check('large', features('polars'), { ...answer, queries: 11 });
  answers.check('small', { work: 'read', who: 'zat', log: 'dns.log' }, { rows: 12 });
});

test('another answer fails with who found what', () => {
  for (const [name, value] of [['distinct', 8], ['entropy', 33.26], ['queries', NaN], ['longest', undefined]]) {
    const answers = new Answers();
    answers.check('small', features('**Wakeful, native**'), answer);
    assert.throws(
      () => answers.check('small', features('polars'), { ...answer, [name]: value }),
      new RegExp(`^Error: polars \\(features, dns.log\\) found ${name} ${value}, but Wakeful, native \\(dns.log\\) found ${answer[name]}\\.`),
    );
  }
});

test('a scan finds the same whatever form the log has, and the page shows what the command line finds', () => {
  const whole = (who, log) => ({ work: 'whole', who, log });
  const all = ['high 10.0.0.1 a.example', 'low 10.0.0.2 b.example'];
  const answers = new Answers();
  answers.check('small', whole('native', 'dns.log'), { rows: 5, findings: 2, all });
  answers.check('small', whole('native', 'dns.json'), { rows: 5, findings: 2, all });
  answers.check('small', whole('tab', 'dns.log.gz'), { findings: 2, shown: all.slice(0, 1) });
  assert.throws(() => answers.check('small', whole('native', 'dns.log.gz'), { rows: 5, findings: 2, all: all.toReversed() }), /No time counts/);
  assert.throws(() => answers.check('small', whole('tab', 'dns.log'), { findings: 2, shown: ['low 10.0.0.1 a.example'] }), /no such one/);
  assert.throws(() => answers.check('small', whole('tab', 'dns.log'), { findings: 1, shown: [] }), /findings 1/);
});
