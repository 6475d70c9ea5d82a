/* What the threads did and when, derived from the rows for the timeline. */

/*
 * The jobs of each thread in order of time: [{thread, jobs: [row index], busy: ms}]. `run` is a
 * number in a merged report; undefined: the only run.
 */
function lanesOf(data, run) {
  const lanes = new Map();
  for (const i of data.jobs) {
    if (data.rows[i].run !== run) continue;
    const thread = data.rows[i].worker;
    if (!lanes.has(thread)) lanes.set(thread, { thread, jobs: [], busy: 0 });
    const lane = lanes.get(thread);
    lane.jobs.push(i);
    lane.busy += data.time[i];
  }
  for (const lane of lanes.values())
    lane.jobs.sort((a, b) => data.rows[a].startMs - data.rows[b].startMs);
  return [...lanes.values()].sort((a, b) => a.thread - b.thread);
}

/* Whether a thread seems to have had two images at once: then the rows do not tell their run. */
function overlaps(data, lanes) {
  return lanes.some((lane) =>
    lane.jobs.some(
      (i, at) => at > 0 && endOf(data.rows[lane.jobs[at - 1]]) > data.rows[i].startMs + 1,
    ),
  );
}

function endOf(row) {
  return row.startMs + row.elapsedMs;
}

function timelineSentence(data, lanes, start, end) {
  const span = end - start;
  const busy = lanes.reduce((sum, lane) => sum + lane.busy, 0);
  const ends = lanes.map((lane) => endOf(data.rows[lane.jobs[lane.jobs.length - 1]]));
  const tail = end - Math.min(...ends);
  let text =
    lanes.length === 1
      ? 'The only thread that had an image was busy '
      : `${number.format(lanes.length)} threads were busy `;
  text += `${percent(span > 0 ? busy / (span * lanes.length) : 1)} of ${duration(span)}.`;
  if (lanes.length > 1)
    text += ` The first of them ran out of images ${duration(tail)} before the end.`;
  return text;
}

/* A step of 1, 2 or 5 times a power of ten that cuts `span` into at most `most` parts. */
function niceStep(span, most) {
  const rough = Math.max(span / most, 1e-3);
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((digit) => digit * power).find((step) => step >= rough);
}
