/* Text and numbers for people, and the few calls that make elements. */

const number = new Intl.NumberFormat('en');
const oneDecimal = new Intl.NumberFormat('en', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const NARROW = '\u202F'; /* between a number and its unit: narrow and non-breaking */

function withUnit(value, digits, unit) {
  return (
    value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits }) +
    NARROW +
    unit
  );
}

/* 41231 -> "41.2 kB": powers of 1000, as on the terminal. */
function bytes(count) {
  if (count < 1000) return withUnit(count, 0, 'B');
  const units = ['kB', 'MB', 'GB', 'TB', 'PB'];
  let value = count / 1000,
    unit = 0;
  while (value >= 999.95 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return withUnit(value, 1, units[unit]);
}

function duration(ms) {
  if (ms < 9.995) return withUnit(ms, 2, 'ms');
  if (ms < 99.95) return withUnit(ms, 1, 'ms');
  if (ms < 999.5) return withUnit(ms, 0, 'ms');
  if (ms < 59995) return withUnit(ms / 1000, 2, 's');
  const seconds = Math.round(ms / 1000);
  const parts = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  return parts
    .filter(([n], i) => n > 0 || (i === 1 && seconds >= 3600))
    .slice(0, 2)
    .map(([n, unit]) => n + NARROW + unit)
    .join(' ');
}

/* A round duration on a scale: "0.1 ms", "5 s". */
function durationTick(ms) {
  return ms < 1000 ? number.format(ms) + NARROW + 'ms' : number.format(ms / 1000) + NARROW + 's';
}

/* A part of ten or more (1000 %) gets no decimals. */
function percent(part, digits = 1) {
  return withUnit(part * 100, Math.abs(part) < 10 ? digits : 0, '%').replace('-', '\u2212');
}

/* A share for people: never "0.0 %" of something, nor "100.0 %" of less than all. */
function share(part, whole) {
  if (whole === 0 || part === 0) return percent(0, 0);
  if (part === whole) return percent(1, 0);
  const value = part / whole;
  if (value < 0.001) return '<' + NARROW + percent(0.001);
  if (value > 0.999) return '>' + NARROW + percent(0.999);
  return percent(value);
}

function plural(count, one, many) {
  return number.format(count) + ' ' + (count === 1 ? one : many);
}

/* "2026-11-20T12:25:03.498Z" -> "2026-11-20 12:25:03 UTC" */
function instant(text) {
  return text.replace('T', ' ').replace(/\.\d+/, '').replace('Z', ' UTC');
}

/*
 * el('p', {class: 'a', onclick: f}, 'text', otherElement): functions become listeners, true sets an
 * attribute, false omits it, null children are skipped, and lists are flattened. Text is never
 * markup.
 */
function make(namespace, tag, attributes, children) {
  const element = document.createElementNS(namespace, tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, '');
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null));
  return element;
}

function el(tag, attributes, ...children) {
  return make('http://www.w3.org/1999/xhtml', tag, attributes, children);
}

function svg(tag, attributes, ...children) {
  return make('http://www.w3.org/2000/svg', tag, attributes, children);
}

function byId(id) {
  return document.getElementById(id);
}

/*
 * Characters of a name that could change the text around it or be invisible: control characters,
 * line separators, the overriding and isolating bidi controls, and invisible spaces.
 */
const UNSEEN = /[\u0000-\u001F\u007F-\u009F\u061C\u200B\u2028-\u202E\u2060-\u2069\uFEFF]/;

/* The pieces of `text` for el(): each invisible character becomes a mark that names it. */
function shown(text) {
  if (!UNSEEN.test(text)) return [text];
  return text
    .split(new RegExp(`(${UNSEEN.source})`))
    .filter((piece) => piece !== '')
    .map((piece) =>
      piece.length === 1 && UNSEEN.test(piece)
        ? el(
            'span',
            { class: 'unseen' },
            'U+' + piece.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0'),
          )
        : piece,
    );
}

/*
 * A path: its folder dimmed, its name plain. It runs from left to right, and neither part changes
 * the direction of the other or of the text around it.
 */
function pathElement(path) {
  const cut = path.replace(/\/+$/, '').lastIndexOf('/') + 1;
  return el(
    'bdi',
    { class: 'path', dir: 'ltr' },
    cut > 0 ? el('span', { class: 'folder' }, shown(path.slice(0, cut))) : null,
    el('span', { class: 'name' }, shown(path.slice(cut))),
  );
}

/* The same as a string, for titles and labels, which cannot hold elements. */
function shownString(text) {
  return (
    '\u2068' +
    text.replace(
      new RegExp(UNSEEN, 'g'),
      (c) => `[U+${c.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}]`,
    ) +
    '\u2069'
  );
}
