/* Sends a picture to /process-image of the service that this page is from, and shows what came. */

const find = (id) => document.getElementById(id);
const addresses = new Map(); /* of the picture that each figure shows */

/* The parameters that say something. */
function parameters(form) {
  return new URLSearchParams([...new FormData(form)].filter(([, value]) => value !== ''));
}

function show(id, blob, words) {
  const figure = find(id);
  const [image, note] = ['img', '.note'].map((name) => figure.querySelector(name));
  URL.revokeObjectURL(addresses.get(id));
  addresses.set(id, URL.createObjectURL(blob));
  image.onload = image.onerror = ({ type }) => {
    image.hidden = type === 'error';
    note.hidden = type !== 'error';
  };
  image.hidden = false;
  image.src = addresses.get(id);
  figure.querySelector('figcaption span').textContent = words;
  figure.hidden = false;
}

function describe(format, width, height, bytes) {
  return `${format}, ${width} × ${height} px, ${bytes.toLocaleString('en')} bytes`;
}

function showRow(row) {
  const pairs = Object.entries(row).filter(([, value]) => value !== null && String(value) !== '');
  find('row').replaceChildren(
    ...pairs.map(([name, value]) => {
      const [both, term, detail] = ['div', 'dt', 'dd'].map((tag) => document.createElement(tag));
      term.textContent = name;
      detail.textContent = Array.isArray(value) ? value.join('; ') : String(value);
      both.className = detail.textContent.length > 20 ? 'long' : '';
      both.append(term, detail);
      return both;
    }),
  );
}

function complain(words) {
  find('trouble').textContent = words;
  find('trouble').hidden = words === '';
}

/* A word of a POSIX shell, whatever it holds. */
function quote(word) {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

async function process(file, query) {
  const target = query.size > 0 ? `/process-image?${query}` : '/process-image';
  const answer = await fetch(target, { method: 'POST', body: file });
  if (!answer.ok) {
    const said = await answer.json();
    throw new Error(`${said.errorCode}: ${said.error}`);
  }
  const row = JSON.parse(answer.headers.get('Imgloom-Result'));
  const made = await answer.blob();
  show('before', file, describe(row.originalFormat, row.originalWidth, row.originalHeight, file.size));
  show('after', made, describe(row.format, row.width, row.height, made.size));
  showRow(row);
  const address = location.origin + target;
  find('save').href = addresses.get('after');
  find('save').download = `${file.name.replace(/\.[^.]*$/, '')}.${row.format}`;
  find('address').textContent = address;
  find('command').textContent =
    `curl --data-binary @${quote(file.name)} ${quote(address)} -o output.${row.format}`;
  find('result').hidden = false;
  find('says').textContent = `Done in ${row.elapsedMs.toFixed(1)} ms`;
}

async function go() {
  const [file] = find('picture').files;
  if (file === undefined) return;
  complain('');
  find('says').textContent = 'Working …';
  try {
    await process(file, parameters(find('recipe')));
  } catch (error) {
    find('says').textContent = '';
    complain(error.message);
  }
}

find('recipe').addEventListener('submit', (event) => {
  event.preventDefault();
  go();
});
find('picture').addEventListener('change', go);
/* What a button shows is the start of its name, as those who speak to the page need it. */
function name(button, word) {
  button.textContent = word;
  button.setAttribute('aria-label', `${word} the ${button.dataset.copies}`);
}
for (const button of document.querySelectorAll('[data-copies]'))
  button.addEventListener('click', () =>
    navigator.clipboard.writeText(find(button.dataset.copies).textContent).then(
      () => {
        name(button, 'Copied');
        setTimeout(() => name(button, 'Copy'), 2000);
      },
      (error) => complain(`cannot copy: ${error.message}`),
    ),
  );

/* A picture may be dropped anywhere. */
for (const type of ['dragenter', 'dragover', 'dragleave', 'drop'])
  document.addEventListener(type, (event) => {
    event.preventDefault();
    find('drop').classList.toggle('over', type === 'dragenter' || type === 'dragover');
    if (type !== 'drop' || event.dataTransfer.files.length === 0) return;
    find('picture').files = event.dataTransfer.files;
    go();
  });
