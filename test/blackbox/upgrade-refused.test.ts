/** A version that cannot take over does not: the present one goes on, and says why in the other's words. */
import { describe, expect } from 'vitest';
import { first, Installation, presentVersion } from '../helpers/installation.ts';
import { Lives } from '../helpers/lives.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const config = `[program:steady]\ncommand=${fixture('forever')}\nstartsecs=0\n`;

interface Hindrance {
  readonly what: string;
  readonly make: (installation: Installation, lives: Lives) => void;
  /** What is told of it. */
  readonly words: RegExp;
}

const hindrances: readonly Hindrance[] = [
  {
    what: 'that is no program at all',
    make: (installation) => installation.install('9.0.0', () => 'this is { no program'),
    words: /^the installed version cannot start \(exit status 1\)\n[\s\S]*SyntaxError/,
  },
  {
    what: 'that ends at once',
    make: (installation) =>
      installation.install('9.0.0', first('process.stderr.write("out of order\\n"); process.exit(3);')),
    words: /^the installed version cannot start \(exit status 3\)\nout of order$/,
  },
  {
    what: 'that is killed',
    make: (installation) => installation.install('9.0.0', first('process.kill(process.pid, "SIGKILL");')),
    words: /^the installed version cannot start \(terminated by SIGKILL\)$/,
  },
  {
    what: 'that is not there',
    make: (installation) => installation.uninstall(),
    words: /^the installed version cannot start \(exit status 1\)\n[\s\S]*Cannot find module/,
  },
  {
    what: 'that refuses the configuration',
    make: (installation, lives) => {
      installation.install('9.0.0');
      lives.sandbox.write('supervisord.conf', `${config}startretries=often\n`);
    },
    words: /^the installed version cannot start \(exit status 2\)\n[\s\S]*often/,
  },
];

describe('an upgrade to a version', () => {
  for (const { what, make, words } of hindrances) {
    scenario(
      `${what} is refused, and changes nothing`,
      async () => {
        using installation = new Installation();
        await using lives = await Lives.begin(config, { commands: installation.commands });
        const { pid } = await lives.waitForState('steady', 'RUNNING');
        const before = await lives.call('daemon.describe');
        make(installation, lives);
        const refused = await lives.daemon.ctl('upgrade');
        expect(refused.status).toBe(1);
        const prefix = 'ERROR: not upgraded, the old version goes on: ';
        expect(refused.stdout.slice(0, prefix.length)).toBe(prefix);
        expect(refused.stdout.slice(prefix.length).trimEnd()).toMatch(words);
        expect(await lives.call('daemon.describe')).toEqual(before);
        expect(await lives.info('steady')).toMatchObject({ statename: 'RUNNING', pid });
        lives.sandbox.write('supervisord.conf', config);
        installation.install('9.0.1');
        const { stdout } = await lives.daemon.ctl('upgrade');
        expect(stdout).toBe(`Upgraded supervisord from ${presentVersion} to 9.0.1\n`);
        expect(await lives.info('steady')).toMatchObject({ statename: 'RUNNING', pid });
      },
      { oursOnly: true },
    );
  }

  scenario(
    'that says nothing and hangs is refused in the end',
    async () => {
      using installation = new Installation();
      await using lives = await Lives.begin(config, { commands: installation.commands });
      const { pid } = await lives.waitForState('steady', 'RUNNING');
      installation.install('9.0.0', first('await new Promise((go) => setTimeout(go, 1e9));'));
      await expect(lives.call('daemon.upgrade')).rejects.toThrow(
        'FAILED: the installed version cannot start (terminated by SIGKILL)',
      );
      expect(await lives.info('steady')).toMatchObject({ statename: 'RUNNING', pid });
    },
    { oursOnly: true },
  );

  scenario(
    'is refused while another upgrade is under way',
    async () => {
      using installation = new Installation();
      await using lives = await Lives.begin(config, { commands: installation.commands });
      installation.install('9.0.0', first('await new Promise((go) => setTimeout(go, 1000));'));
      const one = lives.call('daemon.upgrade');
      await waitFor('the first to be tried', () => lives.sandbox.has('run/trial.out'), { everyMs: 5 });
      await expect(lives.call('daemon.upgrade')).rejects.toThrow('FAILED: an upgrade is under way already');
      expect(await one).toMatchObject({ from: presentVersion, to: '9.0.0' });
      await waitFor('the new version', async () => {
        const answer = await lives.call('daemon.describe').catch(() => ({}));
        return JSON.stringify(answer).includes('"9.0.0"');
      });
    },
    { oursOnly: true },
  );
});
