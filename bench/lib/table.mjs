// Medians, and tables in Markdown.
//
// In: numbers and rows of cells. Out: text.

export function median(values) {
  const sorted = values.filter((value) => value !== undefined).toSorted((a, b) => a - b);
  return sorted.length ? (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2 : undefined;
}

/** Three digits that mean something; a dash for what was not measured. */
export function number(value) {
  if (value === undefined || Number.isNaN(value)) return '-';
  if (value >= 100) return Math.round(value).toLocaleString('en-US');
  return value.toFixed(value >= 10 ? 1 : value >= 1 ? 2 : 3);
}

/** Columns whose head begins with a colon stand to the left. */
export function table(heads, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rule = heads.map((head) => (head.startsWith(':') ? '---' : '--:'));
  return [line(heads.map((head) => head.replace(/^:/, ''))), `|${rule.join('|')}|`, ...rows.map(line)].join('\n');
}
