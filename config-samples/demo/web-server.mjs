// A web server of one page: who serves it, for how long, and how often it was asked.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { port: { type: 'string', default: '9180' } } });
const port = Number(values.port);
const startedAt = new Date();
let visits = 0;

const server = createServer((request, response) => {
  visits += 1;
  console.log(`${new Date().toISOString()} ${request.method} ${request.url}`);
  response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.end(
    [
      `Hello from ${process.env.SUPERVISOR_PROCESS_NAME ?? 'a web server'}, process ${process.pid}.`,
      `Running since ${startedAt.toISOString()}, visit ${visits}.`,
      '',
    ].join('\n'),
  );
});

server.on('error', (error) => {
  console.error(`cannot listen on port ${port}: ${error.message}`);
  process.exit(1);
});
server.listen(port, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${port}`));

process.on('SIGTERM', () => {
  console.log('asked to end');
  server.close(() => process.exit(0));
  server.closeAllConnections();
});
