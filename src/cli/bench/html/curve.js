/* Drawings over the number of threads, as SVG: curves with ranges, and bars. */

const DRAWN = { width: 560, height: 300, left: 52, right: 16, top: 16, bottom: 40 };

/* Series are told apart by their marks and the words at them; colours only help. */
const SERIES = {
  auto: { colour: 'ok', mark: 'circle' },
  all: { colour: 'planned', mark: 'square' },
  never: { colour: 'warning', mark: 'triangle' },
};

/* A step of 1, 2 or 5 times a power of ten of which at most `most` make `span`. */
function roundStep(span, most) {
  const power = 10 ** Math.floor(Math.log10(span / most));
  return [1, 2, 5, 10].map((digit) => digit * power).find((step) => step * most >= span);
}

/*
 * The ground of a drawing: {x(threads), y(value), shapes}. `place(threads)` is where they are, from
 * 0 on the left to 1; `most` is the greatest value, `label(value)` the words at its line.
 */
function makeGround(threads, place, most, label) {
  const { width, height, left, right, top, bottom } = DRAWN;
  const step = roundStep(most, 5),
    highest = Math.ceil(most / step - 1e-9) * step;
  const x = (n) => left + place(n) * (width - left - right);
  const y = (value) => height - bottom - (value / highest) * (height - top - bottom);
  const shapes = [];
  for (let i = 0; i * step <= highest * 1.0001; i++)
    shapes.push(
      svg('line', {
        class: i === 0 ? 'base' : 'grid',
        x1: left,
        x2: width - right,
        y1: y(i * step),
        y2: y(i * step),
      }),
      svg('text', { x: left - 8, y: y(i * step) + 4, 'text-anchor': 'end' }, label(i * step)),
    );
  let free = Infinity; /* what a number has room up to: the greatest ones come first */
  for (const n of [...threads].reverse()) {
    if (x(n) > free) continue;
    free = x(n) - 22;
    shapes.push(
      svg('text', { x: x(n), y: height - bottom + 18, 'text-anchor': 'middle' }, String(n)),
    );
  }
  shapes.push(
    svg(
      'text',
      { x: (left + width - right) / 2, y: height - 4, 'text-anchor': 'middle' },
      'threads',
    ),
  );
  return { x, y, highest, shapes };
}

function markOf(kind, x, y) {
  if (kind === 'square') return svg('rect', { x: x - 4, y: y - 4, width: 8, height: 8 });
  if (kind === 'triangle') return svg('path', { d: `M${x} ${y - 5.5}l5.5 9.5h-11z` });
  return svg('circle', { cx: x, cy: y, r: 4.5 });
}

function drawing(title, label, shapes) {
  return svg(
    'svg',
    {
      class: 'drawing',
      viewBox: `0 0 ${DRAWN.width} ${DRAWN.height}`,
      role: 'img',
      'aria-label': label,
    },
    svg('title', null, title),
    shapes,
  );
}

/* The settings by isolation, in the order given: [[name, settings]]. */
function bySeries(settings) {
  return [...new Set(settings.map((setting) => setting.isolate))].map((name) => [
    name,
    settings.filter((setting) => setting.isolate === name),
  ]);
}

/* One series: its ranges, its line, its marks. */
function seriesShapes(name, settings, key, ground) {
  const { x, y } = ground;
  const { colour: paint, mark } = SERIES[name];
  const points = settings.map((setting) => [x(setting.threads), y(setting[key].median)]);
  return svg(
    'g',
    { class: `series ${paint}` },
    settings.map((setting) =>
      svg('line', {
        class: 'range',
        x1: x(setting.threads),
        x2: x(setting.threads),
        y1: y(setting[key].low),
        y2: y(setting[key].high),
      }),
    ),
    svg('polyline', {
      points: points.map((point) => point.map((n) => n.toFixed(1)).join(',')).join(' '),
    }),
    points.map(([px, py], i) => {
      const shape = markOf(mark, px, py);
      shape.append(
        svg(
          'title',
          null,
          `${plural(settings[i].threads, 'thread', 'threads')}, isolate ${name}: ${settings[i][key].median.toFixed(2)}`,
        ),
      );
      return shape;
    }),
  );
}

function legendOf(series) {
  if (series.length < 2) return null;
  return el(
    'ul',
    { class: 'legend' },
    series.map(([name]) =>
      el(
        'li',
        null,
        svg(
          'svg',
          {
            class: `key series ${SERIES[name].colour}`,
            viewBox: '0 0 12 12',
            'aria-hidden': 'true',
          },
          markOf(SERIES[name].mark, 6, 6),
        ),
        `isolate ${name}`,
      ),
    ),
  );
}

/* Speed-up over the number of threads, and the line of as many times as there are threads. */
function speedUpChart(settings) {
  const threads = [...new Set(settings.map((setting) => setting.threads))].sort((a, b) => a - b);
  const base = settings[0].comparedWithThreads;
  const best = Math.max(...settings.map((setting) => setting.speedUp.high));
  const last = threads[threads.length - 1];
  const ground = makeGround(
    threads,
    (n) => (n / last) * 0.97,
    /* With all of the ideal, unless that leaves less than half of the height to the rest. */
    Math.max(1, best * 1.08, Math.min(last / base, best * 2)),
    (value) => `${number.format(value)}\u00D7`,
  );
  const series = bySeries(settings);
  const end = Math.min(last, ground.highest * base);
  const words = series
    .map(
      ([name, list]) =>
        `isolate ${name}: ` +
        list
          .map(
            (setting) =>
              `${plural(setting.threads, 'thread', 'threads')} ${setting.speedUp.median.toFixed(2)} times`,
          )
          .join(', '),
    )
    .join('; ');
  return el(
    'section',
    { id: 'speed-up', 'aria-labelledby': 'speed-up-title' },
    el('h2', { id: 'speed-up-title' }, 'Speed-up'),
    el(
      'p',
      { class: 'says' },
      `Against ${plural(base, 'thread', 'threads')}; a line up and down is from the lowest to ` +
        'the highest run, ' +
        'the dashed one as many times as there are threads.',
    ),
    legendOf(series),
    drawing('Speed-up', words, [
      ground.shapes,
      svg('line', {
        class: 'ideal',
        x1: ground.x(base),
        y1: ground.y(1),
        x2: ground.x(end),
        y2: ground.y(end / base),
      }),
      series.map(([name, list]) => seriesShapes(name, list, 'speedUp', ground)),
    ]),
  );
}

/* Peak memory: all of it, and in it what no two processes share. */
function memoryChart(settings) {
  const threads = [...new Set(settings.map((setting) => setting.threads))].sort((a, b) => a - b);
  const series = bySeries(settings);
  const ground = makeGround(
    threads,
    (n) => (threads.indexOf(n) + 0.5) / threads.length,
    Math.max(...settings.map((setting) => setting.peakRssBytes.high)) / 1e6,
    (value) => number.format(value),
  );
  const wide = Math.min(
    26,
    (DRAWN.width - DRAWN.left - DRAWN.right) / threads.length / (series.length + 0.8),
  );
  const bar = (setting, s, key, kind) => {
    const x = ground.x(setting.threads) + (s - series.length / 2) * wide,
      y = ground.y(setting[key].median / 1e6);
    return svg(
      'rect',
      { class: kind, x: x + 1, y, width: wide - 2, height: ground.y(0) - y },
      svg(
        'title',
        null,
        `${plural(setting.threads, 'thread', 'threads')}, isolate ${setting.isolate}: ${bytes(setting[key].median)}`,
      ),
    );
  };
  const words = settings
    .map(
      (setting) =>
        `${plural(setting.threads, 'thread', 'threads')}, isolate ${setting.isolate}: ` +
        `${bytes(setting.peakRssBytes.median)}`,
    )
    .join('; ');
  return el(
    'section',
    { id: 'memory', 'aria-labelledby': 'memory-title' },
    el('h2', { id: 'memory-title' }, 'Peak memory, MB'),
    el(
      'p',
      { class: 'says' },
      'Resident memory of all processes together; the full part is theirs alone, the pale one ' +
        'can be shared.',
    ),
    legendOf(series),
    drawing('Peak memory', words, [
      ground.shapes,
      series.map(([name, list], s) =>
        svg(
          'g',
          { class: `series ${SERIES[name].colour}` },
          list.flatMap((setting) => [
            bar(setting, s, 'peakRssBytes', 'pale'),
            bar(setting, s, 'peakOwnBytes', 'full'),
          ]),
        ),
      ),
    ]),
  );
}
