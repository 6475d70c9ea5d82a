/* The totals of each format and each folder; a name filters the table. */

const SHOWN_TALLIES = 8;

const GROUPINGS = {
  format: {
    title: 'By format',
    one: 'pair of formats',
    many: 'pairs of formats',
    of: (row) => `${row.originalFormat ?? 'unknown'} \u2192 ${row.format ?? 'unknown'}`,
    name: (text) => text,
  },
  folder: {
    title: 'By folder',
    one: 'folder',
    many: 'folders',
    of: (row) => {
      const cut = row.originalPath.lastIndexOf('/');
      return cut > 0 ? row.originalPath.slice(0, cut) : cut === 0 ? '/' : '.';
    },
    name: (text) => el('bdi', { class: 'path', dir: 'ltr' }, shown(text)),
  },
};

/* The groups of the rows, the largest first: sizes count written outputs, times count all rows. */
function tally(data, of) {
  const groups = new Map();
  data.rows.forEach((row, i) => {
    const name = of(row);
    let group = groups.get(name);
    if (group === undefined) {
      group = { name, rows: 0, failed: 0, before: 0, after: 0, time: 0, timed: 0 };
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

function tallyElement(kind, groups, choose) {
  const { title, one, many, name } = GROUPINGS[kind];
  const rest = groups.slice(SHOWN_TALLIES);
  const cells = (tag, text) =>
    TALLY_COLUMNS.map(([key, label, show]) =>
      el(tag, { class: `number ${key}`, scope: tag === 'th' ? 'col' : null }, text(label, show)),
    );
  const rowOf = (group) =>
    el(
      'tr',
      null,
      el(
        'th',
        { scope: 'row' },
        el(
          'button',
          {
            type: 'button',
            class: 'link',
            title: 'Show in the table',
            onclick: () => choose({ group: { kind, name: group.name } }),
          },
          name(group.name),
        ),
      ),
      cells('td', (_, show) => show(group)),
    );
  return el(
    'section',
    { class: 'tally', id: `tally-${kind}`, 'aria-labelledby': `tally-${kind}-title` },
    el('h2', { id: `tally-${kind}-title` }, title),
    el(
      'table',
      null,
      el(
        'thead',
        null,
        el(
          'tr',
          null,
          el('th', { scope: 'col' }, kind === 'folder' ? 'Folder' : 'Format'),
          cells('th', (label) => label),
        ),
      ),
      el('tbody', null, groups.slice(0, SHOWN_TALLIES).map(rowOf)),
    ),
    rest.length > 0
      ? el(
          'p',
          { class: 'says' },
          `and ${plural(rest.length, `other ${one}`, `other ${many}`)} with ` +
            plural(
              rest.reduce((sum, group) => sum + group.rows, 0),
              'row',
              'rows',
            ),
        )
      : null,
  );
}

/* If all rows are in one group, the figures already say everything. */
function showTallies(data, choose) {
  for (const kind of Object.keys(GROUPINGS)) {
    const groups = tally(data, GROUPINGS[kind].of);
    if (groups.length > 1) byId('tallies').append(tallyElement(kind, groups, choose));
  }
}
