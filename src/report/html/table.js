/* The view of the list as a table, a row of it for each output. */

function detailOf(row) {
  const says = saysOf(row).filter((text) => text != null);
  if (row.status === 'error')
    return [el('code', null, row.errorCode), ' ', el('bdi', null, shown(says[0] ?? ''))];
  if (row.status === 'skipped') return [el('bdi', null, shown(says[0] ?? ''))];
  const picture =
    `${pictureOf(row.originalWidth, row.originalHeight, row.originalFormat)} \u2192 ` +
    pictureOf(row.width, row.height, row.format);
  return says.length > 0 ? [picture, ' ', el('bdi', { class: 'dim' }, shown(says[0]))] : [picture];
}

const none = (value, show) => (Number.isNaN(value) ? '' : show(value));

/*
 * {key, title, number, cell(data, i) -> pieces, whole(row) -> the full text if a cell is too
 * narrow}
 */
const COLUMNS = [
  {
    key: 'status',
    title: 'Status',
    cell: (data, i) => {
      const { status } = data.rows[i];
      return [statusMark(status), el('span', { class: 'status-word' }, status)];
    },
  },
  {
    key: 'name',
    title: 'Image',
    cell: (data, i) => [pathElement(data.rows[i].originalPath)],
    whole: (row) => shownString(row.originalPath),
  },
  {
    key: 'pixels',
    title: 'Picture',
    cell: (data, i) => detailOf(data.rows[i]),
    whole: (row) =>
      saysOf(row)
        .filter((text) => text != null)
        .map(shownString)
        .join('\n') || null,
  },
  {
    key: 'before',
    title: 'Before',
    number: true,
    cell: (data, i) => [none(data.before[i], bytes)],
  },
  { key: 'after', title: 'After', number: true, cell: (data, i) => [none(data.after[i], bytes)] },
  { key: 'saved', title: 'Saved', number: true, cell: (data, i) => [none(data.saved[i], percent)] },
  { key: 'time', title: 'Time', number: true, cell: (data, i) => [none(data.time[i], duration)] },
];

class Table {
  constructor(listing) {
    this.listing = listing;
    this.data = listing.data;
    this.perLine = 1;
    this.head = el(
      'tr',
      { 'aria-rowindex': '1' },
      COLUMNS.map((column, c) =>
        el(
          'th',
          {
            scope: 'col',
            class: `${column.key}${column.number ? ' number' : ''}`,
            'aria-colindex': c + 1,
            'data-title': column.title,
          },
          el(
            'button',
            { type: 'button', 'data-column': column.key, onclick: () => this.sortBy(column.key) },
            column.title,
            el('span', { class: 'arrow', 'aria-hidden': 'true' }),
          ),
        ),
      ),
    );
    this.above = el(
      'tr',
      { class: 'space', role: 'presentation', 'aria-hidden': 'true' },
      el('td'),
    );
    this.below = this.above.cloneNode(true);
    this.body = el('tbody', null, this.above, this.below);
    this.element = el(
      'table',
      {
        id: 'table',
        role: 'grid',
        tabindex: '0',
        'aria-labelledby': 'images-title',
        'aria-colcount': COLUMNS.length,
        'aria-describedby': 'images-says',
      },
      el('thead', null, this.head),
      this.body,
    );
  }

  /* Known once the table is in the page. */
  get lineHeight() {
    if (this.height > 0) return this.height;
    const probe = el('tr', null, el('td', null, 'x'));
    this.body.append(probe);
    this.height = probe.getBoundingClientRect().height;
    probe.remove();
    return this.height || 32;
  }

  get headHeight() {
    return this.head.getBoundingClientRect().height;
  }

  count(rows) {
    this.element.setAttribute('aria-rowcount', rows + 1);
    this.showOrder();
  }

  /* Ascending first (numbers and status: descending), then the reverse, then failures first. */
  sortBy(key) {
    const { order } = this.listing;
    const first = key !== 'name';
    if (order.key !== key) this.listing.sort({ key, down: first });
    else if (order.down === first) this.listing.sort({ key, down: !first });
    else this.listing.sort({ key: null, down: false });
  }

  showOrder() {
    const { order } = this.listing;
    COLUMNS.forEach((column, c) => {
      const cell = this.head.children[c];
      if (column.key === order.key)
        cell.setAttribute('aria-sort', order.down ? 'descending' : 'ascending');
      else cell.removeAttribute('aria-sort');
    });
  }

  render(first, last, above, below) {
    const rows = [];
    for (let at = first; at < last; at++) rows.push(this.rowElement(at));
    this.above.firstChild.style.height = `${above}px`;
    this.below.firstChild.style.height = `${below}px`;
    this.above.hidden = above === 0;
    this.below.hidden = below === 0;
    this.body.replaceChildren(this.above, ...rows, this.below);
  }

  rowElement(at) {
    const index = this.listing.shown[at];
    return el(
      'tr',
      {
        id: `row-${at}`,
        'data-at': at,
        'aria-rowindex': at + 2,
        class: this.data.rows[index].status,
        'aria-selected': String(at === this.listing.active),
      },
      COLUMNS.map((column, c) =>
        el(
          'td',
          {
            class: `${column.key}${column.number ? ' number' : ''}`,
            'aria-colindex': c + 1,
            title: column.whole?.(this.data.rows[index]),
          },
          column.cell(this.data, index),
        ),
      ),
    );
  }
}
