/** Ansible's module `community.general.supervisorctl`, run as Ansible runs it on the managed machine. */
import { describe } from 'vitest';
import { fixture, type Sandbox } from '../../helpers/sandbox.ts';
import { ansibleModule } from '../debian.ts';
import { sideBySide } from '../side-by-side.ts';
import { command, ctl, until, write } from '../steps.ts';

const forever = `command=${fixture('forever')}\nstartsecs=1`;

const needs = ['python3', 'ansible-core', 'community.general.supervisorctl'] as const;

/** One task: the module gets its parameters on standard input and answers with JSON. */
function task(state: string, name: string, more: Readonly<Record<string, string>> = {}) {
  const script = `import json,runpy,sys;sys.argv[0]=sys.argv[1]
sys.stdin=open(sys.argv[2]);runpy.run_path(sys.argv[1],run_name="__main__")`;
  return command(`${name} ${state}`, ({ sandbox }) => {
    sandbox.write('task.json', JSON.stringify({ ANSIBLE_MODULE_ARGS: parameters(sandbox, state, name, more) }));
    return ['/usr/bin/python3', '-c', script, ansibleModule() ?? '', sandbox.path('task.json')];
  });
}

const parameters = (sandbox: Sandbox, state: string, name: string, more: Readonly<Record<string, string>>) => ({
  name,
  state,
  config: sandbox.configuration,
  supervisorctl_path: sandbox.commands.supervisorctl,
  ...more,
});

describe("Ansible's supervisorctl module", () => {
  sideBySide('brings programs into every state it knows', {
    needs,
    config: `[group:team]\nprograms=a,b\n[program:a]\n${forever}\n[program:b]\n${forever}\n[program:c]\n${forever}\nautostart=false`,
    steps: [
      until('a', 'RUNNING'),
      until('b', 'RUNNING'),
      task('started', 'c'),
      task('started', 'c'),
      task('stopped', 'team:'),
      task('started', 'team:'),
      task('signalled', 'c', { signal: 'URG' }),
      task('stopped', 'nothing'),
      task('restarted', 'team:a'),
      write('supervisord.conf', `[program:c]\n${forever}\nautostart=false\n[program:d]\n${forever}`),
      task('present', 'd'),
      task('present', 'd'),
      task('present', 'nothing'),
      task('stopped', 'd'),
      task('absent', 'd'),
      task('absent', 'd'),
      task('restarted', 'all'),
      ctl('status'),
    ],
  });
});
