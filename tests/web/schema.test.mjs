/* Real reports of every kind against the JSON Schema that the program prints. */
import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import Ajv2020 from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const { IMGLOOM: imgloom, TESTDATA: testdata } = process.env;
const schema = JSON.parse(execFileSync(imgloom, ['report', '--schema'], { encoding: 'utf8' }));
const seen = { status: new Set(), errorCode: new Set(), errorStage: new Set(), fields: new Set() };
let folder;

/* The schema lets fields be added; these reports may have none that it does not tell. */
function close(schema) {
  const closed = structuredClone(schema);
  const { $defs } = closed;
  $defs.otherLine = false;
  for (const name of ['document', 'runLine', 'imageLine', 'summaryLine', 'mergedRun'])
    $defs[name].unevaluatedProperties = false;
  for (const place of [$defs.document.properties.results.items, $defs.document.properties.summary])
    Object.assign(place, { type: 'object', unevaluatedProperties: false });
  $defs.mergedRun.properties.summary.oneOf[1].unevaluatedProperties = false;
  for (const name of ['tool', 'recipe', 'machine', 'attempt', 'mergedPlan']) $defs[name].additionalProperties = false;
  $defs.mergedPlan.properties.parts.items.additionalProperties = false;
  $defs.recipe.properties.sizes.items.additionalProperties = false;
  return closed;
}

function compile(schema) {
  const ajv = new Ajv2020({ allErrors: true, strict: true });
  addFormats(ajv);
  return ajv.compile(schema);
}

const validate = compile(close(schema));

function check(value, what) {
  assert.ok(validate(value), `${what}: ${JSON.stringify(validate.errors?.slice(-4))} in ${JSON.stringify(value).slice(0, 400)}`);
  const rows = value.results ?? (value.type === 'image' ? [value] : []);
  for (const row of rows) {
    for (const name of ['status', 'errorCode', 'errorStage']) seen[name].add(row[name]);
    for (const name of Object.keys(row)) seen.fields.add(name);
  }
}

/*
 * Runs in a folder of its own with both kinds of report, checks them, and answers the document. The
 * shell may do something first; where it goes to `below`, bytes, the reports are there.
 */
function run(name, words, { status = 0, prepare = () => {}, shell = '', below = Buffer.from('.') } = {}) {
  const cwd = join(folder, name);
  mkdirSync(cwd);
  prepare(cwd);
  const all = ['run', ...words, '-Q', '--report', 'r.json', '--report', 'r.ndjson'];
  const result = spawnSync('sh', ['-c', `${shell} exec "$@"`, 'sh', imgloom, ...all],
    { cwd, encoding: 'utf8' });
  assert.equal(result.status, status, `${name}: ${result.stderr}`);
  const at = (file) => Buffer.concat([Buffer.from(`${cwd}/`), below, Buffer.from(`/${file}`)]);
  const report = JSON.parse(readFileSync(at('r.json'), 'utf8'));
  check(report, name);
  const lines = readFileSync(at('r.ndjson'), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line));
  for (const line of lines) check(line, `${name}, NDJSON`);
  assert.deepEqual(lines.map((line) => line.type),
    ['run', ...report.results.map(() => 'image'), ...(report.removed ?? []).map(() => 'removed'),
      ...report.ignored.map(() => 'ignored'), 'summary']);
  return report;
}

const photo = (cwd, name = 'a.jpg') => copyFileSync(join(testdata, 'photos/scene-1.jpg'), join(cwd, name));
const text = (cwd, name) => writeFileSync(join(cwd, name), 'no picture');
const codes = (report) => report.results.map((row) => row.errorCode).sort();

before(() => { folder = mkdtempSync(join(tmpdir(), 'imgloom-schema-')); });
after(() => rmSync(folder, { recursive: true, force: true }));

test('what is written', () => {
  run('sizes', ['a.jpg', '--size', '90x,x30,10%', '--name', '{stem}-{width}-{height}.{ext}', '-o', 'out', '-p'], { prepare: photo });
  run('recipe', ['a.jpg', '--width', '80', '--rotate', '7.3', '--flip', '--grayscale=luminance', '--background', '#102030', '-f', 'webp',
    '-q', '70', '--effort', '2', '--max-bytes', '20K', '--metadata', 'all', '--icc', 'keep'], { prepare: photo });
  run('progressive', ['a.jpg', '--progressive', '--chroma', '444', '--no-upscale', '--inside', '900x900', '--kernel', 'mitchell'], { prepare: photo });
  run('isolated', ['a.jpg', '--isolate', 'all', '--width', '50', '--durable'], { prepare: photo });
  run('thread', ['a.jpg', '--isolate', 'never', '--width', '50', '--lane', 'vips', '--timeout', '0'], { prepare: photo });
  run('formats', [testdata, '-o', 'out', '--width', '20', '--max-depth', '2'], { status: 1 });
  run('discard', ['a.jpg', '--discard'], { prepare: photo });
});

test('the preview in a raw file', () => {
  const report = run('raw', ['in', '-o', 'out', '--width', '40', '--raw', 'preview'], {
    prepare: (cwd) => {
      const jpeg = readFileSync(join(testdata, 'photos/scene-1.jpg')), head = Buffer.alloc(148);
      head.write('FUJIFILMCCD-RAW ');
      head.writeUInt32BE(head.length, 84);
      head.writeUInt32BE(jpeg.length, 88);
      mkdirSync(join(cwd, 'in'));
      writeFileSync(join(cwd, 'in/a.raf'), Buffer.concat([head, jpeg]));
    },
  });
  assert.deepEqual(report.results.map((row) => [row.previewOf, row.originalFormat, row.format]), [['raf', 'jpeg', 'jpeg']]);
  assert.deepEqual(run('ignored raw', ['../raw/in', '-o', 'out', '--width', '40'], { status: 3 }).summary.ignoredByReason, { raw: 1 });
});

/* RFC 3339 with nine digits, by whole numbers. */
const instant = (ns) => {
  const rest = ((ns % 1000000000n) + 1000000000n) % 1000000000n;
  const seconds = new Date(Number((ns - rest) / 1000000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(rest).padStart(9, '0')}Z`;
};

test('files tell their times, and what they hold', () => {
  const report = run('traits', ['a.jpg', 'b.png', 'c.gif', '-o', 'out', '--width', '40', '-f', 'png'], {
    prepare: (cwd) => {
      photo(cwd);
      copyFileSync(join(testdata, 'formats/deep16.png'), join(cwd, 'b.png'));
      copyFileSync(join(testdata, 'formats/animated.gif'), join(cwd, 'c.gif'));
      execFileSync('touch', ['-d', '1965-03-04T05:06:07.000000009Z', join(cwd, 'a.jpg')]);
    },
  });
  const cwd = join(folder, 'traits');
  for (const row of report.results) {
    for (const [path, time] of [[row.originalPath, row.originalModified], [row.outputPath, row.processedModified]])
      assert.equal(time, instant(statSync(join(cwd, path), { bigint: true }).mtimeNs), path);
    assert.equal(row.savedBytes, row.originalSize - row.processedSize);
  }
  const of = (name) => report.results.find((row) => row.originalPath === name);
  assert.equal(of('a.jpg').originalModified, '1965-03-04T05:06:07.000000009Z');
  assert.deepEqual([of('a.jpg').originalBitDepth, of('a.jpg').hasAlpha], [8, false]);
  assert.deepEqual([of('b.png').originalBitDepth, of('b.png').bitDepth, of('b.png').frames], [16, 16, 1]);
  assert.deepEqual([of('c.gif').originalFrames, of('c.gif').frames], [3, 1]);
  assert.deepEqual(report.commandLine.slice(0, 3), ['imgloom', 'run', 'a.jpg']);
});

test('what is not', () => {
  run('dry', ['.', '-o', 'out', '-n'], { status: 1, prepare: (cwd) => { photo(cwd); text(cwd, 'b.png'); } });
  run('skipped', ['a.jpg', '--prefix', 'processed_', '--if-exists', 'skip'], { prepare: (cwd) => { photo(cwd); photo(cwd, 'processed_a.jpg'); } });
  run('nothing', ['.', '-o', 'out'], { status: 3 });
  const report = run('failures', ['.', 'fifo.jpg', '--files-from', 'list', '-o', 'out', '--quarantine', 'bad', '--max-pixels', '900000'], {
    status: 1,
    prepare: (cwd) => {
      photo(cwd);
      writeFileSync(join(cwd, 'list'), 'missing.jpg\n');
      text(cwd, 'text.jpg');
      text(cwd, 'empty.jpg');
      writeFileSync(join(cwd, 'empty.jpg'), '');
      writeFileSync(join(cwd, 'cut.jpg'), readFileSync(join(testdata, 'photos/scene-3.jpg')).subarray(0, 3000));
      execFileSync('mkfifo', [join(cwd, 'fifo.jpg')]);
    },
  });
  assert.deepEqual(codes(report), ['empty', 'not-a-file', 'not-found', 'too-large', 'truncated', 'unsupported']);
  const twins = (cwd) => { mkdirSync(join(cwd, 'x')); mkdirSync(join(cwd, 'y')); photo(cwd, 'x/a.jpg'); photo(cwd, 'y/a.jpg'); };
  run('collision', ['x', 'y', '-o', 'out', '--flatten'], { status: 1, prepare: twins });
  run('exists', ['x', '-o', 'y', '--if-exists', 'error'], { status: 1, prepare: twins });
  run('overwrite', ['x', '-o', 'x'], { status: 1, prepare: twins });
  run('unsafe', ['..jpg', '-o', 'y', '--name', '.{stem}/a.{ext}'], { status: 1, prepare: (cwd) => photo(cwd, '..jpg') });
  run('limit', ['x', '-o', 'y', '-q', '100'], { status: 1, prepare: twins, shell: 'ulimit -f 16;' });
  run('damage', ['cut.jpg', '-o', 'out', '--fail-on', 'none'], {
    prepare: (cwd) => writeFileSync(join(cwd, 'cut.jpg'), readFileSync(join(testdata, 'photos/scene-3.jpg')).subarray(0, 9000)),
  });
  const many = run('max-errors', ['.', '-o', 'out', '-j1', '--max-errors', '2'], {
    status: 1, prepare: (cwd) => { for (let i = 0; i < 40; i++) text(cwd, `${i}.jpg`); } });
  assert.equal(many.summary.tooManyErrors, true);
});

test('what a state knows', () => {
  const report = run('state', ['in', '-o', 'out', '--width', '9', '--state', 's.db', '--prune'], {
    prepare: (cwd) => { mkdirSync(join(cwd, 'in')); for (const name of ['in/a.jpg', 'in/b.jpg', 'in/c.jpg']) photo(cwd, name); },
    shell: '"$1" run in -o out --width 9 --state s.db -Q; rm in/b.jpg out/c.jpg;',
  });
  assert.deepEqual(report.results.map((row) => [row.originalPath, row.status, row.because]).sort(),
    [['in/a.jpg', 'skipped', undefined], ['in/c.jpg', 'ok', 'output']]);
  assert.deepEqual(report.removed, [{ originalPath: 'in/b.jpg', outputPath: 'out/b.jpg', reason: 'input is gone', pruned: true, kept: null }]);
  assert.equal(report.summary.state.pruned, 1);
});

test('names that are no UTF-8', () => {
  const below = Buffer.from([0x61, 0xFF]);
  const report = run('bytes', ['.', '-o', 'out', '--width', '9'], {
    below,
    shell: 'cd "$(printf "a\\377")" || exit;',
    prepare: (cwd) => {
      const inside = Buffer.concat([Buffer.from(`${cwd}/`), below]);
      mkdirSync(inside);
      copyFileSync(join(testdata, 'photos/gray.jpg'), Buffer.concat([inside, Buffer.from('/'), below, Buffer.from('.jpg')]));
    },
  });
  assert.equal(Buffer.from(report.results[0].originalPathBase64, 'base64').toString('latin1'), './a\xFF.jpg');
  assert.ok(report.workingDirectoryBase64);
});

/* Over many images, which `act` disturbs when some are done. */
async function disturb(name, act) {
  const cwd = join(folder, name);
  mkdirSync(cwd);
  photo(cwd, '0.jpg');
  for (let i = 1; i < 800; i++) linkSync(join(cwd, '0.jpg'), join(cwd, `${i}.jpg`));
  const child = spawn(imgloom, ['run', '.', '-o', 'out', '-j1', '-Q', '--report', 'r.json', '--report', 'r.ndjson'],
    { cwd, stdio: 'ignore' });
  const ended = new Promise((resolve) => { child.on('exit', resolve); });
  const file = join(cwd, 'r.ndjson');
  while (!existsSync(file) || readFileSync(file, 'utf8').split('\n').length < 5) await sleep(10);
  act(child);
  await ended;
  return cwd;
}

test('runs that were ended', async () => {
  let cwd = await disturb('interrupted', (child) => child.kill('SIGINT'));
  const report = JSON.parse(readFileSync(join(cwd, 'r.json'), 'utf8'));
  check(report, 'interrupted');
  assert.equal(report.summary.interrupted, true);
  cwd = await disturb('killed', (child) => child.kill('SIGKILL'));
  assert.equal(existsSync(join(cwd, 'r.json')), false);
  const lines = readFileSync(join(cwd, 'r.ndjson'), 'utf8').split('\n').slice(0, -1);
  for (const line of lines) check(JSON.parse(line), 'killed');
  assert.ok(lines.length > 3);
  execFileSync(imgloom, ['report', '--merge', 'killed/r.ndjson', 'interrupted/r.json', '-o', 'both.json'], { cwd: folder, stdio: 'pipe' });
  check(JSON.parse(readFileSync(join(folder, 'both.json'), 'utf8')), 'merged');
});

test('reports that were merged', () => {
  const merge = (...words) => execFileSync(imgloom, ['report', '--merge', ...words], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  check(JSON.parse(merge('dry/r.json')), 'converted');
  const file = 'merged.ndjson';
  merge('dry/r.json', 'sizes/r.ndjson', 'recipe/r.json', '-o', file);
  for (const line of readFileSync(join(folder, file), 'utf8').trimEnd().split('\n')) check(JSON.parse(line), file);
  check(JSON.parse(merge(file, 'failures/r.ndjson')), 'merged again');
});

test('the attempts at the shards of a plan, and what was merged of them', () => {
  const cwd = join(folder, 'shards');
  mkdirSync(join(cwd, 'in'), { recursive: true });
  for (let i = 10; i < 30; i++) photo(cwd, `in/${i}.jpg`);
  const call = (status, ...words) => {
    const done = spawnSync(imgloom, words, { cwd, encoding: 'utf8' });
    assert.equal(done.status, status, done.stderr);
    return done.stdout;
  };
  call(0, 'plan', 'in', '-o', 'out', '--width', '9', '--shards', '2', '--plan', 'run');
  const none = JSON.parse(call(1, 'report', '--plan', 'run', '--merge'));
  check(none, 'merged of nothing');
  assert.equal(none.summary.interrupted, true);
  for (const shard of ['0', '1', '0']) call(0, 'run', '--plan', 'run', '--shard', shard, '-Q');
  for (const name of readdirSync(join(cwd, 'run/reports')))
    for (const line of readFileSync(join(cwd, 'run/reports', name), 'utf8').trimEnd().split('\n'))
      check(JSON.parse(line), name);
  const all = JSON.parse(call(0, 'report', '--plan', 'run', '--merge'));
  check(all, 'merged of a plan');
  assert.deepEqual(all.results.map((row) => [row.seq, row.status]), all.results.map((_, i) => [i, 'ok']));
  assert.deepEqual(all.runs.map((one) => one.plan.shard), [0, 0, 1]);
  assert.deepEqual(all.plan.parts.map((part) => part.missing), [0, 0]);
});

test('the schema tells each kind of row, and no other', () => {
  const { properties } = schema.$defs.row;
  assert.deepEqual([...seen.status].sort(), [...properties.status.enum].sort());
  assert.deepEqual([...seen.fields].filter((name) => name !== 'type').sort(), Object.keys(properties).sort());
  for (const name of ['collision', 'cancelled', 'empty', 'exists', 'no-space', 'not-a-file', 'not-found', 'too-large', 'truncated',
    'unsafe-path', 'unsupported', 'would-overwrite-input'])
    assert.ok(seen.errorCode.has(name), name);
});

test('the schema refuses what is none', () => {
  const report = JSON.parse(readFileSync(join(folder, 'failures/r.json'), 'utf8'));
  const open = compile(schema);
  const failed = report.results.find((row) => row.status === 'error');
  const changed = (change) => { const copy = structuredClone(report); change(copy, copy.results.find((row) => row.seq === failed.seq)); return copy; };
  const wrong = {
    version: changed((copy) => { copy.schemaVersion = 2; }),
    summary: changed((copy) => { delete copy.summary; }),
    status: changed((copy, row) => { row.status = 'fine'; }),
    code: changed((copy, row) => { row.errorCode = null; }),
    kind: changed((copy, row) => { row.errorCode = 'bad'; }),
    success: changed((copy, row) => { row.success = true; }),
    missing: changed((copy, row) => { delete row.lane; }),
    size: changed((copy, row) => { row.originalSize = -1; }),
    started: changed((copy) => { copy.startedAt = 'yesterday'; }),
    counted: changed((copy) => { copy.summary.errorsByCode.bad = 1; }),
    type: { ...failed, type: 7 },
    row: failed,
  };
  assert.ok(open(report));
  for (const [name, value] of Object.entries(wrong)) assert.equal(open(value), false, name);
  const more = changed((copy, row) => { row.hue = 1; });
  assert.ok(open(more), 'fields may be added');
  assert.equal(validate(more), false);
  const other = { type: 'shard', index: 1 };
  assert.ok(open(other), 'kinds of lines may be added');
  assert.equal(validate(other), false);
});

test('the JSON of a benchmark has its own', () => {
  const own = JSON.parse(execFileSync(imgloom, ['bench', '--schema'], { encoding: 'utf8' }));
  const words = ['bench', join(testdata, 'photos'), '--size', '60x', '-j', '1,2', '--runs', '2', '--warmup', '0', '--json', '-'];
  const bench = JSON.parse(execFileSync(imgloom, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
  const open = compile(own);
  const close = structuredClone(own);
  /* Of what the benchmark itself says, nothing may be missing in the schema. */
  for (const part of [close, close.properties.inputs, close.properties.recommended, ...Object.values(close.$defs)])
    part.additionalProperties = false;
  const exact = compile(close);
  assert.ok(exact(bench), JSON.stringify(exact.errors));
  for (const change of [
    (copy) => { delete copy.machine; },
    (copy) => { copy.settings[0].isolate = 'some'; },
    (copy) => { delete copy.settings[0].speedUp.low; },
    (copy) => { copy.type = 'run'; },
    (copy) => { copy.settings[0].runs[0].images = -1; },
  ]) {
    const copy = structuredClone(bench);
    change(copy);
    assert.equal(open(copy), false, String(change));
  }
});

test('a plan and its lists have their own', () => {
  const cwd = join(folder, 'plan');
  mkdirSync(cwd);
  for (const name of ['a.jpg', 'b.jpg', 'b.jpeg', 'c.jpg']) photo(cwd, name);
  const name = Buffer.concat([Buffer.from(`${cwd}/d`), Buffer.from([0xff]), Buffer.from('.jpg')]);
  copyFileSync(join(cwd, 'a.jpg'), name);
  mkdirSync(join(cwd, 'out'));
  photo(join(cwd, 'out'), 'c.jpg');
  writeFileSync(join(cwd, 'list'), 'missing.jpg\n');
  const words = ['plan', '--plan', 'run', '--shards', '3', '-Q', '.', '--exclude', 'out', '-o', 'out', '--format', 'jpeg',
    '--if-exists', 'skip', '--fail-on', 'none', '--max-pixels', '1000000', '--allow-untrusted', '--lane', 'jpeg',
    '--jpeg-decoder', 'libjpeg', '--if-larger', 'skip'];
  execFileSync(imgloom, words, { cwd });
  execFileSync(imgloom, ['plan', '--plan', 'other', '-Q', '--files-from', 'list', '--width', '50'], { cwd });
  const own = JSON.parse(execFileSync(imgloom, ['plan', '--schema'], { encoding: 'utf8' }));
  const closed = structuredClone(own);
  for (const part of [...Object.values(closed.$defs), closed.$defs.plan.properties.tool, closed.$defs.plan.properties.judge])
    part.additionalProperties = false;
  const exact = compile(closed);
  const open = compile(own);
  const fields = new Set();
  const items = [];
  for (const run of ['run', 'other']) {
    const plan = JSON.parse(readFileSync(join(cwd, run, 'plan.json'), 'utf8'));
    assert.ok(exact(plan), JSON.stringify(exact.errors));
    for (const [index] of plan.shards.entries()) {
      const list = readFileSync(join(cwd, run, 'shards', `0000${index}.ndjson`), 'utf8');
      items.push(...list.split('\n').filter(Boolean).map((line) => JSON.parse(line)));
    }
    for (const change of [
      (copy) => { delete copy.id; },
      (copy) => { copy.schemaVersion = 2; },
      (copy) => { copy.shards = []; },
      (copy) => { copy.shards[0].sha256 = 'none'; },
      (copy) => { copy.judge.failOn = 'hope'; },
    ]) {
      const copy = structuredClone(plan);
      change(copy);
      assert.equal(open(copy), false, String(change));
    }
  }
  for (const item of items) {
    assert.ok(exact(item), `${JSON.stringify(exact.errors)} in ${JSON.stringify(item)}`);
    for (const field of Object.keys(item)) fields.add(field);
    for (const change of [
      (copy) => { delete copy.originalPath; },
      (copy) => { copy.item = -1; },
      (copy) => { copy.errorCode = 'hope'; },
      (copy) => { copy.error = 'no'; copy.skipReason = 'why'; },
    ]) {
      const copy = structuredClone(item);
      change(copy);
      assert.equal(open(copy), false, String(change));
    }
  }
  assert.deepEqual([...fields].sort(), Object.keys(own.$defs.item.properties).sort(), 'all fields are tried');
});
