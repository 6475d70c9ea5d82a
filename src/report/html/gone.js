/* What a state tells of a run: why outputs were made, and those whose input is gone. */

/* By a row's `because`; null: it was not made. */
const REASONS = {
  new: 'no earlier run made it',
  input: 'the input has changed',
  recipe: 'another recipe made it before',
  version: 'another version made it before',
  output: 'it was missing, or not what was written',
  failed: 'it failed before',
};

const SHOWN_GONE = 500;

function goneItem({ originalPath, outputPath, reason, pruned, kept }) {
  const fate = pruned ? 'removed' : kept == null ? 'still there' : `kept: ${kept}`;
  return el(
    'li',
    null,
    pathElement(outputPath),
    el('span', { class: 'dim' }, ' of '),
    pathElement(originalPath),
    el('span', { class: 'dim' }, ` \u2013 ${shown(`${reason}; ${fate}`)}`),
  );
}

function showGone(records) {
  const pruned = records.filter((record) => record.pruned === true).length;
  const rest = records.length - SHOWN_GONE;
  if (records.length === 0) return;
  byId('gone').hidden = false;
  byId('gone').append(
    el(
      'p',
      { class: 'says', id: 'gone-says' },
      `${plural(records.length, 'output of an earlier run has', 'outputs of earlier runs have')} ` +
        `no input any more; ${pruned > 0 ? number.format(pruned) : 'none'} of them ` +
        `${pruned > 1 ? 'were' : 'was'} removed.`,
    ),
    el('ul', { class: 'paths' }, records.slice(0, SHOWN_GONE).map(goneItem)),
    rest > 0 ? el('p', { class: 'dim' }, `and ${plural(rest, 'other', 'others')}`) : '',
  );
}
