// A server built like nginx: a master that serves nothing itself, two workers that share its port, access and error logs
// that are opened by their paths in /dev. SIGQUIT and SIGTERM end it in order.
import cluster from 'node:cluster';
import { createWriteStream } from 'node:fs';
import { createServer } from 'node:http';

const port = Number(process.argv[2]);
const access = createWriteStream('/dev/stdout');

if (cluster.isPrimary) {
  const workers = [cluster.fork(), cluster.fork()];
  let ready = 0;
  cluster.on('listening', () => {
    ready += 1;
    if (ready === workers.length) access.write(`web: ${ready} workers listen on port ${port}\n`);
  });
  for (const signal of ['SIGTERM', 'SIGQUIT']) process.on(signal, () => cluster.disconnect(() => process.exit(0)));
} else {
  // Its end is the master's business.
  for (const signal of ['SIGTERM', 'SIGQUIT']) process.on(signal, () => {});
  const server = createServer((request, response) => {
    response.setHeader('connection', 'close');
    response.end(`Hello from worker ${process.pid}.\n`);
    access.write(`web: ${request.method} ${request.url}\n`);
  });
  server.listen(port);
}
