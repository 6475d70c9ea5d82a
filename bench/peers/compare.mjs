// Measures imgloom beside other programs; scripts/bench-peers sets up what this needs.
//
//   node compare.mjs [OPTIONS]        see --help, and docs/speed.md for how to read what it writes

import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { checkOutputs } from './check.mjs';
import { build, contenders, imgloom } from './contenders.mjs';
import { Data } from './data.mjs';
import { summarise, writeResults } from './results.mjs';
import { workloads } from './workloads.mjs';

const cache = path.join(build, '../peers');
const measure = path.join(build, 'bench/bench_measure');

const help = `usage: scripts/bench-peers [OPTIONS]

  --photos DIR       a folder with JPEG photographs, also below it (default: those of Debian's
                     wallpaper packages, downloaded once)
  --workloads A,B    ${workloads.map(({ name }) => name).join(', ')} (default: all)
  --peers A,B        ${contenders.slice(1).map(({ name }) => name).join(', ')} (default: all)
  --jobs N           images at once (default 2)
  --pairs N          rounds, after the checked one that does not count (default 5)
  --files N          photographs at most (default: all)
  --small N          pictures of the workload small (default 1300)
  --results DIR      where peers.json, peers.md and peers.svg go (default build/peers/results)
`;

class UsageError extends Error {}

function readCount(values, name) {
  if (!/^[1-9][0-9]{0,5}$/.test(values[name])) {
    throw new UsageError(`--${name} takes a number from 1 to 999999, not "${values[name]}"`);
  }
  return Number(values[name]);
}

function choose(all, text, option) {
  const names = text === undefined ? all.map(({ name }) => name) : text.split(',');
  const unknown = names.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new UsageError(`--${option}: "${unknown}" is none of ` +
      all.map(({ name }) => name).join(', '));
  }
  return all.filter(({ name }) => names.includes(name));
}

function readOptions() {
  let values;
  try {
    ({ values } = parseArgs({ options: {
      photos: { type: 'string', default: path.join(cache, 'photos/jpeg') },
      workloads: { type: 'string' },
      peers: { type: 'string' },
      jobs: { type: 'string', default: '2' },
      pairs: { type: 'string', default: '5' },
      files: { type: 'string', default: '999999' },
      small: { type: 'string', default: '1300' },
      results: { type: 'string', default: path.join(cache, 'results') },
      help: { type: 'boolean', default: false },
    } }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  return {
    help: values.help,
    photos: path.resolve(values.photos),
    results: path.resolve(values.results),
    workloads: choose(workloads, values.workloads, 'workloads'),
    contenders: [contenders[0], ...choose(contenders.slice(1), values.peers, 'peers')],
    jobs: readCount(values, 'jobs'),
    pairs: readCount(values, 'pairs'),
    files: readCount(values, 'files'),
    small: readCount(values, 'small'),
  };
}

// ---- the machine ------------------------------------------------------------------------------

const firstLine = (program, words) => {
  const { stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  return `${stdout ?? ''}${stderr ?? ''}`.split('\n')[0].trim();
};

function machine() {
  const [cpu] = os.cpus();
  return {
    processor: cpu?.model ?? 'unknown', cpus: os.availableParallelism(), memoryBytes: os.totalmem(),
    system: `${os.type()} ${os.release()}`, load: os.loadavg()[0],
  };
}

function versions() {
  const own = execFileSync(imgloom, ['--version'], { encoding: 'utf8' }).trim().split('\n');
  return {
    imgloom: own.join(', '),
    commit: firstLine('git', ['-C', path.dirname(import.meta.filename ?? process.argv[1]),
      'describe', '--always', '--dirty']),
    sharp: `sharp ${sharp.versions.sharp} (libvips ${sharp.versions.vips}, mozjpeg ` +
      `${sharp.versions.mozjpeg ?? 'none'}), node ${process.versions.node}`,
    vips: `vipsthumbnail of ${firstLine('vipsthumbnail', ['--vips-version'])}`,
    magick: firstLine('mogrify', ['-version']).replace(/^Version: | http.*$/g, ''),
    gm: firstLine('gm', ['version']).replace(/ http.*$/, ''),
  };
}

// ---- running ----------------------------------------------------------------------------------

/** Runs a command, measured; answers its figures. Throws with what it said when it fails. */
function runMeasured(command, work, options = []) {
  const figures = path.join(work, 'figures.json');
  const log = path.join(work, 'log');
  const file = openSync(log, 'w');
  const { status, signal, error } = spawnSync(measure, [...options, figures, ...command.argv], {
    env: { ...process.env, LC_ALL: 'C.UTF-8', ...command.env }, stdio: ['ignore', file, file],
    cwd: command.cwd,
  });
  closeSync(file);
  if (error || status !== 0) {
    throw new Error(`${command.argv.slice(0, 10).join(' ')}: ${error?.message ??
      `status ${status ?? signal}`}\n${readFileSync(log, 'utf8').slice(-2000)}`);
  }
  const taken = JSON.parse(readFileSync(figures, 'utf8'));
  return { ...taken, cpuMs: taken.userMs + taken.sysMs };
}

function say(text) {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
}

/** The contenders that can do a workload, with their commands. */
function enter(workload, set, options, work) {
  const list = path.join(work, 'list');
  writeFileSync(list, set.files.map((file) => `${file}\n`).join(''));
  writeFileSync(`${list}0`, set.files.map((file) => `${file}\0`).join(''));
  return options.contenders.map((contender) => {
    const folder = path.join(work, contender.name);
    const command = contender.command({ recipe: workload.recipe, jobs: options.jobs, ...set, list,
      list0: `${list}0`, out: folder });
    return { contender, folder, command, rounds: [] };
  }).filter(({ command }) => command !== null);
}

function runOnce(entry, work, options) {
  rmSync(entry.folder, { recursive: true, force: true });
  mkdirSync(entry.folder);
  return runMeasured(entry.command, work, options);
}

/** The command without this machine's folders and without the files. */
function shownCommand(entry, set, work) {
  const names = new Set(set.files.map((file) => path.basename(file)));
  const shown = entry.command.argv.filter((word) => !names.has(path.basename(word)))
    .map((word) => word.replaceAll(entry.folder, 'OUT').replaceAll(set.dir, 'DIR')
      .replaceAll(`${work}/`, '').replace(/^\{.*"order":"(.*)"\}$/, 'RECIPE-$1')
      .replace(/^.*\/(?=(sharp_peer\.mjs|bench_limit|imgloom)$)/, ''));
  const env = Object.entries(entry.command.env ?? {}).map(([name, value]) => `${name}=${value}`);
  return [...env, ...shown].join(' ');
}

/** The round that is checked and does not count. Answers the entries that passed. */
async function check(workload, entries, files, work) {
  for (const entry of entries) {
    say(`${workload.name}: checking ${entry.contender.name}`);
    try {
      runOnce(entry, work);
    } catch (error) {
      entry.problem = error.message;
    }
  }
  say(`${workload.name}: comparing pictures`);
  await checkOutputs(entries.filter(({ problem }) => !problem), files, workload.recipe);
  for (const { contender, problem } of entries.filter((entry) => entry.problem)) {
    if (contender.name === 'imgloom') {
      throw new Error(problem);
    }
    say(`${workload.name}: ${contender.name} is left out: ${problem}\n`);
  }
  return entries.filter(({ problem }) => !problem);
}

/**
 * Gives each round the memory of another run of the same command, since sampling what processes
 * share would take time of those whose time counts.
 */
function measureMemory(workload, entries, pairs, work) {
  for (let round = 0; round < pairs; round++) {
    for (const entry of entries) {
      say(`${workload.name}: memory ${round + 1}/${pairs}, ${entry.contender.name}`);
      entry.rounds[round].memoryBytes = runOnce(entry, work, ['--memory']).peakSharesBytes;
      rmSync(entry.folder, { recursive: true });
    }
  }
}

/** One workload: the checked round, then the rounds that count. */
async function runWorkload(workload, data, options, work) {
  const set = data.set(workload.data);
  const all = enter(workload, set, options, work);
  const entries = await check(workload, all, set.files, work);
  for (let round = 0; round < options.pairs; round++) {
    for (const entry of round % 2 === 0 ? entries : entries.toReversed()) {
      say(`${workload.name}: round ${round + 1}/${options.pairs}, ${entry.contender.name}`);
      entry.rounds.push(runOnce(entry, work));
      rmSync(entry.folder, { recursive: true });
    }
  }
  measureMemory(workload, entries, options.pairs, work);
  return {
    name: workload.name, title: workload.title, recipe: workload.recipe,
    data: { files: set.files.length, bytes: set.bytes, pixels: set.pixels, sha256: set.sha256 },
    contenders: entries.map((entry) => ({
      name: entry.contender.name, title: entry.contender.title,
      command: shownCommand(entry, set, work), ...entry.check, rounds: entry.rounds,
    })),
    leftOut: all.filter(({ problem }) => problem).map(({ contender, problem }) =>
      ({ name: contender.name, title: contender.title, problem: problem.split('\n')[0] })),
  };
}

async function main() {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  sharp.cache(false);
  const results = {
    schemaVersion: 1, type: 'peers', startedAt: new Date().toISOString(), machine: machine(),
    versions: versions(), jobs: options.jobs, pairs: options.pairs,
    command: ['scripts/bench-peers', ...process.argv.slice(2)].join(' '), workloads: [],
  };
  const data = new Data(options.photos, path.join(cache, 'data'), options);
  const work = mkdtempSync(path.join(os.tmpdir(), 'bench-peers-'));
  for (const name of ['SIGINT', 'SIGTERM']) {
    process.on(name, () => {
      rmSync(work, { recursive: true, force: true });
      process.exit(130);
    });
  }
  try {
    for (const workload of options.workloads) {
      results.workloads.push(summarise(await runWorkload(workload, data, options, work)));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  results.finishedAt = new Date().toISOString();
  say('');
  writeResults(results, options.results);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`\nbench-peers: ${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
