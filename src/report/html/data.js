/* The report's rows, and values derived from them once. */

const STATUSES = ['ok', 'warning', 'skipped', 'planned', 'error'];
const STATUS_LABELS = {
  ok: 'ok',
  warning: 'with warnings',
  skipped: 'skipped',
  planned: 'planned',
  error: 'failed',
};
const STATUS_SIGNS = {
  ok: '\u2713',
  warning: '!',
  skipped: '\u2192',
  planned: '\u25CB',
  error: '\u2715',
};

/* The run of a row: one of `runs` in a merged report, else the only one. */
function runOf(run, row) {
  return run.runs?.[row.run] ?? run;
}

/* Parses the records of a kind and removes their elements one by one, so that no text stays next to
 * its records. */
function readRecords(kind) {
  const records = [];
  for (const element of document.querySelectorAll(`script.${kind}`)) {
    for (const record of JSON.parse(element.textContent)) records.push(record);
    element.remove();
  }
  return records;
}

function numbersOf(rows, get) {
  const numbers = new Float64Array(rows.length);
  rows.forEach((row, i) => {
    numbers[i] = get(row) ?? NaN;
  });
  return numbers;
}

function pixelsOf(row) {
  return row.originalWidth == null ? null : row.originalWidth * row.originalHeight;
}

/* The relative reduction of the output over its input; negative if it is larger. */
function savedOf(row) {
  return row.processedSize != null && row.originalSize > 0
    ? 1 - row.processedSize / row.originalSize
    : null;
}

/*
 * Columns of numbers parallel to the rows (NaN: no value), and `jobs`: the index of the first row
 * of each image that a thread had. Rows of one image with several sizes share thread and times.
 */
function makeData() {
  const rows = readRecords('rows');
  const same = (a, b) =>
    a.worker === b.worker &&
    a.run === b.run &&
    a.startMs === b.startMs &&
    a.elapsedMs === b.elapsedMs &&
    a.originalPath === b.originalPath;
  const jobs = [];
  rows.forEach((row, i) => {
    if (row.worker != null && (i === 0 || !same(row, rows[i - 1]))) jobs.push(i);
  });
  return {
    rows,
    jobs,
    status: Uint8Array.from(rows, (row) => STATUSES.indexOf(row.status)),
    time: numbersOf(rows, (row) => row.elapsedMs),
    before: numbersOf(rows, (row) => row.originalSize),
    after: numbersOf(rows, (row) => row.processedSize),
    pixels: numbersOf(rows, pixelsOf),
    saved: numbersOf(rows, savedOf),
  };
}

/* The quantile `q` of the sorted numbers, by nearest rank. */
function quantile(sorted, q) {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}

/* The texts of a row beyond its status: the error, the reason to skip, or the warnings. */
function saysOf(row) {
  if (row.status === 'error') return [row.error];
  if (row.status === 'skipped') return [row.skipReason];
  return row.warnings ?? [];
}

/* "4032 x 3024 jpeg", with the parts that are known. */
function pictureOf(width, height, format) {
  const size = width == null ? null : `${width}\u2009\u00D7\u2009${height}`;
  return [size, format].filter((part) => part != null).join(' ');
}
