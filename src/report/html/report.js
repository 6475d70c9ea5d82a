/* Assembles the page of a report. */

/* The orders that the list offers, beside those of the table's columns. */
const SORTS = [
  { key: null, down: false, title: 'Failures first' },
  { key: 'seq', down: false, title: 'As the run had them' },
  { key: 'name', down: false, title: 'Name' },
  { key: 'time', down: true, title: 'Slowest first' },
  { key: 'saved', down: true, title: 'Most saved first' },
  { key: 'saved', down: false, title: 'Least saved first' },
  { key: 'before', down: true, title: 'Largest input first' },
  { key: 'after', down: true, title: 'Largest output first' },
];

function sortControl(listing) {
  const control = el(
    'select',
    {
      id: 'sort',
      'aria-label': 'Order',
      onchange: () => {
        const { key, down } = SORTS[Number(control.value)] ?? listing.order;
        listing.sort({ key, down });
      },
    },
    SORTS.map(({ title }, i) => el('option', { value: i }, title)),
    el('option', { value: -1, hidden: true }, 'By a column'),
  );
  control.showOrder = () => {
    control.value = SORTS.findIndex(
      ({ key, down }) => key === listing.order.key && down === listing.order.down,
    );
  };
  return control;
}

/* The list with its controls: filter, order and view, which the address of the page remembers. */
class Images {
  constructor(data, small, open) {
    this.data = data;
    this.small = small;
    this.listing = new Listing(data, open, () => this.tell());
    byId('images').hidden = false;
    this.sort = sortControl(this.listing);
    this.views = ['gallery', 'table'].map((view) =>
      el(
        'button',
        { type: 'button', class: 'chip', id: `view-${view}`, onclick: () => this.show(view) },
        view,
      ),
    );
    this.filter = new Filter(data, () => this.list());
    byId('views').append(...this.views);
    this.filter.extra.before(this.sort);
    addEventListener('hashchange', () => this.read());
    byId('skip').addEventListener('click', (event) => {
      event.preventDefault(); /* its fragment is no state of the page */
      this.focus();
    });
    this.read();
  }

  /* Takes the state from the address. */
  read() {
    const { view, order, filter } = readAddress();
    this.listing.order = order;
    this.view =
      view ??
      (this.data.status.every((status) => status === STATUSES.indexOf('planned'))
        ? 'table'
        : 'gallery');
    this.listing.show(this.makeView());
    this.filter.set(filter);
  }

  makeView() {
    return this.view === 'table' ? new Table(this.listing) : new Gallery(this.listing, this.small);
  }

  show(view) {
    this.view = view;
    this.listing.show(this.makeView());
    this.tell();
  }

  list() {
    const { filter, listing, data } = this;
    listing.list(filter.passing());
    byId('images-says').textContent = filter.active
      ? `${plural(listing.shown.length, 'row', 'rows')} of ${number.format(data.rows.length)}`
      : plural(data.rows.length, 'row', 'rows');
    this.tell();
  }

  /* Makes controls and address say what is shown. */
  tell() {
    this.sort.showOrder();
    for (const button of this.views)
      button.setAttribute('aria-pressed', String(button.id === `view-${this.view}`));
    writeAddress(this.view, this.listing.order, this.filter.state);
  }

  choose(choice) {
    this.filter.set(choice);
    this.focus();
  }

  focus() {
    byId('images').scrollIntoView({ block: 'start' });
    byId('images').focus({ preventScroll: true });
  }
}

function showCommand(run) {
  if (run.commandLine == null) return;
  byId('command').hidden = false;
  byId('command').append(
    el('h3', null, 'Command line'),
    el('pre', null, el('code', null, shown(run.commandLine.map(quoted).join(' ')))),
  );
}

function showReport() {
  const page = readRecord('page'),
    run = readRecord('run'),
    end = readRecord('summary');
  if (run === null || end === null) throw new Error('it is incomplete');
  const data = makeData();
  const { summary } = end;
  let images = null,
    timeline = null;

  setUpTheme(() => timeline?.draw());
  const links = makeLinks(page, run);
  const viewer = new Viewer(
    data,
    links,
    (row) => runOf(run, row).recipe,
    (index, step) => images.listing.around(index, step),
  );
  const open = (index) => viewer.show(index);
  showHeader(run, summary);
  showFigures(data, summary);
  showCommand(run);
  showShards(data, run, summary);
  /* A field in which the runs of a merged report differ is null. */
  showTools(
    run.tool ?? { name: 'imgloom', version: 'several versions' },
    run.recipe ?? { recipe: 'several' },
    { Machine: circumstances(run) },
  );
  showGone(readRecords('removed'));
  if (data.rows.length === 0) return;

  images = new Images(data, makeSmall(page, links), open);
  const choose = (choice) => images.choose(choice);
  showOutcomes(summary, choose);
  showAgain(run, data.rows);
  showMessages(data.rows, choose);
  showHistograms(data, choose);
  showTallies(data, choose);
  timeline = showTimeline(data, run, open);
  matchMedia('print').addEventListener('change', () => timeline?.draw());
}

try {
  showReport();
} catch (error) {
  say(`This report cannot be shown: ${error.message}`);
  throw error;
}
