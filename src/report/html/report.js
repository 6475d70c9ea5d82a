/* Assembles the page of a report. */

function showReport() {
  const page = readRecord('page'),
    run = readRecord('run'),
    end = readRecord('summary');
  if (run === null || end === null) throw new Error('it is incomplete');
  const data = makeData();
  const { summary } = end;
  let table = null,
    timeline = null;

  setUpTheme(() => timeline?.draw());
  const viewer = new Viewer(data, makeLinks(page, run), (index, step) => {
    const at = table.shown.indexOf(index);
    return at < 0 ? undefined : table.shown[at + step];
  });
  const open = (index) => viewer.show(index);
  showHeader(run, summary);
  showFigures(data, summary);
  /* A field in which the runs of a merged report differ is null. */
  showTools(
    run.tool ?? { name: 'imgloom', version: 'several versions' },
    run.recipe ?? { recipe: 'several' },
  );
  if (data.rows.length === 0) return;

  table = new Table(data, open);
  const filter = new Filter(data, () => {
    table.list(filter.passing());
    byId('images-says').textContent = filter.active
      ? `${plural(table.shown.length, 'row', 'rows')} of ${number.format(data.rows.length)}`
      : plural(data.rows.length, 'row', 'rows');
  });
  filter.changed();
  const choose = (choice) => {
    filter.set(choice);
    byId('images').scrollIntoView({ block: 'start' });
    byId('images').focus({ preventScroll: true });
  };
  showOutcomes(summary, choose);
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
