/** The commands and answers that the README and the guide show are what a reader will see. */
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { expect } from 'vitest';
import { inRepository, Sandbox, supervisorctlPath, supervisordPath } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

/** A file the page tells to write, or a command with the answer it promises. */
type Step =
  | { readonly kind: 'file'; readonly name: string; readonly text: string }
  | { readonly kind: 'command'; readonly command: string; readonly answer: string };

/** The steps of a page in their order: blocks ```` ```ini NAME ```` are files, in ```` ```console ```` a command follows `$ `. */
function stepsOf(page: string): readonly Step[] {
  const blocks = readFileSync(inRepository(page), 'utf8').matchAll(/^```(\w+) ?(\S*)\n([\s\S]*?)^```$/gm);
  return [...blocks].flatMap(([, language, name = '', text = '']): readonly Step[] => {
    if (language === 'ini' && name !== '') return [{ kind: 'file', name, text }];
    if (language !== 'console') return [];
    return text
      .split(/^\$ /m)
      .slice(1)
      .map((part) => {
        const end = part.indexOf('\n');
        return { kind: 'command', command: part.slice(0, end), answer: part.slice(end + 1) };
      });
  });
}

const withoutNumbers = (text: string) => text.replace(/pid \d+, uptime \d+:\d\d:\d\d/g, 'pid N, uptime T');

for (const page of ['README.md', 'docs/getting-started.md']) {
  scenario(
    `every command in ${page} answers as shown`,
    async () => {
      await using sandbox = new Sandbox({ files: {} });
      mkdirSync(sandbox.path('bin'));
      symlinkSync(supervisordPath, sandbox.path('bin/supervisord'));
      symlinkSync(supervisorctlPath, sandbox.path('bin/supervisorctl'));
      const steps = stepsOf(page);
      expect(steps.filter(({ kind }) => kind === 'command').length).toBeGreaterThan(5);
      try {
        for (const step of steps) {
          if (step.kind === 'file') {
            sandbox.write(step.name, step.name === 'supervisord.conf' ? `;raw\n${step.text}` : step.text);
            continue;
          }
          // What is shown is what comes: a status may be looked at before it has settled, or a daemon restarting.
          const isQuestion = /supervisorctl.* (status|tail)/.test(step.command);
          const seen: string[] = [];
          await waitFor(`the answer of ${step.command}`, async () => {
            seen.push((await sandbox.shell(`PATH="$PWD/bin:$PATH"; ${step.command}`)).stdout);
            return !isQuestion || withoutNumbers(seen.at(-1) ?? '') === withoutNumbers(step.answer);
          }).catch(() => {});
          expect(`$ ${step.command}\n${withoutNumbers(seen.at(-1) ?? '')}`).toBe(
            `$ ${step.command}\n${withoutNumbers(step.answer)}`,
          );
        }
        await waitFor('the end of everything', () => sandbox.processes().length === 0);
      } finally {
        await sandbox.killAll();
      }
    },
    { oursOnly: true },
  );
}
