// The usual service: express and sharp, in a cluster of processes.  node express.mjs PORT PROCESSES

import cluster from 'node:cluster';
import express from 'express';
import { BODY_MAX, convert } from './convert.mjs';

const [port, processes] = process.argv.slice(2).map(Number);

function serve() {
  const app = express();
  app.get('/health', (request, response) => response.send('ok\n'));
  app.post('/process-image', express.raw({ type: () => true, limit: BODY_MAX }),
    async (request, response) => {
      try {
        response.type(request.query.format).send(await convert(request.body, request.query));
      } catch (error) {
        response.status(422).json({ success: false, error: error.message });
      }
    });
  app.listen(port, '127.0.0.1');
}

if (cluster.isPrimary) {
  for (let i = 0; i < processes; i++) {
    cluster.fork();
  }
  cluster.on('exit', () => cluster.fork());
  process.on('SIGTERM', () => process.exit(0)); // its processes end with it
} else {
  serve();
}
