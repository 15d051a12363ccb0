/** The demonstration that `npm start` shows, in a sandbox and on ports of its own. */
import { cpSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freePort } from './free-port.ts';
import { inRepository, Sandbox, supervisordPath } from './sandbox.ts';

/** Its folder, below the repository and below a sandbox. */
export const demo = 'config-samples/demo';
export const demoPath = join(dirname(supervisordPath), 'demo.js');

/** A sandbox with a copy of the sample, whose web server and web page listen on ports of their own. */
export async function copyOfDemo(): Promise<{ sandbox: Sandbox; webPort: number; pagePort: number }> {
  const [webPort, pagePort] = [await freePort(), await freePort()];
  const sandbox = new Sandbox({ files: {} });
  cpSync(inRepository(demo), sandbox.path(demo), {
    recursive: true,
    filter: (source) => !/\/run\/(?!\.gitignore)/.test(source),
  });
  const configuration = readFileSync(sandbox.path(`${demo}/supervisord.conf`), 'utf8');
  sandbox.write(
    `${demo}/supervisord.conf`,
    `;raw\n${configuration.replaceAll('9180', String(webPort)).replaceAll('9001', String(pagePort))}`,
  );
  return { sandbox, webPort, pagePort };
}
