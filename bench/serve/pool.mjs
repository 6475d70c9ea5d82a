// express in one process, which hands pictures to a bounded pool of long-lived worker threads; one
// that ends is replaced.  node pool.mjs PORT THREADS

import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import express from 'express';
import { BODY_MAX, convert } from './convert.mjs';

const QUEUE_MAX = 100;

class Pool {
  #idle = [];

  #queue = [];

  constructor(threads) {
    for (let i = 0; i < threads; i++) {
      this.#add();
    }
  }

  /** The picture; rejects when the queue is full, or as the thread says. */
  run(body, query) {
    return new Promise((resolve, reject) => {
      if (this.#queue.length >= QUEUE_MAX) {
        reject(new Error('the queue is full'));
        return;
      }
      this.#queue.push({ body, query, resolve, reject });
      this.#next();
    });
  }

  #add() {
    const worker = new Worker(fileURLToPath(import.meta.url));
    worker.on('message', ({ error, picture }) => {
      const task = this.#take(worker);
      if (error === undefined) {
        task.resolve(Buffer.from(picture));
      } else {
        task.reject(new Error(error));
      }
      this.#idle.push(worker);
      this.#next();
    });
    worker.on('error', (error) => this.#take(worker)?.reject(error));
    worker.on('exit', () => {
      this.#idle = this.#idle.filter((other) => other !== worker);
      this.#add();
      this.#next();
    });
    this.#idle.push(worker);
  }

  #take(worker) {
    const { task } = worker;
    worker.task = undefined;
    return task;
  }

  #next() {
    if (this.#idle.length > 0 && this.#queue.length > 0) {
      const worker = this.#idle.pop();
      worker.task = this.#queue.shift();
      worker.postMessage({ body: worker.task.body, query: worker.task.query });
    }
  }
}

function serve(port, threads) {
  const pool = new Pool(threads);
  const app = express();
  app.get('/health', (request, response) => response.send('ok\n'));
  app.post('/process-image', express.raw({ type: () => true, limit: BODY_MAX }),
    async (request, response) => {
      try {
        response.type(request.query.format).send(await pool.run(request.body, { ...request.query }));
      } catch (error) {
        response.status(422).json({ success: false, error: error.message });
      }
    });
  app.listen(port, '127.0.0.1');
}

if (isMainThread) {
  serve(...process.argv.slice(2).map(Number));
} else {
  parentPort.on('message', async ({ body, query }) => {
    try {
      parentPort.postMessage({ picture: await convert(Buffer.from(body), query) });
    } catch (error) {
      parentPort.postMessage({ error: error.message });
    }
  });
}
