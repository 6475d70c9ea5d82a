// The client against the real program: node --test, with IMGLOOM and TESTDATA in the environment.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync,
  writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { processImages } from './examples/process-images.mjs';
import { ImgloomError, run } from './imgloom.js';

const { IMGLOOM: program, TESTDATA: testdata } = process.env;
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'imgloom-client-'));
  mkdirSync(join(folder, 'in'));
  for (const name of ['a', 'b', 'c']) {
    copyFileSync(join(testdata, 'photos/scene-1.jpg'), join(folder, `in/${name}.jpg`));
  }
  writeFileSync(join(folder, 'in/bad.jpg'), 'no picture');
});
after(() => rmSync(folder, { recursive: true, force: true }));

async function rowsOf(job) {
  const rows = [];
  for await (const row of job) {
    rows.push(row);
  }
  return rows;
}

test('rows, header and summary of a folder', async () => {
  const job = run({ inputs: 'in', output: 'out', recipe: { width: 60, height: 60, fit: 'inside' },
    jobs: 1, cwd: folder });
  assert.equal(job.summary, null);
  const rows = await rowsOf(job);
  assert.equal(rows.length, 4);
  const ok = rows.filter(({ success }) => success);
  assert.deepEqual(ok.map(({ width, height }) => [width, height]), [[60, 40], [60, 40], [60, 40]]);
  assert.ok(ok.every(({ outputPath }) => existsSync(join(folder, outputPath))));
  const [bad] = rows.filter(({ success }) => !success);
  assert.equal(bad.originalPath, 'in/bad.jpg');
  assert.equal(typeof bad.errorCode, 'string');
  assert.equal(job.summary.ok, 3);
  assert.equal(job.summary.failed, 1);
  assert.equal(job.header.recipe.width, 60);
  assert.equal('type' in rows[0], false);
});

test('the results of processImages, in the order of its paths', async () => {
  const paths = ['a', 'nope', 'bad', 'b', '../in/a'].map((name) => `${folder}/in/${name}.jpg`);
  const options = { width: 50, height: 50, fit: 'contain', rotation: 90, grayscale: true,
    outputDir: join(folder, 'articles'), concurrency: 2 };
  const results = await processImages(paths, options);
  assert.deepEqual(results.map(({ originalPath }) => originalPath), paths);
  assert.deepEqual(results.map(({ success }) => success), [true, false, false, true, true]);
  for (const result of results) {
    assert.deepEqual(Object.keys(result),
      ['originalPath', 'outputPath', 'processedSize', 'success', 'error']);
    assert.equal(result.error === null, result.success);
  }
  assert.equal(readFileSync(results[0].outputPath).length, results[0].processedSize);
});

test('names that are not UTF-8', async () => {
  const name = Buffer.concat([Buffer.from(`${folder}/in/`), Buffer.of(0xff, 0xe4), Buffer.from('.jpg')]);
  copyFileSync(join(folder, 'in/a.jpg'), name);
  const [row] = await rowsOf(run({ inputs: [name], output: join(folder, 'bytes') }));
  rmSync(name);
  assert.equal(row.success, true);
  assert.deepEqual(Buffer.from(row.originalPathBase64, 'base64'), name);
});

test('what ends the run as a whole', async () => {
  const expect = async (options, exitCode, message) =>
    assert.rejects(rowsOf(run({ inputs: join(folder, 'in'), output: join(folder, 'x'), ...options })),
      (error) => error instanceof ImgloomError && error.exitCode === exitCode &&
        message.test(error.message));
  await expect({ recipe: { fit: 'squeeze' } }, 2, /called wrongly: .*squeeze/);
  await expect({ args: ['--no-such'] }, 2, /no-such/);
  mkdirSync(join(folder, 'empty'));
  await expect({ inputs: join(folder, 'empty') }, 3, /no image/);
  await expect({ output: join(folder, 'in/a.jpg/x') }, 4, /cannot/);
  await expect({ recipe: { widht: 5 } }, 2, /called wrongly: the recipe: .*widht/);
  await expect({ program: '/nowhere/imgloom' }, null, /cannot start \/nowhere\/imgloom: there is no such program/);
  await expect({ program: 'no-such-imgloom' }, null, /PATH/);
  await expect({ cwd: '/nowhere' }, null, /there is no folder \/nowhere/);
  await expect({ concurency: 2 }, null, /unknown option concurency/);
  await expect({ inputs: [] }, null, /inputs is empty/);
  await expect({ inputs: ['a\0b'] }, null, /NUL/);
  const job = run({ inputs: join(folder, 'in/a.jpg'), output: join(folder, 'x') });
  await rowsOf(job);
  await assert.rejects(rowsOf(job), ImgloomError);
});

test('an aborted run finishes what is at work and throws the reason', async () => {
  const inputs = Array.from({ length: 300 }, (_, i) => join(folder, `many/${i}.jpg`));
  mkdirSync(join(folder, 'many'));
  inputs.forEach((path) => copyFileSync(join(folder, 'in/a.jpg'), path));
  const controller = new AbortController();
  const statuses = {};
  const reason = new Error('enough');
  await assert.rejects(async () => {
    for await (const row of run({ inputs, output: join(folder, 'cut'), jobs: 1,
      signal: controller.signal })) {
      controller.abort(reason);
      const key = row.errorCode ?? row.status;
      statuses[key] = (statuses[key] ?? 0) + 1;
    }
  }, reason);
  assert.ok(statuses.ok > 0 && statuses.ok + (statuses.cancelled ?? 0) === 300, JSON.stringify(statuses));
  assert.equal(readdirSync(join(folder, 'cut'), { recursive: true })
    .filter((name) => name.endsWith('.jpg')).length, statuses.ok);
  await assert.rejects(rowsOf(run({ inputs, signal: AbortSignal.abort(reason) })), reason);
});

test('a loop that is left ends the run', async () => {
  const inputs = readdirSync(join(folder, 'many')).map((name) => join(folder, 'many', name));
  for await (const row of run({ inputs, output: join(folder, 'left'), jobs: 1 })) {
    assert.equal(row.success, true);
    break;
  }
  assert.equal(readdirSync(join(folder, 'left'), { recursive: true })
    .some((name) => name.includes('.imgloom')), false);
});

test('the types know the fields of a row', () => {
  const types = readFileSync(new URL('imgloom.d.ts', import.meta.url), 'utf8');
  const { $defs } = JSON.parse(execFileSync(program, ['report', '--schema'], { encoding: 'utf8' }));
  const row = types.slice(types.indexOf('interface Row'), types.indexOf('interface Summary'));
  const missing = Object.keys($defs.row.properties)
    .filter((name) => name !== 'run' && !new RegExp(`\\b${name}\\??:`).test(row)); // of merged reports
  assert.deepEqual(missing, []);
});
