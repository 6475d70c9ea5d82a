/*
 * The timeline of the threads: a lane for each thread, and a bar for each image over the time that
 * it took. Drawn on a canvas, because there may be a hundred thousand bars.
 */

const THIN = 1.5; /* px: a thinner bar is not drawn as one */

class Timeline {
  constructor(data, lanes, open) {
    this.data = data;
    this.lanes = lanes;
    this.open = open;
    this.start = Math.min(0, ...lanes.map((lane) => data.rows[lane.jobs[0]].startMs));
    this.end = lanes
      .flatMap((lane) => lane.jobs)
      .reduce((end, i) => Math.max(end, endOf(data.rows[i])), 0);
    this.view = [this.start, this.end];
    this.picked = null; /* {lane, at}: an image, by the index of its lane and its index there */
    this.laneHeight = Math.max(7, Math.min(26, Math.floor(440 / lanes.length)));
    this.build();
  }

  build() {
    const height = this.laneHeight;
    const every = Math.ceil(15 / height);
    const labels = el(
      'ol',
      { class: 'lane-labels', 'aria-label': 'Threads' },
      this.lanes.map((lane, i) => {
        const part = this.end > this.start ? lane.busy / (this.end - this.start) : 1;
        const busy = percent(Math.floor(part * 100) / 100, 0);
        const images = plural(lane.jobs.length, 'image', 'images');
        const text = `thread ${lane.thread}: ${busy} busy, ${images}`;
        const item = el(
          'li',
          { title: text },
          el('span', { class: 'hidden-text' }, text),
          i % every === 0
            ? el(
                'span',
                { 'aria-hidden': 'true' },
                el('span', { class: 'wide-only' }, 'thread '),
                String(lane.thread),
                el('span', { class: 'dim wide-only' }, `  ${busy}`),
              )
            : null,
        );
        item.style.height = `${height}px`;
        return item;
      }),
    );
    this.canvas = el('canvas', {
      class: 'lane-canvas',
      tabindex: '0',
      role: 'application',
      'aria-label':
        'Timeline of the threads. Arrow keys go from image to image, plus and minus ' +
        'zoom, 0 shows the whole run, Enter shows the image.',
    });
    this.canvas.style.height = `${height * this.lanes.length}px`;
    this.axis = el('div', { class: 'axis', 'aria-hidden': 'true' });
    byId('lanes').append(labels, el('div', { class: 'lane-plot' }, this.canvas, this.axis));
    for (const [text, label, act] of [
      ['\u2212', 'Zoom out', () => this.zoom(2)],
      ['+', 'Zoom in', () => this.zoom(0.5)],
      ['Whole run', 'Show the whole run', () => this.show(this.start, this.end)],
    ])
      byId('threads-zoom').append(
        el('button', { type: 'button', class: 'quiet', 'aria-label': label, onclick: act }, text),
      );
    this.listen();
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.canvas);
  }

  release() {
    this.observer.disconnect();
  }

  x(time, width) {
    return ((time - this.view[0]) / (this.view[1] - this.view[0])) * width;
  }

  draw() {
    const { canvas, data, laneHeight } = this;
    const ratio = devicePixelRatio,
      width = canvas.clientWidth;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(laneHeight * this.lanes.length * ratio);
    const context = canvas.getContext('2d');
    const paint = STATUSES.map((status) => colour(`--${status}`));
    const gap = laneHeight > 10 ? 2 : 1;
    context.scale(ratio, ratio);
    this.lanes.forEach((lane, l) => {
      const y = l * laneHeight + gap / 2,
        h = laneHeight - gap;
      context.fillStyle = colour('--track');
      context.fillRect(0, y, width, h);
      this.drawLane(context, lane, paint, y, h, width);
    });
    this.drawPicked(context, width);
    this.drawAxis(width);
  }

  /*
   * Bars too thin to be seen are drawn together: each pixel is filled by the part that they cover.
   * A failure among them also gets a tick at the lane's foot, so it is visible, and a few failures
   * do not colour many images red.
   */
  drawLane(context, lane, paint, y, h, width) {
    const { data } = this,
      failed = STATUSES.length - 1;
    const all = new Float32Array(Math.ceil(width) + 1),
      bad = new Float32Array(all.length);
    const loud = [];
    const spread = (parts, x, w) => {
      const next = Math.min(x + w, Math.floor(x) + 1);
      parts[Math.floor(x)] += next - x;
      parts[Math.floor(x) + 1] += x + w - next;
    };
    for (const i of lane.jobs) {
      const row = data.rows[i],
        isBad = data.status[i] === failed;
      const x = this.x(row.startMs, width),
        w = this.x(endOf(row), width) - x;
      if (x > width || x + w < 0) continue;
      if (isBad) loud.push([x, w]);
      if (w < THIN) {
        spread(all, x, w);
        if (isBad) spread(bad, x, w);
      } else if (!isBad) {
        context.fillStyle = paint[data.status[i]];
        context.fillRect(x, y, w > 3 ? w - 1 : w, h);
      }
    }
    all.forEach((part, x) => {
      if (part === 0) return;
      context.globalAlpha = Math.min(1, part);
      context.fillStyle = paint[0];
      context.fillRect(x, y, 1, h);
      if (bad[x] === 0) return;
      context.globalAlpha *= bad[x] / part;
      context.fillStyle = paint[failed];
      context.fillRect(x, y, 1, h);
    });
    context.globalAlpha = 1;
    context.fillStyle = paint[failed];
    for (const [x, w] of loud)
      if (w < THIN) context.fillRect(x, y + h - h / 3, THIN, h / 3);
      else context.fillRect(x, y, w > 3 ? w - 1 : w, h);
  }

  drawPicked(context, width) {
    if (this.picked === null) return;
    const row = this.data.rows[this.lanes[this.picked.lane].jobs[this.picked.at]];
    const x = this.x(row.startMs, width),
      w = Math.max(this.x(endOf(row), width) - x, 2);
    context.strokeStyle = colour('--text');
    context.lineWidth = 2;
    context.strokeRect(x - 1, this.picked.lane * this.laneHeight + 1, w + 2, this.laneHeight - 2);
  }

  drawAxis(width) {
    const [low, high] = this.view;
    const step = niceStep(high - low, Math.max(2, width / 90));
    const seconds = high >= 1000;
    const digits = Math.max(0, -Math.floor(Math.log10(seconds ? step / 1000 : step) + 1e-9));
    this.axis.replaceChildren();
    for (let i = Math.ceil(low / step); i * step <= high; i++) {
      const at = this.x(i * step, 1);
      const tick = el(
        'span',
        { class: at < 0.03 ? 'first' : at > 0.97 ? 'last' : null },
        withUnit(seconds ? (i * step) / 1000 : i * step, digits, seconds ? 's' : 'ms'),
      );
      tick.style.left = `${at * 100}%`;
      this.axis.append(tick);
    }
  }

  show(low, high) {
    const span = Math.min(Math.max(high - low, 0.05), this.end - this.start);
    low = Math.min(Math.max(low, this.start), this.end - span);
    this.view = [low, low + span];
    this.draw();
  }

  /* Zooms by a factor around an instant: that of the picked image, or the middle. */
  zoom(factor, about) {
    const row = this.pickedRow();
    const [low, high] = this.view;
    const at = about ?? (row ? row.startMs + row.elapsedMs / 2 : (low + high) / 2);
    this.show(at - (at - low) * factor, at + (high - at) * factor);
  }

  pickedRow() {
    return this.picked === null
      ? null
      : this.data.rows[this.lanes[this.picked.lane].jobs[this.picked.at]];
  }

  pick(lane, at) {
    const job = this.lanes[lane].jobs[at];
    if (job === undefined) return;
    this.picked = { lane, at };
    const row = this.data.rows[job];
    const [low, high] = this.view,
      span = high - low;
    if (endOf(row) < low || row.startMs > high)
      this.show(
        row.startMs + row.elapsedMs / 2 - span / 2,
        row.startMs + row.elapsedMs / 2 + span / 2,
      );
    else this.draw();
    byId('threads-picked').replaceChildren(
      statusMark(row.status),
      `thread ${row.worker}, at `,
      duration(row.startMs),
      ' for ',
      duration(row.elapsedMs),
      ': ',
      pathElement(row.originalPath),
    );
  }

  /* The image of a lane whose bar contains the instant, or else starts or ends nearest to it. */
  nearest(lane, time) {
    const { jobs } = this.lanes[lane];
    let low = 0,
      high = jobs.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.data.rows[jobs[middle]].startMs <= time) low = middle;
      else high = middle - 1;
    }
    const next = this.data.rows[jobs[low + 1]],
      row = this.data.rows[jobs[low]];
    return next && endOf(row) < time && next.startMs - time < time - endOf(row) ? low + 1 : low;
  }

  step(lanes, images) {
    if (this.picked === null) return this.pick(0, this.nearest(0, this.view[0]));
    const lane = this.picked.lane + lanes;
    if (lane < 0 || lane >= this.lanes.length) return undefined;
    const row = this.pickedRow();
    return this.pick(
      lane,
      lanes === 0 ? this.picked.at + images : this.nearest(lane, row.startMs + row.elapsedMs / 2),
    );
  }

  openPicked() {
    if (this.picked !== null) this.open(this.lanes[this.picked.lane].jobs[this.picked.at]);
  }

  listen() {
    const keys = {
      ArrowLeft: () => this.step(0, -1),
      ArrowRight: () => this.step(0, 1),
      ArrowUp: () => this.step(-1, 0),
      ArrowDown: () => this.step(1, 0),
      '+': () => this.zoom(0.5),
      '=': () => this.zoom(0.5),
      '-': () => this.zoom(2),
      0: () => this.show(this.start, this.end),
      Enter: () => this.openPicked(),
    };
    const time = (event) =>
      this.view[0] + (event.offsetX / this.canvas.clientWidth) * (this.view[1] - this.view[0]);
    const pickAt = (event) => {
      const lane = Math.floor(event.offsetY / this.laneHeight);
      if (lane >= 0 && lane < this.lanes.length) this.pick(lane, this.nearest(lane, time(event)));
    };
    let from = null;
    this.canvas.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    this.canvas.addEventListener('pointerdown', (event) => {
      from = { x: event.offsetX, time: time(event) };
    });
    this.canvas.addEventListener('pointermove', (event) => {
      if (event.buttons === 0) pickAt(event);
    });
    this.canvas.addEventListener('pointerup', (event) => {
      if (from === null) return;
      if (Math.abs(event.offsetX - from.x) > 5)
        this.show(Math.min(from.time, time(event)), Math.max(from.time, time(event)));
      else {
        pickAt(event);
        this.openPicked();
      }
      from = null;
    });
    this.canvas.addEventListener('dblclick', () => this.show(this.start, this.end));
  }
}

/* Shows the timeline of a run; null: it has none. */
function makeTimeline(data, run, open) {
  const lanes = lanesOf(data, run);
  byId('lanes').replaceChildren();
  byId('threads-zoom').replaceChildren();
  byId('threads-picked').replaceChildren();
  if (lanes.length === 0 || overlaps(data, lanes)) {
    byId('threads-says').textContent =
      lanes.length === 0
        ? 'No thread had an image.'
        : 'The rows come from several runs, but do not name them: there is no timeline.';
    return null;
  }
  const timeline = new Timeline(data, lanes, open);
  byId('threads-says').textContent = timelineSentence(data, lanes, timeline.start, timeline.end);
  return timeline;
}

/* The timeline of one run at a time; of several runs, first the first one that has a timeline. */
function showTimeline(data, run, open) {
  if (data.jobs.length === 0) return null;
  const first = data.rows[data.jobs[0]].run;
  const shown = { timeline: null };
  byId('threads').hidden = false;
  shown.timeline = makeTimeline(data, first, open);
  if (run.runs?.length > 1) {
    const choice = el(
      'select',
      {
        'aria-label': 'Run',
        onchange: () => {
          shown.timeline?.release();
          shown.timeline = makeTimeline(data, Number(choice.value), open);
        },
      },
      run.runs.map((one, i) =>
        el(
          'option',
          { value: i, selected: i === first },
          `run ${i + 1}: ${one.startedAt ? instant(one.startedAt) : 'started at an unknown time'}` +
            (one.plan?.shard != null ? `, shard ${one.plan.shard}` : ''),
        ),
      ),
    );
    byId('threads-zoom').before(choice);
  }
  return { draw: () => shown.timeline?.draw() };
}
