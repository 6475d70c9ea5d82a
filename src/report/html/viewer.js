/* The dialog with one image: before and after side by side, and the fields of its row below. */

const FACTS = [
  ['Output', (row) => row.outputPath && pathElement(row.outputPath)],
  [
    'Error',
    (row) =>
      row.errorCode &&
      `${row.errorCode}${row.errorStage ? `, at the stage ${row.errorStage}` : ''}`,
  ],
  ['Orientation', (row) => row.orientation > 1 && `EXIF ${row.orientation}`],
  ['Cropped', (row) => row.cropped > 0 && `${(100 * row.cropped).toFixed(1)} % cut away`],
  ['Channels', (row) => row.channels],
  ['Quality', (row) => row.quality],
  ['Copied', (row) => row.copied && 'the original, because the picture made would be larger'],
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

/* One side: the picture, or why there is none, and its known facts. */
function side(title, name, url, words, absent) {
  const frame = el('div', { class: 'frame' });
  if (url === null) frame.append(el('p', { class: 'dim' }, absent));
  else
    frame.append(
      el('img', {
        src: url,
        alt: `${title}: ${shownString(name)}`,
        decoding: 'async',
        onerror: (event) => event.target.replaceWith(el('p', { class: 'dim' }, NOT_SHOWN)),
      }),
    );
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

/* Whether the row's outputPath has a file that this run, or an earlier one, wrote. */
function hasOutput(row) {
  return (
    row.status === 'ok' ||
    row.status === 'warning' ||
    (row.status === 'skipped' && row.outputPath != null)
  );
}

class Viewer {
  /* `around(index, step)` returns the row before or after this one in the table, or undefined. */
  constructor(data, links, around) {
    this.data = data;
    this.links = links;
    this.around = around;
    this.dialog = byId('viewer');
    this.dialog.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (step === undefined) return;
      event.preventDefault();
      this.step(step);
    });
    this.dialog.addEventListener('click', (event) => {
      if (event.target === this.dialog) this.dialog.close(); /* the backdrop */
    });
    this.dialog.addEventListener('close', () =>
      this.dialog.replaceChildren(),
    ); /* releases the pictures */
  }

  step(by) {
    const next = this.around(this.index, by);
    if (next !== undefined) this.show(next);
  }

  sides(row) {
    const saved = savedOf(row);
    return el(
      'div',
      { class: 'sides' },
      side(
        'Before',
        row.originalPath,
        this.links(row, 'originalPath'),
        [
          pictureOf(row.originalWidth, row.originalHeight, row.originalFormat),
          row.originalSize != null && bytes(row.originalSize),
        ],
        'Its location is unknown.',
      ),
      side(
        'After',
        row.outputPath ?? '',
        hasOutput(row) ? this.links(row, 'outputPath') : null,
        [
          pictureOf(row.width, row.height, row.format),
          row.processedSize != null && bytes(row.processedSize),
          saved !== null &&
            (saved >= 0 ? `${percent(saved)} smaller` : `${percent(-saved)} larger`),
        ],
        row.status === 'planned' ? 'Not written yet: a dry run.' : 'Nothing was written.',
      ),
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
      this.sides(row),
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
