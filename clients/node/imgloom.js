// Runs the program imgloom and hands out the rows of its report as they come. No dependencies.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';

const STATUSES = {
  2: 'imgloom was called wrongly',
  4: 'the output folder or the report cannot be written',
};
const OPTIONS = ['inputs', 'output', 'recipe', 'jobs', 'timeout', 'ifExists', 'args', 'signal', 'cwd', 'program'];
const ENOUGH_STDERR = 65536;

/** The run as a whole failed. What happens to single images is told by rows, and throws nothing. */
export class ImgloomError extends Error {
  /**
   * @param {string} message
   * @param {{exitCode?: number|null, signal?: string|null, stderr?: string, cause?: unknown}} [about]
   */
  constructor(message, { exitCode = null, signal = null, stderr = '', cause } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ImgloomError';
    this.exitCode = exitCode;
    this.signal = signal;
    this.stderr = stderr;
  }
}

/** The paths as imgloom reads them from standard input, each with a NUL byte behind it. */
function listOf(inputs) {
  const one = typeof inputs === 'string' || inputs instanceof Uint8Array;
  const paths = (one ? [inputs] : [...inputs]).map((input) => Buffer.from(input));
  if (paths.length === 0) {
    throw new ImgloomError('inputs is empty');
  }
  if (paths.some((bytes) => bytes.length === 0 || bytes.includes(0))) {
    throw new ImgloomError('an input is empty or holds a NUL byte');
  }
  return Buffer.concat(paths.flatMap((bytes) => [bytes, Buffer.of(0)]));
}

/** What a child process came to: its end, and the last it said on standard error. */
function watch(child) {
  let stderr = '';
  child.stderr.setEncoding('utf8');
  child.stderr.on('data', (text) => {
    stderr = (stderr + text).slice(-ENOUGH_STDERR);
  });
  return new Promise((resolve) => {
    child.once('error', (cause) => resolve({ cause, stderr }));
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, stderr }));
  });
}

/** Why a process could not be started. Of a missing folder Node says what it says of a missing program. */
function startErrorOf(cause, program, cwd) {
  let why = cause.message;
  if (cause.code === 'ENOENT' && cwd !== undefined && !existsSync(cwd)) {
    why = `there is no folder ${cwd}`;
  } else if (cause.code === 'ENOENT') {
    why = program.includes('/') ? 'there is no such program'
      : 'there is no such program in PATH; name it by the option program or by $IMGLOOM';
  }
  return new ImgloomError(`cannot start ${program}: ${why}`, { cause });
}

function errorOf({ exitCode, signal, stderr }) {
  const said = stderr.trim().replace(/^imgloom: /gm, '');
  if (exitCode === 3 && said) { // no image was found, and that is what was said
    return new ImgloomError(said, { exitCode, signal, stderr });
  }
  const what = STATUSES[exitCode] ?? `imgloom ended with ${signal ?? `status ${exitCode}`}`;
  return new ImgloomError(said ? `${what}: ${said}` : what, { exitCode, signal, stderr });
}

/** One run; iterate over it once. */
class Run {
  #options;
  #begun = false;

  constructor(options) {
    this.#options = options;
    /** The first record of the report, once the first row has come. */
    this.header = null;
    /** The summary, once the loop has ended. */
    this.summary = null;
  }

  async *[Symbol.asyncIterator]() {
    if (this.#begun) {
      throw new ImgloomError('a run can be iterated over once');
    }
    this.#begun = true;
    const unknown = Object.keys(this.#options).find((name) => !OPTIONS.includes(name));
    if (unknown !== undefined) {
      throw new ImgloomError(`unknown option ${unknown}; there are ${OPTIONS.join(', ')}`);
    }
    const { recipe, signal } = this.#options;
    signal?.throwIfAborted();
    const list = listOf(this.#options.inputs);
    let folder = null;
    try {
      const words = ['run', '--files-from', '-', '-0', '--ndjson', '-', '--quiet'];
      if (recipe !== undefined) {
        folder = await mkdtemp(path.join(tmpdir(), 'imgloom-'));
        const file = path.join(folder, 'recipe.json');
        await writeFile(file, JSON.stringify(recipe));
        words.push('--recipe', file);
      }
      yield* this.#rows([...words, ...this.#words()], list);
    } catch (error) {
      if (folder !== null && error instanceof ImgloomError) { // a file that the caller never made
        error.message = error.message.replaceAll(`--recipe: '${path.join(folder, 'recipe.json')}'`, 'the recipe');
      }
      throw error;
    } finally {
      if (folder !== null) {
        await rm(folder, { recursive: true, force: true });
      }
    }
  }

  /** The switches of the options that are given. */
  #words() {
    const { output, jobs, timeout, ifExists, args = [] } = this.#options;
    const words = [];
    for (const [name, value] of [['--output', output], ['--jobs', jobs], ['--timeout', timeout],
      ['--if-exists', ifExists]]) {
      if (value !== undefined) {
        words.push(name, String(value));
      }
    }
    return [...words, ...args];
  }

  async *#rows(words, list) {
    const { signal, cwd } = this.#options;
    const program = this.#options.program || process.env.IMGLOOM || 'imgloom';
    const child = spawn(program, words, { cwd, stdio: ['pipe', 'pipe', 'pipe'] });
    const end = watch(child);
    const interrupt = () => child.kill('SIGINT'); // images at work are finished
    signal?.addEventListener('abort', interrupt, { once: true });
    child.stdin.on('error', () => {}); // it may end before it has read the list: its status tells
    child.stdin.end(list);
    let finished = false;
    try {
      for await (const line of createInterface({ input: child.stdout, crlfDelay: Infinity })) {
        const { type, ...record } = JSON.parse(line);
        if (type === 'image') {
          yield record;
        } else if (type === 'run') {
          this.header = record;
        } else if (type === 'summary') {
          this.summary = record;
        }
      }
      finished = true;
    } finally {
      signal?.removeEventListener('abort', interrupt);
      if (!finished) { // the caller left the loop
        interrupt();
        child.stdout.resume();
        await end;
      }
    }
    const ended = await end;
    signal?.throwIfAborted();
    if (ended.cause !== undefined) {
      throw startErrorOf(ended.cause, program, cwd);
    }
    if (![0, 1].includes(ended.exitCode)) {
      throw errorOf(ended);
    }
  }
}

/**
 * Processes images: `for await (const row of run({ inputs, output, recipe }))`. Types and words in
 * imgloom.d.ts.
 */
export function run(options) {
  return new Run(options);
}
