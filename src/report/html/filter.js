/*
 * The list's filter: the state, its controls, and the rows that pass, in order. `state`: {status,
 * code, message, range: {column, low, high, label}, group: {kind, name}, text}, each null for any.
 */

const NO_FILTER = {
  status: null,
  code: null,
  message: null,
  range: null,
  group: null,
  text: '',
};

/* The text of a row that the search looks at: made on first use, because it doubles the memory. */
function haystacks(rows) {
  return rows.map((row) =>
    [row.originalPath, row.outputPath, row.errorCode, ...saysOf(row)]
      .filter((text) => text != null)
      .join('\n')
      .toLowerCase(),
  );
}

class Filter {
  constructor(data, changed) {
    this.data = data;
    this.changed = changed;
    this.state = { ...NO_FILTER };
    this.texts = null;
    this.build();
  }

  build() {
    const counts = STATUSES.map((_, s) =>
      this.data.status.reduce((n, status) => n + (status === s), 0),
    );
    const codes = [
      ...new Set(this.data.rows.map((row) => row.errorCode).filter((code) => code != null)),
    ].sort();
    this.search = el('input', {
      type: 'search',
      id: 'search',
      placeholder: 'Search names and messages',
      'aria-label': 'Search names and messages',
      autocomplete: 'off',
      spellcheck: 'false',
      oninput: () => this.set({ ...this.state, text: this.search.value }),
    });
    this.buttons = [null, ...STATUSES.filter((_, s) => counts[s] > 0)].map((status) =>
      el(
        'button',
        {
          type: 'button',
          class: 'chip',
          'data-status': status ?? 'all',
          onclick: () =>
            this.set({ ...this.state, status, code: status === 'error' ? this.state.code : null }),
        },
        status === null ? 'all' : [statusMark(status), STATUS_LABELS[status]],
        ' ',
        el(
          'span',
          { class: 'dim' },
          number.format(status === null ? this.data.rows.length : counts[STATUSES.indexOf(status)]),
        ),
      ),
    );
    this.code = el(
      'select',
      {
        'aria-label': 'Error code',
        id: 'code',
        onchange: () =>
          this.set({
            ...this.state,
            code: this.code.value || null,
            status: this.code.value ? 'error' : this.state.status,
          }),
      },
      el('option', { value: '' }, 'any error'),
      codes.map((code) => el('option', { value: code }, code)),
    );
    this.extra = el('span', { class: 'extra' });
    byId('filters').append(
      this.search,
      el('div', { class: 'buttons', role: 'group', 'aria-label': 'Status' }, this.buttons),
      codes.length > 1 ? this.code : '',
      this.extra,
    );
    byId('filters').addEventListener('submit', (event) => event.preventDefault());
    this.show();
  }

  /* Makes the controls show the state. A filter without a control can only be removed. */
  show() {
    const { state } = this;
    const extra = [
      state.range && state.range.label,
      state.message && `\u201C${state.message}\u201D`,
      state.group && (GROUPINGS[state.group.kind].label?.(state.group.name) ?? state.group.name),
    ].filter((label) => label !== null);
    for (const button of this.buttons)
      button.setAttribute(
        'aria-pressed',
        String((state.status ?? 'all') === button.dataset.status),
      );
    this.code.value = state.code ?? '';
    if (this.search.value !== state.text) this.search.value = state.text;
    this.extra.replaceChildren(
      ...extra.map((label) =>
        el(
          'button',
          {
            type: 'button',
            class: 'chip',
            'aria-pressed': 'true',
            title: 'Remove this filter',
            onclick: () => this.set({ ...state, range: null, message: null, group: null }),
          },
          el('bdi', null, shown(label)),
          ' \u2715',
        ),
      ),
    );
  }

  set(state) {
    this.state = { ...NO_FILTER, ...state };
    this.show();
    this.changed();
  }

  get active() {
    return Object.values(this.state).some((value) => value !== null && value !== '');
  }

  /* The indices of the rows that pass. */
  passing() {
    const { rows, status: statuses } = this.data;
    const { status, code, message, range, group, text } = this.state;
    const words = text
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '');
    const wanted = status === null ? -1 : STATUSES.indexOf(status);
    const column = range && this.data[range.column];
    const found = [];
    if (words.length > 0) this.texts ??= haystacks(rows);
    for (let i = 0; i < rows.length; i++) {
      if (wanted >= 0 && statuses[i] !== wanted) continue;
      if (code !== null && rows[i].errorCode !== code) continue;
      if (range && !(column[i] >= range.low && column[i] < range.high)) continue;
      if (group !== null && !GROUPINGS[group.kind].has(rows[i], group.name)) continue;
      if (message !== null && !saysOf(rows[i]).includes(message)) continue;
      if (!words.every((word) => this.texts[i].includes(word))) continue;
      found.push(i);
    }
    return found;
  }
}
