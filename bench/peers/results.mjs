// What the rounds amount to, and the three files that say it: JSON, Markdown, SVG.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FIGURES = ['cpuMs', 'wallMs', 'memoryBytes', 'peakRssBytes', 'peakOwnBytes'];

function spreadOf(values) {
  const rising = values.toSorted((a, b) => a - b);
  const middle = rising.length / 2;
  return {
    median: (rising[Math.ceil(middle) - 1] + rising[Math.floor(middle)]) / 2,
    low: rising[0], high: rising.at(-1),
  };
}

/** Adds to each contender its medians, and imgloom's ratio to it, which is taken round by round. */
export function summarise(workload) {
  const [own] = workload.contenders;
  for (const contender of workload.contenders) {
    contender.figures = {};
    contender.ratio = {};
    for (const figure of FIGURES) {
      const values = contender.rounds.map((round) => round[figure]);
      contender.figures[figure] = spreadOf(values);
      contender.ratio[figure] =
        spreadOf(values.map((value, round) => own.rounds[round][figure] / value));
    }
  }
  return workload;
}

// ---- Markdown ---------------------------------------------------------------------------------

const ratioText = ({ median, low, high }) =>
  `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;

const figureText = ({ median, low, high }, unit, decimals) => [median, low, high]
  .map((value) => (value / unit).toFixed(decimals))
  .reduce((text, value, i) => text + [value, ` (${value}`, `–${value})`][i], '');

const rowText = (cells) => `| ${cells.join(' | ')} |`;

function summaryTable(workloads) {
  const lines = [rowText(['workload', 'files', 'CPU', 'wall', 'peak memory', 'PSNR, dB']),
    rowText(['---', '---:', '---', '---', '---', '---'])];
  for (const { name, title, data, contenders } of workloads) {
    const sharp = contenders.find((one) => one.name === 'sharp');
    const own = contenders[0];
    if (sharp !== undefined) {
      lines.push(rowText([`**${name}**: ${title}`, data.files, ratioText(sharp.ratio.cpuMs),
        ratioText(sharp.ratio.wallMs), ratioText(sharp.ratio.memoryBytes),
        `${own.psnr.mean.toFixed(2)} and ${sharp.psnr.mean.toFixed(2)}`]));
    }
  }
  return lines.length > 2
    ? ['imgloom divided by sharp at its best; below 1, imgloom takes less:', '', ...lines, ''] : [];
}

function psnrText(contender, contenders) {
  if (contender.psnr === null) {
    return '–';
  }
  const sharp = contenders.find((one) => one.name === 'sharp');
  const own = `${contender.psnr.mean.toFixed(2)} (lowest ${contender.psnr.lowest.toFixed(2)})`;
  if (contender.name !== 'imgloom' || sharp === undefined) {
    return own;
  }
  const worst = Math.min(...contender.psnr.values.map((value, i) => value - sharp.psnr.values[i]));
  return `${own}; to sharp at worst ${worst >= 0 ? '+' : '−'}${Math.abs(worst).toFixed(2)}`;
}

function workloadTable({ name, title, data, contenders, leftOut }) {
  const lines = [`### ${name}: ${title}`, '',
    `${data.files} files, ${(data.bytes / 1e6).toFixed(1)} MB, ` +
    `${(data.pixels / 1e6).toFixed(1)} megapixels (${data.sha256.slice(0, 12)})`, '',
    rowText(['program', 'CPU s', 'imgloom takes', 'wall s', 'imgloom takes', 'peak MB',
      'imgloom takes', 'PSNR dB']),
    rowText(['---', '---', '---', '---', '---', '---', '---', '---'])];
  for (const contender of contenders) {
    const { figures, ratio } = contender;
    const times = (figure) => (contender.name === 'imgloom' ? '' : `${ratioText(ratio[figure])} ×`);
    lines.push(rowText([contender.title,
      figureText(figures.cpuMs, 1e3, 2), times('cpuMs'),
      figureText(figures.wallMs, 1e3, 2), times('wallMs'),
      figureText(figures.memoryBytes, 1e6, 0), times('memoryBytes'),
      psnrText(contender, contenders)]));
  }
  lines.push('', ...leftOut.map((one) => `Left out, because it failed the check: ${one.title}.\n`));
  lines.push(...contenders.map(({ command }) => `    ${command}`), '');
  return lines;
}

function markdown(results) {
  const { machine, versions } = results;
  return [...summaryTable(results.workloads),
    `\`${results.command}\`, ${results.startedAt.slice(0, 10)}: ${results.jobs} images at once, ` +
    `medians of ${results.pairs} rounds (lowest–highest); ${machine.processor}, ` +
    `${machine.cpus} CPUs, ${(machine.memoryBytes / 2 ** 30).toFixed(0)} GiB, ${machine.system}, ` +
    `load ${machine.load.toFixed(2)} at the start; ${Object.values(versions).join('; ')}.`, '',
    '![CPU time beside sharp](peers.svg)', '',
    ...results.workloads.flatMap(workloadTable)].join('\n');
}

// ---- SVG --------------------------------------------------------------------------------------

const chart = { width: 760, left: 270, right: 70, bar: 13, gap: 4, group: 34, most: 3 };
const colours = { imgloom: '#1565c0', sharp: '#c62828', limit: '#bbb' };

const escape = (text) => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Bars of CPU time, sharp at its best (or else the first peer) being 1. */
function svg(results) {
  const { width, left, right, bar, gap, group, most } = chart;
  const at = (value) => left + (Math.min(value, most) / most) * (width - left - right);
  const parts = [];
  let y = 56;
  for (const { name, title, contenders } of results.workloads) {
    const unit = (contenders.find((one) => one.name === 'sharp') ?? contenders.at(1) ??
      contenders[0]).figures.cpuMs.median;
    parts.push(`<text x="12" y="${y}" font-weight="bold">${escape(`${name}: ${title}`)}</text>`);
    y += gap + 4;
    for (const contender of contenders) {
      const value = contender.figures.cpuMs.median / unit;
      const cut = value > most ? ' →' : '';
      const base = y + bar - 2;
      parts.push(
        `<text x="${left - 8}" y="${base}" text-anchor="end">${escape(contender.title)}</text>`,
        `<rect x="${left}" y="${y}" width="${(at(value) - left).toFixed(1)}" height="${bar}" ` +
        `fill="${colours[contender.name] ?? '#78909c'}"/>`,
        `<text x="${(at(value) + 5).toFixed(1)}" y="${base}">${value.toFixed(2)}${cut}</text>`);
      y += bar + gap;
    }
    y += group - bar;
  }
  const line = `<line x1="${at(1)}" y1="38" x2="${at(1)}" y2="${y - group + bar}" ` +
    'stroke="#c62828" stroke-dasharray="3 4"/>';
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" ` +
    'font-family="sans-serif" font-size="12" fill="#333">\n' +
    `<rect width="${width}" height="${y}" fill="#fff"/>\n` +
    '<text x="12" y="26" font-size="15" font-weight="bold">CPU time of all processes, ' +
    `sharp at its best = 1 (${results.jobs} images at once)</text>\n` +
    `${line}\n${parts.join('\n')}\n</svg>\n`;
}

/** Writes peers.json, peers.md and peers.svg, and prints the Markdown. */
export function writeResults(results, folder) {
  mkdirSync(folder, { recursive: true });
  const text = markdown(results);
  writeFileSync(path.join(folder, 'peers.json'), `${JSON.stringify(results, null, 1)}\n`);
  writeFileSync(path.join(folder, 'peers.md'), text);
  writeFileSync(path.join(folder, 'peers.svg'), svg(results));
  process.stdout.write(`${text}\n${folder}/peers.{json,md,svg}\n`);
}
