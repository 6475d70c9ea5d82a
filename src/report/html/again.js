/* What to do about failures: their list, and the command that tries them again, to be copied. */

/* Copies a text. False: the browser does not let us. */
async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = el('textarea', { class: 'hidden-text', 'aria-hidden': 'true' });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}

/* The text to be copied by hand: of a file that was opened from a disk some browsers let nothing be copied. */
function showToCopy(text) {
  const area = el('textarea', { id: 'to-copy', readonly: '', rows: 4, 'aria-label': 'Text to copy' });
  area.value = text;
  byId('copied').replaceChildren('The browser does not let this page copy. Copy it from here:', area);
  area.select();
}

/* A button that copies what `make` returns: {text, said}, and says so. */
function copyButton(id, label, make) {
  const button = el(
    'button',
    {
      type: 'button',
      class: 'quiet',
      id,
      onclick: async () => {
        const { text, said } = make();
        if (await copyText(text)) byId('copied').textContent = said;
        else showToCopy(text);
      },
    },
    label,
  );
  return button;
}

/* A word as a POSIX shell takes it literally. */
function quoted(word) {
  return /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/* Whether the words hold what a line of a terminal cannot: bytes that are no text, or controls. */
function isPlain(text) {
  return !/[\u0000-\u001F\u007F\uFFFD]/.test(text);
}

const AGAIN_REPORT = 'again.ndjson';

/*
 * The words that try again what failed: those of the run, but that outputs which are there are kept,
 * and that the report of this run stays; a shard of a plan knows both by itself. null: they do not
 * tell, as where a list came by a pipe.
 */
function againWords(words, shard) {
  const dropped = ['--if-exists', '--report', '--ndjson', '--html'];
  const kept = [];
  for (let i = 0; i < words.length; i++) {
    if (words[i] === '--') return [...kept, ...extra(), ...words.slice(i)];
    if (words[i] === '-' || words[i] === '--files-from=-') return null;
    if (dropped.includes(words[i])) i++;
    else if (!dropped.some((option) => words[i].startsWith(`${option}=`))) kept.push(words[i]);
  }
  return [...kept, ...extra()];

  function extra() {
    return shard ? [] : ['--if-exists', 'skip', '--report', AGAIN_REPORT];
  }
}

/* The command as a line for a shell; null: there is none to tell, as of all shards of a plan. */
function againCommand(run) {
  const words = run.commandLine == null || run.plan?.parts ? null : againWords(run.commandLine, run.plan != null);
  if (words === null || run.workingDirectory == null) return null;
  if (![run.workingDirectory, ...words].every(isPlain)) return null;
  return `cd ${quoted(run.workingDirectory)} && ${words.map(quoted).join(' ')}`;
}

/* The inputs that failed, each once, as the run named them. */
function failedInputs(rows) {
  return [...new Set(rows.filter((row) => row.status === 'error').map((row) => row.originalPath))];
}

function showAgain(run, rows) {
  const command = againCommand(run);
  const failed = failedInputs(rows);
  if (failed.length === 0) return;
  const plain = failed.filter(isPlain);
  const left = failed.length - plain.length;
  byId('again').hidden = false;
  byId('again').append(
    copyButton('copy-failed', 'Copy the list of failed files', () => ({
      text: plain.map((path) => `${path}\n`).join(''),
      said:
        `Copied ${plural(plain.length, 'path', 'paths')}.` +
        (left > 0
          ? ` ${plural(left, 'name', 'names')} that a list of lines cannot hold: see imgloom report --failed -0.`
          : ''),
    })),
    command === null
      ? ''
      : copyButton('copy-command', 'Copy the command to try them again', () => ({
          text: command,
          said: `Copied: ${command}`,
        })),
    el('p', { class: 'says', id: 'copied', role: 'status' }),
  );
}
