/* What all our pages share: reading their records, and switching between light and dark. */

/* Takes the record out of the element `id`, and removes that; null: there is none. */
function readRecord(id) {
  const element = byId(id);
  if (element === null) return null;
  const record = JSON.parse(element.textContent);
  element.remove();
  return record;
}

/* Shows a problem above everything else. */
function say(text) {
  const trouble = byId('trouble');
  trouble.textContent = text;
  trouble.hidden = false;
}

const THEMES = ['auto', 'light', 'dark'];

/* Stores the choice, if the browser lets a file store anything. */
function keptTheme() {
  try {
    const kept = localStorage.getItem('imgloom-theme');
    return THEMES.includes(kept) ? kept : 'auto';
  } catch {
    return 'auto';
  }
}

function keepTheme(theme) {
  try {
    localStorage.setItem('imgloom-theme', theme);
  } catch {
    /* then the choice lasts for this visit */
  }
}

/* Sets up the button; `changed` is called after the colours have changed. */
function setUpTheme(changed) {
  const button = byId('theme');
  let theme = keptTheme();
  const apply = () => {
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
    button.hidden = false;
  };
  button.addEventListener('click', () => {
    theme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    keepTheme(theme);
    apply();
    changed();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', changed);
  apply();
}

/* A custom property of the style, as a colour for drawing. */
function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/* One headline figure: its name, its value, and a note. */
function figure(label, value, note, attributes) {
  return el(
    'div',
    { class: 'figure', ...attributes },
    el('dt', null, label),
    el('dd', { class: 'value' }, value),
    note ? el('dd', { class: 'note' }, note) : null,
  );
}

/* One of a recipe's sizes: "800 \u00D7 600", "800 wide", "50 %". */
function sizeWord({ width, height, percent: part }) {
  if (part != null) return withUnit(part, 0, '%');
  if (width != null && height != null) return `${width}${NARROW}\u00D7${NARROW}${height}`;
  return width != null ? `${width} wide` : height != null ? `${height} high` : 'original size';
}

/* The recipe with its sizes as one entry, in the usual notation. */
function recipeWords({ width, height, percent: part, sizes, ...rest }) {
  const several = Array.isArray(sizes) ? sizes : [{ width, height, percent: part }];
  return { size: several.map(sizeWord), ...rest };
}

/* How a run was started and on what, as entries for a list of facts. */
function circumstances(run) {
  const { processor, cpus, memoryBytes, system, release } = run.machine ?? {};
  return {
    threads: run.jobs == null ? null : `-j ${run.jobs}`,
    processor,
    cpus,
    memory: memoryBytes > 0 ? bytes(memoryBytes) : null,
    system: [system, release].filter((word) => word != null).join(' ') || null,
  };
}

/* The recipe, the tools and `more`: {title: entries}, without empty entries. */
function showTools(tools, recipe, more = {}) {
  const { name, version, ...libraries } = tools ?? {};
  const word = (value) =>
    Array.isArray(value) && value.every((part) => typeof part === 'string')
      ? value.join(', ')
      : typeof value === 'boolean'
        ? value
          ? 'yes'
          : 'no'
        : typeof value === 'object'
          ? JSON.stringify(value)
          : String(value);
  /* "autoOrient" -> "auto orient" */
  const label = (key) => key.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  const entries = (object) =>
    Object.entries(object).filter(([, value]) => value != null);
  const list = (title, object) =>
    el(
      'div',
      null,
      el('h3', null, title),
      el(
        'dl',
        { class: 'facts' },
        entries(object).map(([key, value]) =>
          el('div', null, el('dt', null, label(key)), el('dd', null, word(value))),
        ),
      ),
    );
  byId('how').hidden = false;
  byId('settings').append(
    list('Recipe', recipe?.recipe ? recipe : recipeWords(recipe ?? {})),
    list('Tools', { [name]: version, ...libraries }),
    ...Object.entries(more).map(([title, entries]) => list(title, entries)),
  );
}
