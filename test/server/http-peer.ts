/** One HTTP request over a unix socket, with the client of the platform. */

import { request } from 'node:http';

export const acceptedHttp = (socketPath: string): Promise<{ readonly status: number; readonly body: string }> =>
  new Promise((resolve, reject) => {
    const asked = request({ socketPath, method: 'PUT', path: '/some/thing', agent: false }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    asked.on('error', reject);
    asked.end('some body');
  });
