// The ratios that Wakeful wants to reach.
//
// In: medians by work, who and log. Out: rows of a table: ratio, goal, measured, reached or not.

import { number, table } from './table.mjs';

/** `of(work, who, log)` gives a job's medians, `large` the same of the larger file; `more` is what else was measured. */
export function goals(of, large, more) {
  const wall = (...job) => of(...job)?.seconds;
  const peak = (from, ...job) => from(...job)?.peak;
  const tab = ['whole', '**Wakeful, tab**', 'dns.log'];
  const native = ['whole', '**Wakeful, native**', 'dns.log'];
  const features = ['features', '**Wakeful, tab**', 'dns.log'];
  const faster = (who, ...own) => wall(own[0] === 'whole' ? 'read' : 'features', who, 'dns.log') / wall(...own);
  const least = (name, value, goal) => [name, `${goal} at least`, value, value >= goal];
  const most = (name, value, goal, unit = '') => [name, `${goal}${unit} at most`, value, value <= goal];
  const rows = [
    least('whole run in the tab faster than zat reading alone', faster('zat', ...tab), 4),
    least('read + features in the tab faster than zat + pandas', faster('zat + pandas', ...features), 15),
    least('... than DuckDB-WASM in the same browser', faster('DuckDB-WASM, tab', ...features), 9),
    least('... than native DuckDB on two threads', faster('DuckDB', ...features), 4),
    least('... than native polars', faster('polars', ...features), 12),
    most('whole run in the tab / natively, wall', wall(...tab) / wall(...native), 1.4),
    least('read + features in the tab / the File alone, rate', wall('bytes', 'tab: the File alone', 'dns.log') / wall(...features), 0.8),
    most('whole native scan / zeek-cut of four fields, wall', wall(...native) / wall('read', 'zeek-cut, 4 fields', 'dns.log'), 1.5),
    most('gzip input / plain input in the tab, wall', wall('whole', '**Wakeful, tab**', 'dns.log.gz') / wall(...tab), 1.3),
    most(`renderer memory, ${more.large}, MB`, peak(large, ...tab), 128),
    most(`renderer memory, ${more.large} / ${more.size}`, peak(large, ...tab) / peak(of, ...tab), 1.2),
    most('longest task on the page’s own thread while reading, ms', more.task, 16),
    most('scoring / whole run', more.scoring, 0.15),
    most('first load with brotli, MB', more.load, 0.6),
  ];
  return table(
    [':ratio', ':goal', 'measured', ':reached'],
    rows.map(([name, goal, value, reached]) => [name, goal, number(value), Number.isFinite(value) ? (reached ? 'yes' : '**no**') : 'not measured']),
  );
}
