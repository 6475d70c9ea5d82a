// What a process and all below it take, from /proc.

import { readdirSync, readFileSync } from 'node:fs';

const TICK_MS = 10; // USER_HZ is 100 on every Linux

/** A file of /proc; null when the process has just ended. */
function read(pid, name) {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'latin1');
  } catch {
    return null;
  }
}

/** The fields of a process's stat from the third on, which follows its name. */
const statOf = (pid) => read(pid, 'stat')?.replace(/^.*\) /s, '').split(' ') ?? null;

/** The process and all that it has started, directly or not: [{pid, stat}]. */
function tree(root) {
  const below = new Map();
  for (const name of readdirSync('/proc')) {
    const stat = /^[0-9]+$/.test(name) ? statOf(name) : null;
    if (stat !== null) {
      const parent = Number(stat[1]);
      below.set(parent, [...(below.get(parent) ?? []), { pid: Number(name), stat }]);
    }
  }
  const found = [{ pid: root, stat: statOf(root) }];
  for (let i = 0; i < found.length; i++) {
    found.push(...(below.get(found[i].pid) ?? []));
  }
  return found.filter(({ stat }) => stat !== null);
}

/** User and system time of all of them, and of those that have ended, ms. */
export function cpuOf(root) {
  return tree(root).reduce((sum, { stat }) =>
    sum + stat.slice(11, 15).reduce((own, ticks) => own + Number(ticks), 0), 0) * TICK_MS;
}

/** Their resident memory, what they share being divided among those that share it, bytes. */
export function memoryOf(root) {
  return tree(root).reduce((sum, { pid }) => {
    const share = /^Pss: *([0-9]+)/m.exec(read(pid, 'smaps_rollup') ?? '');
    if (share === null && statOf(pid) !== null) {
      throw new Error(`the memory of process ${pid} cannot be read: run this as root`);
    }
    return sum + Number(share?.[1] ?? 0);
  }, 0) * 1024;
}
