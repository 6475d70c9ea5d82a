/* The view of the list as a gallery: a tile for each output, with its picture or with why there is none. */

/* Formats that browsers show. */
const SHOWN_FORMATS = new Set(['jpeg', 'png', 'webp', 'gif', 'avif', 'svg', 'bmp']);

/* "40.2 kB, -98 %, 600 x 800", with the parts that are known: the last one is cut first. */
function outputWords(row) {
  const saved = Math.round(100 * (savedOf(row) ?? 0)) / 100;
  return [
    row.processedSize != null && bytes(row.processedSize),
    saved !== 0 && (saved > 0 ? `\u2212${percent(saved, 0)}` : `+${percent(-saved, 0)}`),
    pictureOf(row.width, row.height, null),
  ]
    .filter((word) => word)
    .join(' \u00B7 ');
}

class Gallery {
  /* `small(row)`: the URLs of pictures of the output, the best first. */
  constructor(listing, small) {
    this.listing = listing;
    this.data = listing.data;
    this.small = small;
    this.headHeight = 0;
    this.above = el('div', { class: 'space', role: 'presentation' });
    this.below = el('div', { class: 'space', role: 'presentation' });
    this.tiles = el('div', { class: 'tiles', role: 'presentation' });
    this.element = el(
      'div',
      {
        id: 'gallery',
        role: 'listbox',
        tabindex: '0',
        'aria-labelledby': 'images-title',
        'aria-describedby': 'images-says',
      },
      this.above,
      this.tiles,
      this.below,
    );
  }

  /* As the style lays them out. */
  get perLine() {
    const columns = getComputedStyle(this.tiles).gridTemplateColumns.split(' ').length;
    return this.tiles.isConnected ? Math.max(1, columns) : 1;
  }

  get lineHeight() {
    const { gridAutoRows, rowGap } = getComputedStyle(this.tiles);
    return (parseFloat(gridAutoRows) || 200) + (parseFloat(rowGap) || 0);
  }

  count(rows) {
    this.rows = rows;
  }

  render(first, last, above, below) {
    const tiles = [];
    for (let at = first; at < last; at++) tiles.push(this.tile(at));
    this.above.style.height = `${above}px`;
    this.below.style.height = `${below}px`;
    this.tiles.replaceChildren(...this.kept(tiles));
  }

  /* Tiles that are there already stay, so that pictures are not loaded again. */
  kept(tiles) {
    const old = new Map([...this.tiles.children].map((tile) => [tile.dataset.key, tile]));
    return tiles.map((tile) => {
      const there = old.get(tile.dataset.key);
      if (there === undefined) return tile;
      there.setAttribute('aria-selected', tile.getAttribute('aria-selected'));
      return there;
    });
  }

  tile(at) {
    const index = this.listing.shown[at];
    const row = this.data.rows[index];
    const name = row.originalPath;
    const below = row.status === 'error' ? row.errorCode : outputWords(row);
    return el(
      'div',
      {
        id: `row-${at}`,
        class: `tile ${row.status}`,
        role: 'option',
        'data-at': at,
        'data-key': `${at}/${index}/${this.rows}`,
        'aria-selected': String(at === this.listing.active),
        'aria-posinset': at + 1,
        'aria-setsize': this.rows,
        title: `${shownString(name)}\n${below}`, // what a narrow tile cuts off
      },
      this.picture(row),
      el(
        'div',
        { class: 'caption' },
        el(
          'div',
          { class: 'tile-name' },
          statusMark(row.status),
          el('span', { class: 'hidden-text' }, `${row.status}: `),
          el('bdi', { class: 'path', dir: 'ltr' }, shown(name.slice(name.lastIndexOf('/') + 1))),
        ),
        el('div', { class: 'dim' }, below),
      ),
    );
  }

  /* The picture, or the sentences of the row in its place. */
  picture(row) {
    const says = saysOf(row).filter((text) => text != null);
    const words = (texts) =>
      el(
        'div',
        { class: 'words' },
        texts.map((text) => el('p', null, el('bdi', null, shown(text)))),
      );
    const urls = hasOutput(row) ? this.small(row) : [];
    if (row.status === 'error') return el('div', { class: 'picture' }, words(says));
    if (urls.length === 0)
      return el(
        'div',
        { class: 'picture' },
        words(
          says.length > 0 ? says : [row.status === 'planned' ? 'A dry run.' : (row.format ?? '')],
        ),
      );
    return el(
      'div',
      { class: 'picture' },
      el('img', {
        src: urls[0],
        alt: '',
        loading: 'lazy',
        decoding: 'async',
        draggable: 'false',
        onerror: ({ target }) => {
          urls.shift();
          if (urls.length > 0) [target.src] = urls;
          else target.replaceWith(words([`The browser cannot show this ${row.format}.`]));
        },
      }),
      says.length > 0
        ? el('span', { class: 'badge', title: says.map(shownString).join('\n') }, '!')
        : null,
    );
  }
}

/* The pictures of a row in the gallery: a small one that was made for the page; the output. */
function makeSmall(page, links) {
  return (row) => {
    const urls = page.pictures == null ? [] : [`./${page.pictures}/${smallName(row)}`];
    const output = SHOWN_FORMATS.has(row.format) ? links(row, 'outputPath') : null;
    return output === null ? urls : [...urls, output];
  };
}

/* As the program names them. */
function smallName(row) {
  const text = String(row.seq).padStart(6, '0');
  return `${row.run == null ? '' : `${row.run}/`}${text.slice(0, -3)}/${text}.webp`;
}
