/* The shards of a merged plan, and the attempts at each. */

const SHOWN_SHARDS = 200;

/* "20261120T091500.123Z-node-7-4711-0a1b2c3d": where the process ran; null: another kind of name. */
function placeOf(attempt) {
  const parts = /^\d{8}T\d{6}\.\d{3}Z-(.+)-(\d+)-[0-9a-f]{8}$/.exec(attempt ?? '');
  return parts === null ? null : `${parts[1]}, process ${parts[2]}`;
}

/* How an attempt ended. */
function endingOf(summary) {
  if (summary == null) return 'killed, or still going on';
  if (summary.interrupted) return 'stopped';
  return summary.tooManyErrors ? 'given up' : 'done';
}

/* The shards with what is missing in them, and their attempts by start. */
function shardsOf(data, run) {
  const shards = run.plan.parts.map((part, number) => ({ ...part, number, attempts: [] }));
  const attempts = run.runs.map((one) => ({ ...one, rows: 0 }));
  for (const row of data.rows) if (attempts[row.run]) attempts[row.run].rows++;
  for (const attempt of attempts) shards[attempt.plan?.shard]?.attempts.push(attempt);
  return shards;
}

/* First what needs a look: shards with something missing, then those with the most attempts. */
function compareShards(a, b) {
  return (
    Number(b.missing > 0) - Number(a.missing > 0) ||
    b.attempts.length - a.attempts.length ||
    a.number - b.number
  );
}

function shardsSentence(shards, attempts, duplicates) {
  const missing = shards.filter((shard) => shard.missing > 0);
  const items = missing.reduce((sum, shard) => sum + shard.missing, 0);
  return [
    plural(shards.length, 'shard', 'shards'),
    missing.length === 0
      ? 'nothing is missing'
      : `${plural(items, 'output is', 'outputs are')} missing in ${number.format(missing.length)}`,
    plural(attempts, 'attempt', 'attempts'),
    duplicates > 0 ? `${plural(duplicates, 'row', 'rows')} left out` : null,
  ]
    .filter((part) => part !== null)
    .join(', ');
}

const cell = (text, name = null) => el('td', { class: name }, text);

function attemptCells({ plan, startedAt, summary, rows }) {
  return [
    el(
      'td',
      { title: plan.attempt },
      el('bdi', null, shown([placeOf(plan.attempt) ?? plan.attempt, plan.job].filter(Boolean).join(', '))),
    ),
    cell(startedAt == null ? '' : instant(startedAt)),
    cell(summary == null ? '' : duration(summary.elapsedMs), 'number'),
    cell(endingOf(summary), summary != null && endingOf(summary) === 'done' ? null : 'failed'),
    cell(number.format(rows), 'number'),
  ];
}

/* The rows of one shard in the table: one for each attempt. */
function shardRows(shard) {
  const span = Math.max(shard.attempts.length, 1);
  const head = [
    el('th', { scope: 'rowgroup', rowspan: span }, number.format(shard.number)),
    el('td', { class: 'number', rowspan: span }, number.format(shard.items)),
    el(
      'td',
      { class: 'number failed', rowspan: span },
      shard.missing > 0 ? number.format(shard.missing) : '',
    ),
  ];
  if (shard.attempts.length === 0) return [el('tr', null, head, el('td', { colspan: 5 }, 'none'))];
  return shard.attempts.map((attempt, i) =>
    el('tr', null, i === 0 ? head : null, attemptCells(attempt)),
  );
}

/* Shows the section, if the report is one of a plan. */
function showShards(data, run, summary) {
  if (!run.plan?.parts || !run.runs) return;
  const shards = shardsOf(data, run).sort(compareShards);
  const rest = shards.length - SHOWN_SHARDS;
  byId('shards').hidden = false;
  byId('shards-says').textContent = shardsSentence(shards, run.runs.length, summary.duplicates);
  byId('shards-table').append(
    el(
      'table',
      null,
      el(
        'thead',
        null,
        el(
          'tr',
          null,
          ['Shard', 'Outputs', 'Missing', 'Attempt', 'Started', 'Time', 'Ended', 'Rows'].map(
            (title) =>
              el(
                'th',
                {
                  scope: 'col',
                  class: ['Outputs', 'Missing', 'Time', 'Rows'].includes(title) ? 'number' : null,
                },
                title,
              ),
          ),
        ),
      ),
      shards.slice(0, SHOWN_SHARDS).map((shard) => el('tbody', null, shardRows(shard))),
    ),
  );
  if (rest > 0)
    byId('shards').append(el('p', { class: 'says' }, `and ${plural(rest, 'other shard', 'other shards')}`));
}
