/*
 * The table of images. Only the rows in sight (and a few around them) are elements; two empty rows
 * are as high as all rows above and below. The focus stays on the grid, which names the active row
 * by aria-activedescendant, so the focus is not lost when rows come and go.
 */

const HEIGHT_MAX = 8e6; /* px: browsers lay out no element much higher than 16 million */
const PRINTED_ROWS = 500;
const AROUND = 10; /* rows beyond the visible ones */

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

/* The rank of each row in the natural order of names, which compares numbers by value. */
function ranksOfNames(rows) {
  const order = Uint32Array.from(rows, (_, i) => i);
  const ranks = new Float64Array(rows.length);
  const { compare } = new Intl.Collator('en', { numeric: true });
  order.sort((a, b) => compare(rows[a].originalPath, rows[b].originalPath) || a - b);
  order.forEach((row, rank) => {
    ranks[row] = rank;
  });
  return ranks;
}

class Table {
  constructor(data, open) {
    this.data = data;
    this.open = open;
    this.order = { key: null, down: false }; /* null: original order, by seq */
    this.shown = []; /* indices of rows, in the order of the list */
    this.active = 0; /* index in `shown` */
    this.printing = false;
    this.bySeq = numbersOf(data.rows, (row) => (row.run ?? 0) * 2 ** 40 + row.seq);
    this.build();
  }

  build() {
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
    this.table = el(
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
    this.scroller = byId('scroller');
    this.cut = el('p', { class: 'print-only says' });
    this.scroller.append(this.table);
    this.scroller.after(this.cut);
    this.rowHeight = this.measure();
    this.scroller.addEventListener('scroll', () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(this.scroller);
    this.body.addEventListener('click', (event) => {
      const at = event.target.closest('tr')?.dataset.at;
      if (at !== undefined && String(getSelection()) === '') this.openAt(Number(at));
    });
    this.table.addEventListener('keydown', (event) => this.key(event));
    addEventListener('beforeprint', () => this.print(true));
    addEventListener('afterprint', () => this.print(false));
  }

  measure() {
    const probe = el('tr', null, el('td', null, 'x'));
    byId('images').hidden = false;
    this.body.append(probe);
    const { height } = probe.getBoundingClientRect();
    probe.remove();
    return height > 0 ? height : 32;
  }

  /* Lists these rows in the chosen order. */
  list(indices) {
    const { key, down } = this.order;
    const values =
      key === null
        ? this.bySeq
        : key === 'name'
          ? (this.names ??= ranksOfNames(this.data.rows))
          : this.data[key];
    const sign = down ? -1 : 1;
    this.shown = indices.sort((a, b) => {
      const x = values[a],
        y = values[b];
      if (x < y) return -sign;
      if (x > y) return sign;
      /* Rows without a value come last in both directions. */
      return Number.isNaN(x) - Number.isNaN(y) || this.bySeq[a] - this.bySeq[b] || a - b;
    });
    this.active = 0;
    this.scroller.scrollTop = 0;
    this.table.setAttribute('aria-rowcount', this.shown.length + 1);
    this.draw();
  }

  /* Ascending first (numbers and status: descending), then the reverse, then the original order. */
  sortBy(key) {
    const first = key !== 'name';
    if (this.order.key !== key) this.order = { key, down: first };
    else if (this.order.down === first) this.order = { key, down: !first };
    else this.order = { key: null, down: false };
    COLUMNS.forEach((column, c) => {
      const cell = this.head.children[c];
      if (column.key === this.order.key)
        cell.setAttribute('aria-sort', this.order.down ? 'descending' : 'ascending');
      else cell.removeAttribute('aria-sort');
    });
    this.list(this.shown);
  }

  /* The distance of rows on the scroll bar's scale: less than a row's height if there are many. */
  get pitch() {
    return Math.min(this.rowHeight, HEIGHT_MAX / Math.max(1, this.shown.length));
  }

  /* The range [first, last) of rows that must be elements. */
  window() {
    if (this.printing) return [0, Math.min(this.shown.length, PRINTED_ROWS)];
    const inSight = Math.ceil(this.scroller.clientHeight / this.rowHeight) + 1;
    const first = Math.floor(this.scroller.scrollTop / this.pitch) - AROUND;
    const last = Math.min(this.shown.length, Math.max(0, first) + inSight + 2 * AROUND);
    return [Math.max(0, Math.min(first, last - inSight - 2 * AROUND)), last];
  }

  draw() {
    const [first, last] = this.window();
    const rows = [];
    for (let at = first; at < last; at++) rows.push(this.rowElement(at));
    /* Rows have their full height, so the space above puts the first one in place. */
    const before = this.printing
      ? 0
      : Math.min(first * this.pitch + this.slack(first), this.shown.length * this.pitch);
    const after = this.printing
      ? 0
      : Math.max(0, this.shown.length * this.pitch - before - (last - first) * this.rowHeight);
    this.above.firstChild.style.height = `${before}px`;
    this.below.firstChild.style.height = `${after}px`;
    this.above.hidden = before === 0;
    this.below.hidden = after === 0;
    this.body.replaceChildren(this.above, ...rows, this.below);
    this.tellActive();
  }

  /*
   * If the pitch is below a row's height: the excess height of the rows above the first visible
   * one.
   */
  slack(first) {
    const inSight = Math.floor(this.scroller.scrollTop / this.pitch);
    return (inSight - first) * (this.pitch - this.rowHeight);
  }

  rowElement(at) {
    const index = this.shown[at];
    return el(
      'tr',
      {
        id: `row-${at}`,
        'data-at': at,
        'aria-rowindex': at + 2,
        class: this.data.rows[index].status,
        'aria-selected': String(at === this.active),
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

  tellActive() {
    const element = byId(`row-${this.active}`);
    if (element === null) this.table.removeAttribute('aria-activedescendant');
    else this.table.setAttribute('aria-activedescendant', element.id);
  }

  /* Makes a row the active one, and scrolls it into view. */
  go(at) {
    const { scroller, pitch, rowHeight } = this;
    this.active = Math.max(0, Math.min(at, this.shown.length - 1));
    const room = scroller.clientHeight - this.head.getBoundingClientRect().height - rowHeight;
    const lowest = this.active * pitch,
      highest = lowest - Math.max(0, room) * (pitch / rowHeight);
    if (scroller.scrollTop > lowest) scroller.scrollTop = lowest;
    else if (scroller.scrollTop < highest) scroller.scrollTop = highest;
    this.draw();
  }

  key(event) {
    if (event.target !== this.table || event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / this.rowHeight) - 2);
    const to = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: this.shown.length - 1,
    }[event.key];
    if (to !== undefined) this.go(to);
    else if (event.key === 'Enter' || event.key === ' ') this.openAt(this.active);
    else return;
    event.preventDefault();
  }

  openAt(at) {
    if (this.shown[at] === undefined) return;
    this.go(at);
    this.open(this.shown[at]);
  }

  print(on) {
    this.printing = on;
    this.cut.textContent =
      this.shown.length > PRINTED_ROWS
        ? `The first ${number.format(PRINTED_ROWS)} of ` +
          `${number.format(this.shown.length)} rows are printed.`
        : '';
    this.draw();
  }
}
