/*
 * What the page shows, in the fragment of its address: "#view=table&status=error&text=a%20b". So a
 * reload, a bookmark and a link show the same. Whatever stands there was typed by somebody: what is
 * not understood is left out.
 */

const RANGE_COLUMNS = ['time', 'saved'];

function readRange(text) {
  const [column, low, high] = (text ?? '').split(':');
  const bounds = [low, high].map((bound) => (bound === '' ? NaN : Number(bound)));
  if (!RANGE_COLUMNS.includes(column) || bounds.some(Number.isNaN)) return null;
  return { column, low: bounds[0], high: bounds[1], label: RANGE_LABELS[column](...bounds) };
}

function readGroup(text) {
  const cut = (text ?? '').indexOf(':');
  const kind = cut < 0 ? null : text.slice(0, cut);
  return Object.hasOwn(GROUPINGS, kind ?? '') ? { kind, name: text.slice(cut + 1) } : null;
}

/* {view, order, filter}: the view null if the address does not say it. */
function readAddress() {
  const words = new URLSearchParams(location.hash.slice(1));
  const [key, down] = (words.get('sort') ?? '').split(':');
  const known = SORTS.some((sort) => sort.key === key) || COLUMNS.some((one) => one.key === key);
  return {
    view: ['gallery', 'table'].find((view) => view === words.get('view')) ?? null,
    order: known ? { key, down: down === 'down' } : { key: null, down: false },
    filter: {
      status: STATUSES.find((status) => status === words.get('status')) ?? null,
      code: words.get('code') || null,
      message: words.get('message') || null,
      range: readRange(words.get('range')),
      group: readGroup(words.get('group')),
      text: words.get('text') ?? '',
    },
  };
}

/* Replaces the fragment: going back leads to what was before this page. */
function writeAddress(view, order, { status, code, message, range, group, text }) {
  const words = new URLSearchParams();
  const put = (name, value) => {
    if (value !== null && value !== '') words.set(name, value);
  };
  put('view', view);
  put('sort', order.key === null ? null : `${order.key}${order.down ? ':down' : ''}`);
  put('status', status);
  put('code', code);
  put('message', message);
  put('range', range && `${range.column}:${range.low}:${range.high}`);
  put('group', group && `${group.kind}:${group.name}`);
  put('text', text);
  try {
    history.replaceState(null, '', `#${words}`);
  } catch {
    /* a page inside another one, say: then the address stays */
  }
}
