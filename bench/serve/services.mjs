// The services that are compared. `start` answers the command of a service that listens on 127.0.0.1 at
// `port`, with `jobs` pictures at once, null where it cannot do the workload; nginx, which takes no
// uploads, is asked for files.

import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

const here = import.meta.dirname;
const imgloom = process.env.IMGLOOM ?? path.join(here, '../../build/release/imgloom');
const START_MS = 120000;

const serve = (isolate) => ({ port, jobs }) => [imgloom, 'serve', '--listen', `127.0.0.1:${port}`,
  '-j', String(jobs), '--isolate', isolate, '--log', '/dev/null'];

const node = (name) => ({ port, jobs }) => ['node', path.join(here, name), String(port),
  String(jobs)];

function nginx({ port, jobs, workload, set, work }) {
  if (workload.query !== undefined && workload.query.format !== 'jpeg') {
    return null;
  }
  const conf = path.join(work, 'nginx.conf');
  writeFileSync(conf, `
load_module /usr/lib/nginx/modules/ngx_http_image_filter_module.so;
${process.getuid() === 0 ? 'user root;' : ''}
worker_processes ${jobs};
daemon off;
pid ${work}/nginx.pid;
error_log ${work}/nginx.log;
events {}
http {
  access_log off;
  types { image/jpeg jpg; }
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${work}/${name};`).join(' ')}
  server {
    listen 127.0.0.1:${port};
    location = /health { return 200 "ok\\n"; }
    location /pictures/ {
      alias ${set?.dir ?? work}/;
      image_filter resize ${workload.query?.width ?? 1} ${workload.query?.height ?? 1};
      image_filter_jpeg_quality 80;
      image_filter_buffer 32M;
    }
  }
}
`);
  return ['nginx', '-c', conf, '-e', `${work}/nginx.log`];
}

export const services = [
  { name: 'all', title: 'imgloom, `all`', start: serve('all') },
  { name: 'auto', title: 'imgloom, `auto`', start: serve('auto') },
  { name: 'express', title: 'express', start: node('express.mjs') },
  { name: 'fastify', title: 'fastify', start: node('fastify.mjs') },
  { name: 'pool', title: 'worker pool', start: node('pool.mjs') },
  { name: 'nginx', title: 'nginx', start: nginx, gets: true },
];

/** A port that nobody has. */
function findPort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** What the service needs for its answers is there once it answers. */
async function waitFor(running) {
  const end = Date.now() + START_MS;
  for (;;) {
    try {
      const answer = await fetch(`${running.url}/health`);
      await answer.text();
      if (answer.status === 200) {
        return;
      }
    } catch {
      // not yet
    }
    if (running.process.exitCode !== null || Date.now() > end) {
      throw new Error(`${running.name} does not start: ${readFileSync(running.log, 'utf8')}`);
    }
    await setTimeout(50);
  }
}

/** Starts a service; null where it cannot do the workload. */
export async function start(service, { jobs, workload, set, work }) {
  const port = await findPort();
  const argv = service.start({ port, jobs, workload, set, work });
  if (argv === null) {
    return null;
  }
  const log = path.join(work, `${service.name}.log`);
  const file = openSync(log, 'w');
  const child = spawn(argv[0], argv.slice(1), { stdio: ['ignore', file, file] });
  child.on('error', (error) => writeFileSync(log, error.message));
  closeSync(file);
  const running = { ...service, argv, log, process: child, url: `http://127.0.0.1:${port}`,
    rounds: [] };
  try {
    await waitFor(running);
  } catch (error) {
    await stop(running);
    throw error;
  }
  return running;
}

export async function stop({ process: child }) {
  if (child.pid === undefined || child.exitCode !== null) {
    return;
  }
  const ended = new Promise((resolve) => child.on('exit', resolve));
  child.kill('SIGTERM');
  await Promise.race([ended, setTimeout(START_MS, null, { ref: false })
    .then(() => child.kill('SIGKILL'))]);
}

/** Whether a program can be run. */
export const isThere = (program) => spawnSync(program, ['-v']).error === undefined;
