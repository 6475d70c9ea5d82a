/*
 * The list of images: which rows, in what order, and which one is active. One of two views shows
 * it, a gallery or a table. A view lays out lines of one or more rows, all of one height; only the
 * lines in sight (and a few around them) are elements, and two empty ones are as high as all lines
 * above and below. The focus stays on the list, which names the active row by
 * aria-activedescendant, so the focus is not lost when rows come and go.
 *
 * A view has {element: takes the focus, perLine, lineHeight, headHeight: px that stay above the
 * lines, render(first, last, above, below)}: rows of the list, and the heights of the empty ones.
 */

const HEIGHT_MAX = 8e6; /* px: browsers lay out no element much higher than 16 million */
const PRINTED_ROWS = 500;
const AROUND = 10; /* rows beyond the visible ones */

/* How urgent a row is, by its status. */
const RANKS = STATUSES.map((status) =>
  ['error', 'warning', 'skipped', 'planned', 'ok'].indexOf(status),
);

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

class Listing {
  /* `changed` is called when the order has changed. */
  constructor(data, open, changed) {
    this.data = data;
    this.open = open;
    this.changed = changed;
    this.order = { key: null, down: false }; /* null: failures first */
    this.shown = []; /* indices of rows, in the order of the list */
    this.active = 0; /* index in `shown` */
    this.printing = false;
    this.view = null;
    this.bySeq = numbersOf(data.rows, (row) => (row.run ?? 0) * 2 ** 40 + row.seq);
    this.byRank = Float64Array.from(data.status, (status) => RANKS[status]);
    this.scroller = byId('scroller');
    this.cut = el('p', { class: 'print-only says' });
    this.scroller.after(this.cut);
    this.scroller.addEventListener('keydown', (event) => this.key(event));
    this.scroller.addEventListener('click', (event) => {
      const at = event.target.closest('[data-at]')?.dataset.at;
      if (at !== undefined && String(getSelection()) === '') this.openAt(Number(at));
    });
    this.scroller.addEventListener('scroll', () => this.draw(), { passive: true });
    new ResizeObserver(() => this.draw()).observe(this.scroller);
    addEventListener('beforeprint', () => this.print(true));
    addEventListener('afterprint', () => this.print(false));
  }

  /* Shows the list in a view. */
  show(view) {
    this.view = view;
    this.scroller.replaceChildren(view.element);
    view.count(this.shown.length);
    this.go(this.active);
  }

  values(key) {
    if (key === null) return this.byRank;
    if (key === 'seq') return this.bySeq;
    return key === 'name' ? (this.names ??= ranksOfNames(this.data.rows)) : this.data[key];
  }

  /* Lists these rows in the chosen order. */
  list(indices) {
    const { key, down } = this.order;
    const values = this.values(key);
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
    this.view.count(this.shown.length);
    this.draw();
  }

  sort(order) {
    this.order = order;
    this.list(this.shown);
    this.changed();
  }

  get lines() {
    return Math.ceil(this.shown.length / this.view.perLine);
  }

  /* The distance of lines on the scroll bar's scale: less than a line's height if there are many. */
  get pitch() {
    return Math.min(this.view.lineHeight, HEIGHT_MAX / Math.max(1, this.lines));
  }

  /* The range [first, last) of lines that must be elements. */
  window() {
    const { perLine, lineHeight } = this.view;
    const around = Math.ceil(AROUND / perLine);
    if (this.printing) return [0, Math.min(this.lines, Math.ceil(PRINTED_ROWS / perLine))];
    const inSight = Math.ceil(this.scroller.clientHeight / lineHeight) + 1;
    const first = Math.floor(this.scroller.scrollTop / this.pitch) - around;
    const last = Math.min(this.lines, Math.max(0, first) + inSight + 2 * around);
    return [Math.max(0, Math.min(first, last - inSight - 2 * around)), last];
  }

  draw() {
    if (this.view === null) return;
    const { lines, pitch } = this;
    const { perLine, lineHeight } = this.view;
    const [first, last] = this.window();
    /* Lines have their full height, so the space above puts the first one in place. */
    const above = this.printing ? 0 : Math.min(first * pitch + this.slack(first), lines * pitch);
    const below = this.printing
      ? 0
      : Math.max(0, lines * pitch - above - (last - first) * lineHeight);
    this.view.render(
      first * perLine,
      Math.min(last * perLine, this.shown.length, this.printing ? PRINTED_ROWS : Infinity),
      above,
      below,
    );
    this.tellActive();
  }

  /*
   * If the pitch is below a line's height: the excess height of the lines above the first visible
   * one.
   */
  slack(first) {
    const inSight = Math.floor(this.scroller.scrollTop / this.pitch);
    return (inSight - first) * (this.pitch - this.view.lineHeight);
  }

  tellActive() {
    const element = byId(`row-${this.active}`);
    if (element === null) this.view.element.removeAttribute('aria-activedescendant');
    else this.view.element.setAttribute('aria-activedescendant', element.id);
  }

  /* Makes a row the active one, and scrolls it into view. */
  go(at) {
    const { scroller, pitch } = this;
    const { lineHeight, headHeight, perLine } = this.view;
    this.active = Math.max(0, Math.min(at, this.shown.length - 1));
    const room = scroller.clientHeight - headHeight - lineHeight;
    const lowest = Math.floor(this.active / perLine) * pitch,
      highest = lowest - Math.max(0, room) * (pitch / lineHeight);
    if (scroller.scrollTop > lowest) scroller.scrollTop = lowest;
    else if (scroller.scrollTop < highest) scroller.scrollTop = highest;
    this.draw();
  }

  key(event) {
    if (event.target !== this.view.element || event.ctrlKey || event.metaKey || event.altKey)
      return;
    const { perLine, lineHeight } = this.view;
    const page = Math.max(1, Math.floor(this.scroller.clientHeight / lineHeight) - 2) * perLine;
    const to = {
      ArrowDown: this.active + perLine,
      ArrowUp: this.active - perLine,
      ArrowRight: perLine > 1 ? this.active + 1 : undefined,
      ArrowLeft: perLine > 1 ? this.active - 1 : undefined,
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

  /* The row before or after this one in the list. */
  around(index, step) {
    const at = this.shown.indexOf(index);
    return at < 0 ? undefined : this.shown[at + step];
  }

  /* On paper the list is a table, whose names and messages are whole. */
  print(on) {
    if (on) this.onScreen = this.view;
    this.show(on ? new Table(this) : this.onScreen);
    this.printing = on;
    this.cut.textContent =
      this.shown.length > PRINTED_ROWS
        ? `The first ${number.format(PRINTED_ROWS)} of ` +
          `${number.format(this.shown.length)} rows are printed.`
        : '';
    this.draw();
  }
}
