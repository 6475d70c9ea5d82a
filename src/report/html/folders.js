/*
 * All folders as a tree: what each of them, with those below it, came to. The rows of folders below
 * one are made when it is opened. A folder that holds nothing but one other folder is skipped.
 */

/* {group, own: whether images lie in it, inside: Map of names to nodes}: its group counts all below. */
function newNode(name) {
  return { group: newGroup(name), own: false, inside: new Map() };
}

function folderTree(groups) {
  const root = newNode('');
  for (const group of groups) {
    let node = root;
    const steps = group.name.startsWith('/')
      ? [
          '/',
          ...group.name
            .slice(1)
            .split('/')
            .filter((step) => step !== ''),
        ]
      : group.name.split('/');
    let path = '';
    for (const step of steps) {
      path = path === '' || path === '/' ? path + step : `${path}/${step}`;
      if (!node.inside.has(step)) node.inside.set(step, newNode(path));
      node = node.inside.get(step);
      addGroup(node.group, group);
    }
    node.own = true;
  }
  return root;
}

/* The nodes to show below one, by name; those that only lead on are skipped. */
function nodesBelow(node) {
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  return [...node.inside.values()]
    .map((below) => {
      while (!below.own && below.inside.size === 1) below = [...below.inside.values()][0];
      return below;
    })
    .sort((a, b) => compare(a.group.name, b.group.name));
}

/* Makes the row of a node; `above` is the path of what it stands below, `depth` its indentation. */
function folderRow(node, above, depth, choose) {
  const { name } = node.group;
  const short =
    above !== '' && name.startsWith(above) ? name.slice(above.length).replace(/^\//, '') : name;
  const inner = nodesBelow(node);
  let rows = [];
  const opener = el('button', {
    type: 'button',
    class: 'opener',
    'aria-label': `Folders in ${shownString(name)}`,
    'aria-expanded': 'false',
    disabled: inner.length === 0,
    onclick: () => open(rows.length === 0),
  });
  const line = tallyRow(
    'folder',
    node.group,
    el('bdi', { class: 'path', dir: 'ltr' }, shown(short)),
    choose,
    opener,
  );
  const open = (yes) => {
    for (const below of rows) below.close();
    rows = yes ? inner.map((below) => folderRow(below, name, depth + 1, choose)) : [];
    line.after(...rows.map((below) => below.element));
    opener.setAttribute('aria-expanded', String(yes));
  };
  const close = () => {
    for (const below of rows) below.close();
    rows = [];
    line.remove();
  };
  line.firstChild.style.paddingLeft = `${depth * 1.25}rem`;
  return { element: line, open, close };
}

function showFolders(data, choose) {
  const groups = tally(data, GROUPINGS.folder.of);
  if (groups.length < 2) return;
  const lines = nodesBelow(folderTree(groups)).map((node) => folderRow(node, '', 0, choose));
  byId('tallies').append(
    tallySection(
      'folder',
      'Folder',
      lines.map((line) => line.element),
    ),
  );
  /* A single root says little. */
  if (lines.length === 1) lines[0].open(true);
}
