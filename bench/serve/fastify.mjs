// fastify and sharp, in a cluster of processes.  node fastify.mjs PORT PROCESSES

import cluster from 'node:cluster';
import fastify from 'fastify';
import { BODY_MAX, convert } from './convert.mjs';

const [port, processes] = process.argv.slice(2).map(Number);

async function serve() {
  const app = fastify({ bodyLimit: BODY_MAX });
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (request, body, done) => done(null, body));
  app.get('/health', () => 'ok\n');
  app.post('/process-image', async (request, reply) => {
    try {
      const picture = await convert(request.body, request.query);
      return reply.type(`image/${request.query.format}`).send(picture);
    } catch (error) {
      return reply.code(422).send({ success: false, error: error.message });
    }
  });
  await app.listen({ port, host: '127.0.0.1' });
}

if (cluster.isPrimary) {
  for (let i = 0; i < processes; i++) {
    cluster.fork();
  }
  cluster.on('exit', () => cluster.fork());
  process.on('SIGTERM', () => process.exit(0)); // its processes end with it
} else {
  await serve();
}
