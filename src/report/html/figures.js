/* The headline: a sentence, the figures, the outcome bar, and messages in groups. */

function titleOf(summary) {
  const images = plural(summary.inputs, 'image', 'images');
  if (summary.inputs === 0) return 'No images';
  /* A killed run does not record what it had not reached. */
  if (summary.interrupted && !(summary.errorsByCode.cancelled > 0))
    return `Interrupted after ${images}`;
  if (summary.interrupted)
    return (
      `Interrupted: ${number.format(summary.rows - (summary.errorsByCode.cancelled ?? 0))} of ` +
      `${plural(summary.rows, 'output was', 'outputs were')} reached`
    );
  if (summary.tooManyErrors)
    return `Given up: ${number.format(summary.failed)} of ${images} failed`;
  if (summary.failed > 0)
    return summary.rows === summary.inputs
      ? `${number.format(summary.failed)} of ${images} failed`
      : `${images}: ${number.format(summary.failed)} of ` +
          `${number.format(summary.rows)} outputs failed`;
  if (summary.planned === summary.rows) return `${images} planned`;
  return `${images}, none failed`;
}

/* The time of the report: start and end of a run; of several runs, when the first started. */
function timesOf(run, summary) {
  if (run.startedAt == null) return [];
  const end = new Date(Date.parse(run.startedAt) + summary.elapsedMs).toISOString();
  const time = (text, from) => el('time', { datetime: text }, instant(text).slice(from));
  if (run.runs) return [', the first started ', time(run.startedAt, 0)];
  return [', ', time(run.startedAt, 0), ' to ', time(end, 11)];
}

function showHeader(run, summary) {
  const about = byId('about');
  const title = titleOf(summary);
  const threads = summary.threads ?? run.jobs;

  byId('title').textContent = title;
  document.title = `${title} \u2013 imgloom report`;
  about.append(['imgloom', run.tool?.version].filter((word) => word).join(' '));
  if (run.plan?.parts)
    about.append(`, a plan of ${plural(run.plan.parts.length, 'shard', 'shards')}`);
  else if (run.runs) about.append(`, ${plural(run.runs.length, 'run', 'runs')} merged`);
  else if (threads > 0) about.append(` with ${plural(threads, 'thread', 'threads')}`);
  if (run.workingDirectory != null) about.append(' in ', pathElement(run.workingDirectory));
  about.append(...timesOf(run, summary));
}

/* What the written outputs saved: bytes of their inputs, each counted once, and of themselves. */
function savings(data) {
  const sum = { before: 0, after: 0 };
  const seen = new Set();
  data.rows.forEach((row, i) => {
    if (Number.isNaN(data.after[i]) || Number.isNaN(data.before[i])) return;
    const input = `${row.run ?? ''}:${row.originalPath}`;
    if (!seen.has(input)) sum.before += data.before[i];
    seen.add(input);
    sum.after += data.after[i];
  });
  return sum;
}

/* The peak of all processes, where it was sampled. */
function memoryFigure({ peakTotalRssBytes: all, peakRssBytes: main }) {
  return all > main
    ? [all, `of all processes, ${bytes(main)} in the main one`]
    : [main, 'of the main process'];
}

function showFigures(data, summary) {
  const { before, after } = savings(data);
  const times = data.jobs.map((i) => data.time[i]).sort((a, b) => a - b);
  const counts = [
    summary.rows !== summary.inputs && plural(summary.rows, 'output', 'outputs'),
    summary.ignored > 0 && plural(summary.ignored, 'other file ignored', 'other files ignored'),
  ];
  const list = byId('figures');
  const put = (id, label, value, note, bad = false) =>
    list.append(
      figure(label, value, note, { id: `figure-${id}`, class: bad ? 'figure bad' : 'figure' }),
    );

  put('images', 'Images', number.format(summary.inputs), counts.filter((text) => text).join(', '));
  put(
    'failed',
    'Failed',
    number.format(summary.failed),
    summary.failed > 0 ? `${share(summary.failed, summary.rows)} of all` : 'no output failed',
    summary.failed > 0,
  );
  if (before > 0 && after > 0)
    put(
      'saved',
      after <= before ? 'Saved' : 'Grown',
      bytes(Math.abs(before - after)),
      `${percent(Math.abs(1 - after / before))}: ${bytes(before)} became ${bytes(after)}`,
    );
  put(
    'time',
    'Time',
    duration(summary.elapsedMs),
    `${oneDecimal.format(summary.imagesPerSecond)} images/s, ` +
      `${oneDecimal.format(summary.megapixelsPerSecond)} MP/s`,
  );
  if (times.length > 0)
    put(
      'median',
      'Median image',
      duration(quantile(times, 0.5)),
      times.length > 1 ? `95 % at most ${duration(quantile(times, 0.95))}` : null,
    );
  if (summary.elapsedMs > 0 && summary.cpuMs > 0)
    put(
      'cpu',
      'CPUs at work',
      (summary.cpuMs / summary.elapsedMs).toFixed(2),
      `${duration(summary.cpuMs)} of CPU time`,
    );
  if (summary.peakRssBytes > 0) {
    const [peak, note] = memoryFigure(summary);
    put('memory', 'Peak memory', bytes(peak), note);
  }
}

function statusMark(status) {
  return el('span', { class: `mark ${status}`, 'aria-hidden': 'true' }, STATUS_SIGNS[status]);
}

/* A bar of the outcomes' shares, and a legend whose entries filter the list. */
function showOutcomes(summary, choose) {
  const counts = { ...summary, error: summary.failed };

  if (summary.rows === 0) return;
  byId('outcomes').hidden = false;
  for (const status of STATUSES.filter((name) => counts[name] > 0)) {
    const part = el('div', { class: status });
    part.style.flexGrow = counts[status];
    byId('outcome-bar').append(part);
    byId('outcome-legend').append(
      el(
        'li',
        null,
        el(
          'button',
          { type: 'button', class: 'quiet', onclick: () => choose({ status }) },
          statusMark(status),
          el('b', null, number.format(counts[status])),
          ' ',
          STATUS_LABELS[status],
          ' ',
          el('span', { class: 'dim' }, share(counts[status], summary.rows)),
        ),
      ),
    );
  }
}

const SHOWN_MESSAGES = 4;

/* Groups rows by `key`, and in each group by text; the most frequent first. */
function groupRows(rows, key, says) {
  const groups = new Map();
  for (const row of rows) {
    const name = key(row);
    if (name === null) continue;
    const group = groups.get(name) ?? { name, count: 0, messages: new Map() };
    groups.set(name, group);
    group.count++;
    for (const text of says(row)) {
      const message = group.messages.get(text) ?? { text, count: 0, row };
      group.messages.set(text, message);
      message.count++;
    }
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

function messageItem(message, choose) {
  return el(
    'li',
    null,
    el(
      'p',
      null,
      message.count > 1 ? el('b', null, `${number.format(message.count)}\u2009\u00D7 `) : null,
      el('bdi', null, shown(message.text ?? 'no message')),
    ),
    el(
      'p',
      { class: 'dim' },
      message.count > 1 ? 'first: ' : null,
      pathElement(message.row.originalPath),
      message.count > 1
        ? el(
            'button',
            { type: 'button', class: 'link', onclick: () => choose({ message: message.text }) },
            'show all',
          )
        : null,
    ),
  );
}

function groupElement(group, status, choice, choose) {
  const messages = [...group.messages.values()].sort((a, b) => b.count - a.count);
  const rest = messages.slice(SHOWN_MESSAGES);
  return el(
    'li',
    { class: 'group' },
    el(
      'div',
      { class: 'heading' },
      el(
        'h3',
        null,
        statusMark(status),
        group.name,
        ' ',
        el('span', { class: 'dim' }, number.format(group.count)),
      ),
      el('button', { type: 'button', class: 'link', onclick: () => choose(choice) }, 'show these'),
    ),
    el(
      'ul',
      null,
      messages.slice(0, SHOWN_MESSAGES).map((message) => messageItem(message, choose)),
    ),
    rest.length > 0
      ? el('p', { class: 'dim' }, `and ${plural(rest.length, 'other message', 'other messages')}`)
      : null,
  );
}

/* Errors by code, warnings, and reasons to skip. */
function showMessages(rows, choose) {
  const section = byId('messages');
  const parts = [
    [
      'error',
      'Errors',
      (row) => (row.status === 'error' ? row.errorCode : null),
      (group) => ({ status: 'error', code: group.name }),
    ],
    [
      'warning',
      'Warnings',
      (row) => (row.status === 'warning' ? 'written, with warnings' : null),
      () => ({ status: 'warning' }),
    ],
    [
      'skipped',
      'Skipped',
      (row) => (row.status === 'skipped' ? 'skipped' : null),
      () => ({ status: 'skipped' }),
    ],
  ];
  for (const [status, title, key, choice] of parts) {
    const groups = groupRows(rows, key, saysOf);
    if (groups.length === 0) continue;
    section.hidden = false;
    section.append(
      el('h2', null, title),
      el(
        'ul',
        { class: 'groups', id: `groups-${status}` },
        groups.map((group) => groupElement(group, status, choice(group), choose)),
      ),
    );
  }
}
