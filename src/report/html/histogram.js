/* Histograms whose bars are buttons: each filters the table by its range. */

const DECADES_MIN = 0.8; /* min span of the scale of times, however close they are */

/*
 * Bounds for times: about `count`, in equal logarithmic steps, from below the minimum to above the
 * maximum.
 */
function logBounds(least, greatest, count) {
  const middle = Math.log10(Math.max(Math.sqrt(least * greatest), 0.01));
  const low = Math.min(Math.log10(Math.max(least, 0.01)), middle - DECADES_MIN / 2),
    high = Math.max(Math.log10(Math.max(greatest, 0.02)), middle + DECADES_MIN / 2);
  const step = [0.02, 0.05, 0.1, 0.2, 0.25, 0.5].find((s) => (high - low) / s <= count) ?? 1;
  const bounds = [];
  for (let i = Math.floor(low / step); ; i++) {
    bounds.push(10 ** (i * step));
    if (i * step > high) return bounds;
  }
}

/*
 * Counts the values in each [bounds[i], bounds[i + 1]); the first and last also take values beyond.
 */
function countInto(bounds, values) {
  const counts = new Array(bounds.length - 1).fill(0);
  for (const value of values) {
    let i = 0,
      end = counts.length - 1;
    while (i < end) {
      const middle = (i + end + 1) >> 1;
      if (value >= bounds[middle]) i = middle;
      else end = middle - 1;
    }
    counts[i]++;
  }
  return counts;
}

/* One tab stop for a row of buttons; arrow keys, Home and End move along it. */
function rove(group) {
  const buttons = [...group.querySelectorAll('button')];
  const stop = (chosen) =>
    buttons.forEach((button) => {
      button.tabIndex = button === chosen ? 0 : -1;
    });
  group.addEventListener('keydown', (event) => {
    const at = buttons.indexOf(document.activeElement);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: buttons.length - 1 }[
      event.key
    ];
    if (at < 0 || to === undefined || buttons[to] === undefined) return;
    event.preventDefault();
    stop(buttons[to]);
    buttons[to].focus();
  });
  stop(buttons[0]);
}

const compact = new Intl.NumberFormat('en', { notation: 'compact' });

/*
 * The scale of the counts: what the whole height stands for, and lines with their numbers, at whole
 * steps of 1, 2 or 5 times a power of ten.
 */
function countScale(most) {
  const step = Math.max(1, niceStep(most, 3));
  const top = Math.ceil(most / step) * step;
  const scale = el('div', { class: 'counts', 'aria-hidden': 'true' });
  for (let count = 0; count <= top; count += step) {
    const mark = el('span', null, compact.format(count));
    mark.style.bottom = `${(count / top) * 100}%`;
    scale.append(mark);
  }
  return [top, scale];
}

/*
 * chart: {id, title, says, bounds, counts, range(i) of a bar: {column, low, high},
 * ticks: [[part of the width, text, whether it may be left out]],
 * kind(i): a class of a bar or null, choose: called with a filter when a bar is chosen}.
 */
function histogram(chart) {
  const [top, scale] = countScale(Math.max(...chart.counts));
  const bars = el('div', { class: 'bars', role: 'group', 'aria-label': `${chart.title}, bars` });
  const axis = el('div', { class: 'axis', 'aria-hidden': 'true' });

  chart.counts.forEach((count, i) => {
    const range = chart.range(i);
    const name = RANGE_LABELS[range.column](range.low, range.high);
    const label = `${name}: ${plural(count, 'image', 'images')}`;
    const fill = el('span', { class: chart.kind?.(i) ?? 'plain' });
    fill.style.height = count > 0 ? `max(2px, ${(count / top) * 100}%)` : '0';
    bars.append(
      el(
        'button',
        {
          type: 'button',
          title: label,
          'aria-label': label,
          'aria-disabled': count === 0 ? 'true' : null,
          onclick: () => count > 0 && chart.choose({ range: { ...range, label: name } }),
        },
        fill,
      ),
    );
  });
  rove(bars);
  for (const [at, text, minor] of chart.ticks) {
    const place = at < 0.06 ? 'first' : at > 0.94 ? 'last' : '';
    const tick = el('span', { class: `${place}${minor ? ' wide-only' : ''}` }, text);
    tick.style.left = `${at * 100}%`;
    axis.append(tick);
  }
  return el(
    'section',
    { class: 'histogram', id: chart.id, 'aria-labelledby': `${chart.id}-title` },
    el('h2', { id: `${chart.id}-title` }, chart.title),
    el('p', { class: 'says' }, chart.says),
    el('div', { class: 'chart' }, scale, bars, axis),
  );
}

/* The names of the ranges that bars stand for. */
const RANGE_LABELS = {
  time: (low, high) => `${duration(low)} to ${duration(high)}`,
  saved: (low, high) => {
    if (low === -Infinity) return `at least ${percent(-high, 0)} larger`;
    if (high === Infinity) return `at least ${percent(low, 0)} smaller`;
    return low < 0
      ? `${percent(Math.max(0, -high), 0)} to ${percent(-low, 0)} larger`
      : `${percent(low, 0)} to ${percent(high, 0)} smaller`;
  },
};

function timesSentence(times) {
  const longest = duration(times[times.length - 1]);
  if (times.length === 1) return `It took ${longest}.`;
  return (
    `Half took ${duration(quantile(times, 0.5))} or less, 95 % ` +
    `${duration(quantile(times, 0.95))} or less; the longest took ${longest}.`
  );
}

function timesChart(data, choose) {
  const times = data.jobs
    .map((i) => data.time[i])
    .filter((t) => !Number.isNaN(t))
    .sort((a, b) => a - b);
  if (times.length === 0) return null;
  const bounds = logBounds(times[0], times[times.length - 1], 36);
  const low = Math.log10(bounds[0]),
    high = Math.log10(bounds[bounds.length - 1]);
  const ticks = [];
  for (let e = Math.floor(low); e <= high; e++)
    for (const digit of high - low > 2.2 ? [1] : [1, 2, 5]) {
      const at = (Math.log10(digit * 10 ** e) - low) / (high - low);
      if (at > -0.001 && at < 1.001) ticks.push([at, durationTick(digit * 10 ** e)]);
    }
  return histogram({
    id: 'times',
    title: 'Time per image',
    bounds,
    ticks,
    says: timesSentence(times),
    counts: countInto(bounds, times),
    range: (i) => ({ column: 'time', low: i === 0 ? 0 : bounds[i], high: bounds[i + 1] }),
    choose,
  });
}

/* Savings in steps of 5 %, from 50 % larger to 100 % smaller. */
const SAVED_BOUNDS = Array.from({ length: 31 }, (_, i) => (i * 5 - 50) / 100);

/* `saved` is sorted, the minimum first; `grown` outputs are larger than their input. */
function savedSentence(saved, grown) {
  const median = quantile(saved, 0.5);
  const said = `${percent(Math.abs(median))} ${median >= 0 ? 'smaller' : 'larger'} than`;
  if (saved.length === 1) return `It is ${said} its input.`;
  return (
    `Half are at least ${said} their input; ` +
    (grown > 0 ? `${plural(grown, 'is', 'are')} larger.` : 'none is larger.')
  );
}

function savingsChart(data, choose) {
  const saved = data.saved.filter((value) => !Number.isNaN(value)).sort();
  if (saved.length === 0) return null;
  const grown = countInto([-Infinity, 0, Infinity], saved)[0];
  return histogram({
    id: 'savings',
    title: 'Saved per output',
    bounds: SAVED_BOUNDS,
    says: savedSentence(saved, grown),
    counts: countInto(SAVED_BOUNDS, saved),
    ticks: [-0.5, -0.25, 0, 0.25, 0.5, 0.75, 1].map((value) => [
      (value + 0.5) / 1.5,
      value < 0
        ? percent(value, 0).replace('\u2212', '+')
        : value === 0
          ? 'same size'
          : percent(-value, 0),
      value % 0.5 !== 0,
    ]),
    kind: (i) => (SAVED_BOUNDS[i] < 0 ? 'grown' : null),
    range: (i) => ({
      column: 'saved',
      low: i === 0 ? -Infinity : SAVED_BOUNDS[i],
      high: i === SAVED_BOUNDS.length - 2 ? Infinity : SAVED_BOUNDS[i + 1],
    }),
    choose,
  });
}

function showHistograms(data, choose) {
  byId('histograms').append(
    ...[timesChart(data, choose), savingsChart(data, choose)].filter((chart) => chart !== null),
  );
}
