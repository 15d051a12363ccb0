/** The daemon ends of itself, with the exit code of what has ended: `exit_on` and `exit_when`. */
import { describe, expect } from 'vitest';
import { fixture, Sandbox } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';

const program = (name: string, command: string, ...lines: readonly string[]): string =>
  [`[program:${name}]`, `command=${command}`, 'startsecs=0', ...lines, ''].join('\n');
const exits = (name: string, code: number, ...lines: readonly string[]): string =>
  program(name, fixture('exits', code), 'autorestart=false', ...lines);
const forever = (name: string, ...lines: readonly string[]): string => program(name, fixture('forever'), ...lines);
const listener = `[eventlistener:ears]\ncommand=${fixture('listens', '%(here)s/heard')}\nevents=EVENT\nstderr_logfile=NONE\n`;

const cases: readonly [title: string, config: string, code: number][] = [
  ['when the program that it is for has ended', forever('other') + exits('main', 7, 'exit_on=exit'), 7],
  ['when the program that it is for has failed', exits('main', 7, 'exit_on=failure'), 7],
  [
    'when the program that it is for cannot be started',
    forever('other') + program('main', '/no/such', 'startretries=0', 'exit_on=fatal'),
    127,
  ],
  [
    'when the program that it is for does not stay up',
    program('main', fixture('exits', 0), 'startsecs=600', 'startretries=0', 'exit_on=failure').replace(
      'startsecs=0\n',
      '',
    ),
    1,
  ],
  [
    'when any program is FATAL',
    `[supervisord]\nexit_when=any_fatal\n${forever('other')}${program('any', '/no/such', 'startretries=0')}`,
    127,
  ],
  [
    'when all is done and went well',
    `[supervisord]\nexit_when=all_done\n${exits('one', 0)}${exits('two', 0)}${listener}`,
    0,
  ],
  [
    'when all is done and something failed',
    `[supervisord]\nexit_when=all_done\n${exits('one', 0)}${exits('two', 3)}`,
    3,
  ],
];

describe('the daemon ends with the right exit code', () => {
  for (const [title, config, code] of cases) {
    scenario(
      title,
      async () => {
        await using sandbox = new Sandbox({ files: config });
        const { status, stdout } = await sandbox.supervisord('-n', '-c', sandbox.configuration);
        expect({ status, stdout }).toMatchObject({ status: code });
        expect(stdout).toContain('WARN shutting down: ');
        expect(sandbox.has('supervisor.sock')).toBe(false);
        expect(sandbox.has('supervisord.pid')).toBe(false);
      },
      { oursOnly: true },
    );
  }
});
