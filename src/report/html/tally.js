/* The totals of each format and each folder; a name filters the table. */

const SHOWN_TALLIES = 8;

/* The folder of a path: "." for a name alone, "/" for the root. */
function folderOf(path) {
  const cut = path.lastIndexOf('/');
  return cut > 0 ? path.slice(0, cut) : cut === 0 ? '/' : '.';
}

/* `has(row, name)`: whether the row belongs to the group, or to one within it; `label(name)`: what
 * people read, if that is not the name. */
const GROUPINGS = {
  format: {
    title: 'By format',
    of: (row) => `${row.originalFormat ?? 'unknown'} \u2192 ${row.format ?? 'unknown'}`,
    has: (row, name) => GROUPINGS.format.of(row) === name,
  },
  because: {
    title: 'Why they were made',
    of: (row) => row.because ?? 'not made',
    has: (row, name) => GROUPINGS.because.of(row) === name,
    label: (name) => REASONS[name] ?? name,
  },
  folder: {
    title: 'By folder',
    of: (row) => folderOf(row.originalPath),
    has: (row, name) => {
      const folder = folderOf(row.originalPath);
      if (name === '/') return folder.startsWith('/');
      return folder === name || folder.startsWith(`${name}/`);
    },
  },
};

function newGroup(name) {
  return { name, rows: 0, failed: 0, before: 0, after: 0, time: 0, timed: 0 };
}

function addGroup(sum, group) {
  for (const key of Object.keys(sum)) if (key !== 'name') sum[key] += group[key];
}

/* The groups of the rows, the largest first: sizes count written outputs, times count all rows. */
function tally(data, of) {
  const groups = new Map();
  data.rows.forEach((row, i) => {
    const name = of(row);
    let group = groups.get(name);
    if (group === undefined) {
      group = newGroup(name);
      groups.set(name, group);
    }
    group.rows++;
    if (row.status === 'error') group.failed++;
    else if (!Number.isNaN(data.after[i]) && !Number.isNaN(data.before[i])) {
      group.before += data.before[i];
      group.after += data.after[i];
    }
    if (!Number.isNaN(data.time[i])) {
      group.time += data.time[i];
      group.timed++;
    }
  });
  return [...groups.values()].sort((a, b) => b.rows - a.rows || (a.name < b.name ? -1 : 1));
}

const TALLY_COLUMNS = [
  ['rows', 'Rows', (group) => number.format(group.rows)],
  ['failed', 'Failed', (group) => (group.failed > 0 ? number.format(group.failed) : '')],
  ['before', 'Before', (group) => (group.before > 0 ? bytes(group.before) : '')],
  ['after', 'After', (group) => (group.before > 0 ? bytes(group.after) : '')],
  ['saved', 'Saved', (group) => (group.before > 0 ? percent(1 - group.after / group.before) : '')],
  ['each', 'Time each', (group) => (group.timed > 0 ? duration(group.time / group.timed) : '')],
];

const tallyCells = (tag, text) =>
  TALLY_COLUMNS.map(([key, label, show]) =>
    el(tag, { class: `number ${key}`, scope: tag === 'th' ? 'col' : null }, text(label, show)),
  );

/* A row of such a table: `name` is what its button shows, `before` what stands before that. */
function tallyRow(kind, group, name, choose, before = null) {
  return el(
    'tr',
    null,
    el(
      'th',
      { scope: 'row' },
      before,
      el(
        'button',
        {
          type: 'button',
          class: 'link',
          title: 'Show these images',
          onclick: () => choose({ group: { kind, name: group.name } }),
        },
        name,
      ),
    ),
    tallyCells('td', (_, show) => show(group)),
  );
}

function tallySection(kind, first, rows, rest = null) {
  return el(
    'section',
    { class: 'tally', id: `tally-${kind}`, 'aria-labelledby': `tally-${kind}-title` },
    el('h2', { id: `tally-${kind}-title` }, GROUPINGS[kind].title),
    el(
      'div',
      { class: 'tally-scroller' },
      el(
        'table',
        null,
        el(
          'thead',
          null,
          el(
            'tr',
            null,
            el('th', { scope: 'col' }, first),
            tallyCells('th', (label) => label),
          ),
        ),
        el('tbody', null, rows),
      ),
    ),
    rest,
  );
}

function showFormats(data, choose) {
  const groups = tally(data, GROUPINGS.format.of);
  if (groups.length < 2) return;
  const rest = groups.slice(SHOWN_TALLIES);
  byId('tallies').append(
    tallySection(
      'format',
      'Format',
      groups.slice(0, SHOWN_TALLIES).map((group) => tallyRow('format', group, group.name, choose)),
      rest.length > 0
        ? el(
            'p',
            { class: 'says' },
            `and ${plural(rest.length, 'other pair of formats', 'other pairs of formats')} with ` +
              plural(
                rest.reduce((sum, group) => sum + group.rows, 0),
                'row',
                'rows',
              ),
          )
        : null,
    ),
  );
}

/* Of a run with a state. */
function showReasons(data, choose) {
  const groups = tally(data, GROUPINGS.because.of);
  if (!groups.some(({ name }) => Object.hasOwn(REASONS, name))) return;
  byId('tallies').append(
    tallySection(
      'because',
      'Because',
      groups.map((group) => tallyRow('because', group, GROUPINGS.because.label(group.name), choose)),
    ),
  );
}

/* If all rows are in one group, the figures already say everything. */
function showTallies(data, choose) {
  showReasons(data, choose);
  showFormats(data, choose);
  showFolders(data, choose);
}
