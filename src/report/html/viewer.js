/* The dialog with one image: before and after side by side, and the fields of its row below. */

/* "16, then 8": of the input, and of the output if it differs. */
function changed(before, after, show) {
  if (before == null && after == null) return null;
  if (before == null || after == null || before === after) return show(before ?? after);
  return `${show(before)} \u2192 ${show(after)}`;
}

const FACTS = [
  ['Output', (row) => row.outputPath && pathElement(row.outputPath)],
  [
    'Error',
    (row) =>
      row.errorCode &&
      `${row.errorCode}${row.errorStage ? `, at the stage ${row.errorStage}` : ''}`,
  ],
  ['Made because', (row) => REASONS[row.because] ?? row.because],
  ['Orientation', (row) => row.orientation > 1 && `EXIF ${row.orientation}`],
  ['Cropped', (row) => row.cropped > 0 && `${(100 * row.cropped).toFixed(1)} % cut away`],
  ['Channels', (row) => row.channels],
  ['Quality', (row) => row.quality],
  ['Copied', (row) => row.copied && 'the original, because the picture made would be larger'],
  ['Alpha', (row) => changed(row.originalHasAlpha, row.hasAlpha, (yes) => (yes ? 'yes' : 'no'))],
  ['Bits a sample', (row) => changed(row.originalBitDepth, row.bitDepth, String)],
  [
    'Frames',
    (row) =>
      (row.originalFrames > 1 || row.frames > 1) &&
      changed(row.originalFrames, row.frames, number.format),
  ],
  [
    'Resolution',
    (row) =>
      changed(row.originalDpi, row.dpi, (dpi) =>
        withUnit(dpi, Number.isInteger(dpi) ? 0 : 1, 'dpi'),
      ),
  ],
  ['Input changed', (row) => row.originalModified && instant(row.originalModified)],
  ['Output written', (row) => row.processedModified && instant(row.processedModified)],
  ['Lane', (row) => row.lane],
  ['Decoder', (row) => row.decoder],
  ['Thread', (row) => row.worker],
  ['Started at', (row) => row.startMs != null && duration(row.startMs)],
  ['Waited', (row) => row.queueMs != null && duration(row.queueMs)],
  ['Took', (row) => row.elapsedMs != null && duration(row.elapsedMs)],
  ['Number', (row) => row.seq],
];

/*
 * Fields of a row that are shown above, or elsewhere on the page. Any other field is shown by name,
 * whatever program wrote it.
 */
const PLACED = new Set([
  'seq',
  'originalPath',
  'originalPathBase64',
  'outputPath',
  'outputPathBase64',
  'success',
  'status',
  'error',
  'errorCode',
  'errorStage',
  'skipReason',
  'warnings',
  'originalSize',
  'processedSize',
  'savedBytes',
  'originalModified',
  'processedModified',
  'originalHasAlpha',
  'originalBitDepth',
  'originalFrames',
  'originalDpi',
  'hasAlpha',
  'bitDepth',
  'frames',
  'dpi',
  'originalFormat',
  'originalWidth',
  'originalHeight',
  'orientation',
  'format',
  'width',
  'height',
  'channels',
  'quality',
  'cropped',
  'copied',
  'lane',
  'decoder',
  'worker',
  'startMs',
  'queueMs',
  'elapsedMs',
  'because',
  'run',
]);
const WORDS_MAX = 200; /* characters of a value that is shown by its field's name */

function othersOf(row) {
  return Object.entries(row)
    .filter(([name, value]) => !PLACED.has(name) && value !== null)
    .map(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return [
        shown(name),
        shown(text.length > WORDS_MAX ? `${text.slice(0, WORDS_MAX)}\u2026` : text),
      ];
    });
}

const NOT_SHOWN =
  'The browser cannot show this file: it has moved, or its format is one ' +
  'that browsers do not read.';

/* One side: a frame with the picture, or with why there is none, and its known facts. */
function side(title, frame, url, words) {
  return el(
    'figure',
    { class: title.toLowerCase() },
    frame,
    el(
      'figcaption',
      null,
      el('b', null, title),
      ' ',
      words.filter((word) => word).join(', '),
      ' ',
      url === null
        ? null
        : el('a', { href: url, target: '_blank', rel: 'noreferrer' }, 'open file'),
    ),
  );
}

/* A frame without anything to compare. */
function loneFrame(url, label, absent) {
  const frame = el('div', { class: 'frame' });
  if (url === null) frame.append(el('p', { class: 'dim' }, absent));
  else
    frame.append(
      el('img', {
        src: url,
        alt: label,
        decoding: 'async',
        onerror: (event) => event.target.replaceWith(el('p', { class: 'dim' }, NOT_SHOWN)),
      }),
    );
  return frame;
}

/* Whether the row's outputPath has a file that this run, or an earlier one, wrote. */
function hasOutput(row) {
  return (
    row.status === 'ok' ||
    row.status === 'warning' ||
    (row.status === 'skipped' && row.outputPath != null)
  );
}

class Viewer {
  /*
   * `around(index, step)` returns the row before or after this one in the list, or undefined;
   * `recipeOf(row)` the recipe of its run.
   */
  constructor(data, links, recipeOf, around) {
    this.data = data;
    this.links = links;
    this.recipeOf = recipeOf;
    this.around = around;
    this.wanted = { slider: false, loupe: false }; /* kept from image to image */
    this.dialog = byId('viewer');
    this.dialog.addEventListener('keydown', (event) => {
      if (event.target.matches('input')) return;
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.step(step);
    });
    this.dialog.addEventListener('click', (event) => {
      if (event.target === this.dialog) this.dialog.close(); /* the backdrop */
    });
    this.dialog.addEventListener('close', () => this.release());
  }

  release() {
    this.compare?.release();
    this.compare = null;
    this.dialog.replaceChildren(); /* and the pictures */
  }

  step(by) {
    const next = this.around(this.index, by);
    if (next !== undefined) this.show(next);
  }

  sides(row) {
    const saved = savedOf(row);
    const before = this.links(row, 'originalPath');
    const after = hasOutput(row) ? this.links(row, 'outputPath') : null;
    const labels = [
      `Before: ${shownString(row.originalPath)}`,
      `After: ${shownString(row.outputPath ?? '')}`,
    ];
    const absent =
      row.status === 'planned' ? 'Not written yet: a dry run.' : 'Nothing was written.';
    let frames = null;

    this.compare?.release();
    this.compare = null;
    if (before !== null && after !== null) {
      const fit = fitOf(this.recipeOf(row), row);
      this.compare = new Compare(
        { url: before, label: labels[0] },
        { url: after, label: labels[1] },
        fit,
      );
      frames = this.compare.frames;
    } else {
      frames = [
        loneFrame(before, labels[0], 'Its location is unknown.'),
        loneFrame(after, labels[1], absent),
      ];
    }
    const sides = el(
      'div',
      { class: 'sides' },
      side('Before', frames[0], before, [
        pictureOf(row.originalWidth, row.originalHeight, row.originalFormat),
        row.originalSize != null && bytes(row.originalSize),
      ]),
      side('After', frames[1], after, [
        pictureOf(row.width, row.height, row.format),
        row.processedSize != null && bytes(row.processedSize),
        saved !== null && (saved >= 0 ? `${percent(saved)} smaller` : `${percent(-saved)} larger`),
      ]),
    );
    return [this.compare === null ? '' : this.modes(sides), sides];
  }

  /* The buttons that choose how pictures are compared. */
  modes(sides) {
    const { compare, wanted } = this;
    const button = (key, text, title, able) => {
      const made = el(
        'button',
        {
          type: 'button',
          class: 'chip',
          id: `compare-${key}`,
          title,
          disabled: !able,
          onclick: () => {
            wanted[key] = !wanted[key];
            apply();
          },
        },
        text,
      );
      return { key, able, made };
    };
    const buttons = [
      button(
        'slider',
        'Slider',
        compare.fit === null
          ? 'The picture was turned, or cut elsewhere than in its middle: see it side by side'
          : 'One picture over the other',
        compare.fit !== null,
      ),
      button('loupe', 'Loupe 100 %', 'One px of the output is one px of the screen', true),
    ];
    const apply = () => {
      const chosen = Object.fromEntries(buttons.map(({ key, able }) => [key, able && wanted[key]]));
      for (const { key, made } of buttons) made.setAttribute('aria-pressed', String(chosen[key]));
      sides.classList.toggle('one', chosen.slider);
      sides.classList.toggle('near', chosen.loupe);
      compare.set(chosen);
    };
    compare.failed = () => {
      for (const { made } of buttons) made.disabled = true;
      if (compare.slider) {
        wanted.slider = false;
        apply();
      }
    };
    queueMicrotask(apply);
    return el(
      'div',
      { class: 'buttons modes', role: 'group', 'aria-label': 'Comparing' },
      buttons.map(({ made }) => made),
    );
  }

  show(index) {
    const row = this.data.rows[index];
    const says = saysOf(row).filter((text) => text != null);
    const facts = FACTS.map(([label, get]) => [label, get(row)])
      .filter(([, value]) => value !== null && value !== undefined && value !== false)
      .concat(othersOf(row));
    const button = (label, text, by) =>
      el(
        'button',
        {
          type: 'button',
          class: 'quiet',
          'aria-label': label,
          id: `viewer-${by < 0 ? 'previous' : 'next'}`,
          disabled: this.around(index, by) === undefined,
          onclick: () => this.step(by),
        },
        text,
      );
    const focused = document.activeElement?.id;

    this.index = index;
    this.dialog.replaceChildren(
      el(
        'div',
        { class: 'heading' },
        el(
          'h2',
          { id: 'viewer-title' },
          statusMark(row.status),
          el('span', { class: 'hidden-text' }, `${row.status}: `),
          pathElement(row.originalPath),
        ),
        el(
          'div',
          { class: 'buttons' },
          button('Previous image', '\u2190', -1),
          button('Next image', '\u2192', 1),
          el(
            'button',
            {
              type: 'button',
              class: 'quiet',
              id: 'viewer-close',
              autofocus: true,
              onclick: () => this.dialog.close(),
            },
            'Close',
          ),
        ),
      ),
      says.length > 0
        ? el(
            'ul',
            { class: `sayings ${row.status}` },
            says.map((text) => el('li', null, el('bdi', null, shown(text)))),
          )
        : '',
      ...this.sides(row),
      el(
        'dl',
        { class: 'facts' },
        facts.map(([label, value]) =>
          el(
            'div',
            { class: label === 'Output' ? 'long' : null },
            el('dt', null, label),
            el('dd', null, value),
          ),
        ),
      ),
    );
    if (!this.dialog.open) this.dialog.showModal();
    else (byId(focused) && !byId(focused).disabled ? byId(focused) : byId('viewer-close')).focus();
  }
}
