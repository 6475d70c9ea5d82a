// What the rounds amount to: serve.json, and serve.md, whose tables docs/speed.md has, too.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const published = path.join(import.meta.dirname, '../results');
const document = path.join(import.meta.dirname, '../../docs/speed.md');
const BEGIN = '<!-- serve: bench/serve/compare.sh -->';
const END = '<!-- end of serve -->';

const figures = [
  { name: 'cpuMs', title: 'CPU time of a request, ms', digits: 3, lessIsMore: true },
  { name: 'requestsPerSecond', title: 'Requests a second', digits: 0, lessIsMore: false },
  { name: 'memoryBytes', title: 'Memory after a run, MB', digits: 0, unit: 1e6, lessIsMore: true },
];

function medianOf(values) {
  const rising = values.toSorted((a, b) => a - b);
  const middle = rising.length / 2;
  return (rising[Math.ceil(middle) - 1] + rising[Math.floor(middle)]) / 2;
}

/** Adds to each service its medians, and of imgloom's the ratio to express's, taken within rounds. */
export function summarise(workload) {
  const express = workload.services.find(({ name }) => name === 'express');
  for (const service of workload.services) {
    service.figures = {};
    service.toExpress = {};
    for (const { name } of figures) {
      service.figures[name] = medianOf(service.rounds.map((round) => round[name]));
      service.toExpress[name] = express && medianOf(service.rounds.map((round, i) =>
        round[name] / express.rounds[i][name]));
    }
  }
  return workload;
}

const row = (cells) => `| ${cells.join(' | ')} |`;

/** A figure of all services, and what imgloom takes of express's. */
function table({ name, title, digits, unit = 1 }, workloads, services) {
  const lines = [row([title, ...services.map((one) => one.title), '`all` to express',
    '`auto` to express']), row(['---', ...services.map(() => '---:'), '---:', '---:'])];
  for (const workload of workloads) {
    const of = (wanted) => workload.services.find((one) => one.name === wanted);
    const ratio = (wanted) => of(wanted)?.toExpress[name]?.toFixed(2) ?? '–';
    lines.push(row([workload.title, ...services.map((one) =>
      (of(one.name) ? (of(one.name).figures[name] / unit).toFixed(digits) : '–')),
    ratio('all'), ratio('auto')]));
  }
  return [...lines, ''];
}

function tables({ workloads }) {
  const known = new Map(workloads.flatMap(({ services }) => services).map((one) => [one.name, one]));
  return [BEGIN, '', ...figures.flatMap((figure) => table(figure, workloads, [...known.values()])),
    END].join('\n');
}

/** A line for each goal that was measured. */
function judge({ workloads }) {
  return workloads.flatMap(({ name, services, goals }) => {
    const of = (wanted, figure) => services.find((one) => one.name === wanted)?.toExpress[figure];
    return [['all', 'cpuMs', goals.all, 'CPU'], ['auto', 'cpuMs', goals.auto, 'CPU'],
      ['all', 'memoryBytes', goals.memory, 'memory'], ['auto', 'memoryBytes', goals.memory, 'memory']]
      .filter(([service, figure, goal]) => goal !== undefined && of(service, figure) !== undefined)
      .map(([service, figure, goal, what]) => {
        const value = of(service, figure);
        return `${name}, ${service}: ${value.toFixed(3)} of express's ${what}, goal ${goal}` +
          `${value <= goal ? '' : ': MISSED'}`;
      });
  });
}

function markdown(results) {
  const { machine, rounds, seconds, connections, jobs } = results;
  return `${tables(results)}

\`${results.command}\`, ${results.startedAt.slice(0, 10)}: wrk with 1 thread and ${connections} ` +
    `connections, ${jobs} pictures at once, medians of ${rounds} runs of ${seconds} s in turn; ` +
    `${machine.processor}, ${machine.cpus} CPUs, ${machine.system}, load ` +
    `${machine.load.toFixed(2)} at the start; ${results.versions.filter(Boolean).join('; ')}.\n`;
}

/** Writes serve.json and serve.md, and the tables of docs/speed.md if they are to be published. */
export function writeResults(results, folder) {
  const text = markdown(results);
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'serve.json'), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(path.join(folder, 'serve.md'), text);
  if (folder === published) {
    const before = readFileSync(document, 'utf8');
    const begin = before.indexOf(BEGIN);
    const end = before.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new Error(`${document} has no place for the tables`);
    }
    writeFileSync(document, before.slice(0, begin) + tables(results) +
      before.slice(end + END.length));
  }
  process.stdout.write(`${text}\n${judge(results).join('\n')}\n${folder}/serve.{json,md}\n`);
}
