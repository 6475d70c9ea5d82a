// Measures `imgloom serve` beside other services; bench/serve/compare.sh sets up what this needs.
//
//   node compare.mjs [OPTIONS]        see --help

import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import sharp from 'sharp';
import { Data } from '../peers/data.mjs';
import { cpuOf, memoryOf } from './processes.mjs';
import { summarise, writeResults } from './results.mjs';
import { isThere, services, start, stop } from './services.mjs';
import { targetOf, workloads } from './workloads.mjs';

const here = import.meta.dirname;
const build = path.join(here, '../../build');
const OWN = ['all', 'auto'];
const WARM_SECONDS = 1;

const namesOf = (list) => list.map(({ name }) => name).join(', ');

const help = `usage: bench/serve/compare.sh [OPTIONS]

  --workloads A,B    ${namesOf(workloads)} (default: all)
  --peers A,B        ${namesOf(services.filter(({ name }) => !OWN.includes(name)))} (default: all)
  --rounds N         (default 5)
  --seconds N        of a run (default 3)
  --jobs N           pictures at once (default 2)
  --connections N    (default 16)
  --photos DIR       a folder with JPEG photographs (default: those of Debian's wallpaper packages)
  --results DIR      where serve.json and serve.md go (default build/serve/results); with bench/results
                     the tables of docs/speed.md are written, too
`;

class UsageError extends Error {}

function choose(all, text) {
  const names = text === undefined ? all.map(({ name }) => name) : text.split(',');
  const unknown = names.find((name) => !all.some((one) => one.name === name));
  if (unknown !== undefined) {
    throw new UsageError(`"${unknown}" is none of ${namesOf(all)}`);
  }
  return all.filter(({ name }) => names.includes(name));
}

function readOptions() {
  const numbers = { rounds: 5, seconds: 3, jobs: 2, connections: 16 };
  const texts = { photos: path.join(build, 'peers/photos/jpeg'),
    results: path.join(build, 'serve/results') };
  let values;
  try {
    ({ values } = parseArgs({ options: {
      ...Object.fromEntries([...Object.keys(numbers), ...Object.keys(texts), 'workloads', 'peers']
        .map((name) => [name, { type: 'string' }])),
      help: { type: 'boolean' },
    } }));
  } catch (error) {
    throw new UsageError(error.message);
  }
  const options = { help: values.help };
  for (const [name, fallback] of Object.entries(numbers)) {
    options[name] = Number(values[name] ?? fallback);
    if (!Number.isInteger(options[name]) || options[name] < 1) {
      throw new UsageError(`--${name} takes a number from 1 on, not "${values[name]}"`);
    }
  }
  for (const [name, fallback] of Object.entries(texts)) {
    options[name] = path.resolve(values[name] ?? fallback);
  }
  options.workloads = choose(workloads, values.workloads);
  options.services = [...services.filter(({ name }) => OWN.includes(name)),
    ...choose(services.filter(({ name }) => !OWN.includes(name)), values.peers)];
  return options;
}

function say(text) {
  process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${text}` : `${text}\n`);
}

// ---- one workload -----------------------------------------------------------------------------

/** The words for load.lua. */
function requestsOf(service, workload, set) {
  if (service.gets && set !== null) {
    return ['GET', ...set.files.map((file) => `/pictures/${path.basename(file)}`)];
  }
  return set === null ? ['GET', targetOf(workload)] : ['POST', targetOf(workload), ...set.files];
}

async function load(service, workload, set, seconds, connections) {
  const { stdout } = await promisify(execFile)('wrk', ['-t1', `-c${connections}`, `-d${seconds}s`,
    '--timeout', '60s', '-s', path.join(here, 'load.lua'), service.url, '--',
    ...requestsOf(service, workload, set)]);
  const figures = JSON.parse(stdout.split('\n').find((line) => line.startsWith('{')));
  if (figures.failed > 0 || figures.requests === 0) {
    throw new Error(`${service.name}, ${workload.name}: ${figures.failed} of ` +
      `${figures.requests} requests failed`);
  }
  return figures;
}

/** Each picture must have the size and the format asked for, within a pixel. */
async function check(service, workload, set) {
  if (set === null) {
    return;
  }
  const { width, height, format } = workload.query;
  for (const file of set.files) {
    const body = readFileSync(file);
    const answer = await (service.gets
      ? fetch(`${service.url}/pictures/${path.basename(file)}`)
      : fetch(service.url + targetOf(workload),
        { method: 'POST', body, headers: { 'Content-Type': 'image/jpeg' } }));
    const made = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
    const original = await sharp(body).metadata();
    const factor = Math.min(width / original.width, height / original.height);
    if (answer.status !== 200 || made.format !== format ||
        Math.abs(made.width - original.width * factor) > 1 ||
        Math.abs(made.height - original.height * factor) > 1) {
      throw new Error(`${service.name}, ${workload.name}: ${path.basename(file)} became ` +
        `${made.format} ${made.width}x${made.height}`);
    }
  }
}

async function runRound(service, workload, set, { seconds, connections }) {
  const before = cpuOf(service.process.pid);
  const figures = await load(service, workload, set, seconds, connections);
  return {
    cpuMs: (cpuOf(service.process.pid) - before) / figures.requests,
    requestsPerSecond: figures.requests / figures.seconds, medianMs: figures.medianMs,
    memoryBytes: memoryOf(service.process.pid),
  };
}

async function measure(running, workload, set, options) {
  for (const service of running) {
    await check(service, workload, set);
    await load(service, workload, set, WARM_SECONDS, options.connections);
  }
  for (let round = 0; round < options.rounds; round++) {
    for (const service of round % 2 === 0 ? running : running.toReversed()) {
      say(`${workload.name}: round ${round + 1}/${options.rounds}, ${service.name}`);
      service.rounds.push(await runRound(service, workload, set, options));
    }
  }
}

async function runWorkload(workload, data, options, work) {
  const set = workload.data === undefined ? null : data.set(workload.data);
  const running = [];
  try {
    for (const service of options.services) {
      say(`${workload.name}: starting ${service.name}`);
      const folder = path.join(work, `${workload.name}-${service.name}`);
      mkdirSync(folder);
      running.push(await start(service, { jobs: options.jobs, workload, set, work: folder }));
    }
    await measure(running.filter((service) => service !== null), workload, set, options);
  } finally {
    await Promise.all(running.map((service) => service && stop(service)));
  }
  return {
    ...workload, data: set && { files: set.files.length, bytes: set.bytes, pixels: set.pixels,
      sha256: set.sha256 },
    services: running.filter((service) => service !== null)
      .map(({ name, title, rounds }) => ({ name, title, rounds })),
  };
}

// ---- the whole --------------------------------------------------------------------------------

function versions() {
  const own = JSON.parse(readFileSync(path.join(here, 'package.json'), 'utf8')).dependencies;
  const program = process.env.IMGLOOM ?? path.join(build, 'release/imgloom');
  return [execFileSync(program, ['--version'], { encoding: 'utf8' }).split('\n')[0],
    ...Object.entries(own).map(([name, version]) => `${name} ${version}`),
    `node ${process.versions.node}`,
    spawnSync('nginx', ['-v'], { encoding: 'utf8' }).stderr?.trim().replace('nginx version: ', '')];
}

function machine() {
  return { processor: os.cpus()[0]?.model ?? 'unknown', cpus: os.availableParallelism(),
    memoryBytes: os.totalmem(), system: `${os.type()} ${os.release()}`, load: os.loadavg()[0] };
}

async function main() {
  const options = readOptions();
  if (options.help) {
    process.stdout.write(help);
    return;
  }
  options.services = options.services.filter(({ name }) => name !== 'nginx' || isThere('nginx'));
  const results = { schemaVersion: 1, type: 'serve', startedAt: new Date().toISOString(),
    machine: machine(), versions: versions(), jobs: options.jobs, rounds: options.rounds,
    seconds: options.seconds, connections: options.connections,
    command: ['bench/serve/compare.sh', ...process.argv.slice(2)].join(' '), workloads: [] };
  const data = new Data(options.photos, path.join(build, 'peers/data'), { files: 8, small: 8 });
  const work = mkdtempSync(path.join(os.tmpdir(), 'bench-serve-'));
  try {
    for (const workload of options.workloads) {
      results.workloads.push(summarise(await runWorkload(workload, data, options, work)));
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  results.finishedAt = new Date().toISOString();
  writeResults(results, options.results);
}

try {
  await main();
} catch (error) {
  process.stderr.write(`\ncompare: ${error.message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}
