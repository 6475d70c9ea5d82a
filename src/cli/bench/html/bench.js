/* Puts the page of a benchmark together. */

/*
 * Latencies of all settings on one logarithmic scale: a row each, as high as the share of images in
 * each bucket, with marks at the median and at 95 %.
 */
function showLatencies(settings) {
  const all = settings.flatMap((setting) => setting.latencyHistogram);
  if (all.length === 0) return;
  const step = Math.SQRT2; /* from the end of a bucket to that of the next */
  const low = Math.log10(Math.min(...all.map((bucket) => bucket.upToMs)) / step);
  const high = Math.log10(Math.max(...all.map((bucket) => bucket.upToMs)));
  const place = (ms) => (Math.log10(ms) - low) / (high - low);
  const ridges = byId('ridges');

  for (const setting of settings) {
    const total = setting.latencyHistogram.reduce((sum, bucket) => sum + bucket.count, 0);
    const most = Math.max(...setting.latencyHistogram.map((bucket) => bucket.count));
    const plot = el('div', { class: 'ridge-plot', 'aria-hidden': 'true' });
    for (const bucket of setting.latencyHistogram) {
      const left = place(bucket.upToMs / step),
        right = place(bucket.upToMs);
      const bar = el('span', {
        class: `bar ${SERIES[setting.isolate].colour}`,
        title:
          `${duration(bucket.upToMs / step)} to ${duration(bucket.upToMs)}: ` +
          `${share(bucket.count, total)} of the images`,
      });
      Object.assign(bar.style, {
        left: `${left * 100}%`,
        width: `calc(${(right - left) * 100}% - 1px)`,
        height: `${(bucket.count / most) * 100}%`,
      });
      plot.append(bar);
    }
    for (const key of ['latencyP50Ms', 'latencyP95Ms']) {
      const mark = el('span', { class: 'at', title: duration(setting[key].median) });
      mark.style.left = `${Math.min(1, Math.max(0, place(setting[key].median))) * 100}%`;
      plot.append(mark);
    }
    ridges.append(
      el(
        'div',
        { class: 'ridge' },
        el(
          'p',
          null,
          el('b', null, plural(setting.threads, 'thread', 'threads')),
          el('span', { class: 'dim' }, ` ${setting.isolate}`),
          el('br'),
          el(
            'span',
            { class: 'dim' },
            `${duration(setting.latencyP50Ms.median)}, ` +
              `95${NARROW}% ${duration(setting.latencyP95Ms.median)}`,
          ),
        ),
        plot,
      ),
    );
  }
  const axis = el('div', { class: 'axis' });
  for (let e = Math.floor(low); e <= high; e++)
    for (const digit of high - low > 3 ? [1] : [1, 2, 5]) {
      const at = place(digit * 10 ** e);
      if (at < 0 || at > 1) continue;
      const tick = el(
        'span',
        { class: at < 0.04 ? 'first' : at > 0.96 ? 'last' : null },
        durationTick(digit * 10 ** e),
      );
      tick.style.left = `${at * 100}%`;
      axis.append(tick);
    }
  ridges.append(el('div', { class: 'ridge', 'aria-hidden': 'true' }, el('p'), axis));
  byId('latencies').hidden = false;
}

/* {title, key, show}: the columns of figures. */
const FIGURES = [
  ['images/s', 'imagesPerSecond', (v) => oneDecimal.format(v)],
  ['MP/s', 'megapixelsPerSecond', (v) => oneDecimal.format(v)],
  ['speed-up', 'speedUp', (v) => v.toFixed(2)],
  ['efficiency', 'efficiency', (v) => percent(v, 0)],
  ['CPUs', 'cpuUse', (v) => v.toFixed(2)],
  ['p50', 'latencyP50Ms', duration],
  ['p95', 'latencyP95Ms', duration],
  ['p99', 'latencyP99Ms', duration],
  ['peak memory', 'peakRssBytes', bytes],
  ['start', 'startUpMs', duration],
];

/* "1.2 ms" and "3.4 ms" are "1.2-3.4 ms"; what is the same is said once. */
function rangeWords(low, high) {
  const [least, unit] = low.split(NARROW);
  if (low === high) return low;
  return `${unit === high.split(NARROW)[1] ? least : low}\u2013${high}`;
}

/* None is if the machine was busy. */
function isRecommended({ recommended }, setting) {
  return setting.threads === recommended?.threads && setting.isolate === recommended?.isolate;
}

function showSettings(bench) {
  const chosen = (setting) => isRecommended(bench, setting);
  const cell = (spread, show) =>
    el(
      'td',
      { class: 'number' },
      show(spread.median),
      ' ',
      el('span', { class: 'range' }, rangeWords(show(spread.low), show(spread.high))),
    );
  byId('all').hidden = false;
  byId('all-says').textContent =
    `Medians of ${plural(bench.runs, 'run', 'runs')} each, ` +
    'and below them the lowest and the highest.';
  byId('settings-table').append(
    el(
      'table',
      null,
      el(
        'thead',
        null,
        el(
          'tr',
          null,
          el('th', { scope: 'col' }, 'Setting'),
          FIGURES.map(([title]) => el('th', { scope: 'col', class: 'number' }, title)),
        ),
      ),
      el(
        'tbody',
        null,
        bench.settings.map((setting) =>
          el(
            'tr',
            { class: chosen(setting) ? 'chosen' : null },
            el(
              'th',
              { scope: 'row' },
              plural(setting.threads, 'thread', 'threads'),
              ' ',
              el(
                'span',
                { class: 'range' },
                `isolate ${setting.isolate}${chosen(setting) ? ', recommended' : ''}`,
              ),
            ),
            FIGURES.map(([, key, show]) => cell(setting[key], show)),
          ),
        ),
      ),
    ),
  );
}

function showHeader(bench) {
  const { machine, inputs, recommended } = bench;
  const best = bench.settings.reduce((a, b) =>
    b.imagesPerSecond.median > a.imagesPerSecond.median ? b : a,
  );
  const chosen = bench.settings.find((setting) => isRecommended(bench, setting)) ?? best;
  const isolate = bySeries(bench.settings).length > 1 ? ` --isolate ${recommended?.isolate}` : '';
  const title = recommended ? `Use -j ${recommended.threads}${isolate}` : 'The machine was busy';

  byId('title').textContent = title;
  document.title = `${title} \u2013 imgloom bench`;
  byId('about').append(
    `imgloom ${bench.tool?.version ?? ''} on ${machine.processor ?? 'an unknown processor'}, `,
    plural(machine.cpus, 'CPU', 'CPUs'),
    `, ${bytes(machine.memoryBytes)}, ${machine.system ?? ''} ${machine.release ?? ''}, `,
    el('time', { datetime: bench.startedAt }, instant(bench.startedAt)),
  );
  byId('verdict').textContent = bench.verdict;
  byId('figures').append(
    figure(
      recommended ? 'At that setting' : 'At the fastest setting',
      `${oneDecimal.format(chosen.imagesPerSecond.median)}/s`,
      `${oneDecimal.format(chosen.megapixelsPerSecond.median)} MP/s`,
      { id: 'figure-rate' },
    ),
    figure(
      'Speed-up',
      `${chosen.speedUp.median.toFixed(2)}\u00D7`,
      `over ${plural(chosen.comparedWithThreads, 'thread', 'threads')}, ` +
        `${percent(chosen.efficiency.median, 0)} efficient`,
      { id: 'figure-speed-up' },
    ),
    figure(
      'The best',
      `${oneDecimal.format(best.imagesPerSecond.median)}/s`,
      `with ${plural(best.threads, 'thread', 'threads')}, isolate ${best.isolate}`,
      { id: 'figure-best' },
    ),
    figure(
      'Median image',
      duration(chosen.latencyP50Ms.median),
      `95${NARROW}% below ${duration(chosen.latencyP95Ms.median)}`,
      { id: 'figure-median' },
    ),
    figure(
      'Peak memory',
      bytes(chosen.peakRssBytes.median),
      `${bytes(chosen.peakOwnBytes.median)} of it not shared`,
      { id: 'figure-memory' },
    ),
    figure(
      'Images',
      number.format(inputs.images),
      `${bytes(inputs.bytes)}, ${oneDecimal.format(inputs.pixels / 1e6)} MP`,
      { id: 'figure-images' },
    ),
  );
}

try {
  setUpTheme(() => {});
  const bench = readRecord('bench');
  if (bench === null) throw new Error('it is not whole');
  showHeader(bench);
  byId('curves').append(speedUpChart(bench.settings), memoryChart(bench.settings));
  showLatencies(bench.settings);
  showSettings(bench);
  showTools(bench.tool, bench.recipe);
} catch (error) {
  say(`This benchmark cannot be shown: ${error.message}`);
  throw error;
}
