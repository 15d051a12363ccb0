/** `supervisorctl`: help, usage, mistakes, and what happens without a server. */
import { describe } from 'vitest';
import { fixture } from '../../helpers/sandbox.ts';
import { sideBySide } from '../side-by-side.ts';
import { ctl, typed, until } from '../steps.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;

const actions = [
  ...['add', 'avail', 'clear', 'exit', 'fg', 'help', 'maintail', 'open', 'pid', 'quit', 'reload', 'remove', 'reread'],
  ...['restart', 'shutdown', 'signal', 'start', 'status', 'stop', 'tail', 'update', 'version'],
];

describe('ctl', () => {
  sideBySide('help for everything', {
    config: `[program:a]\n${forever}`,
    steps: [typed('help', ...actions.map((action) => `help ${action}`), 'help nope', '?', 'help EOF'), ctl('help')],
  });

  sideBySide('actions without what they need', {
    config: `[program:a]\n${forever}`,
    steps: [
      until('a', 'RUNNING'),
      typed(
        'start',
        'stop',
        'restart',
        'signal',
        'clear',
        'tail',
        'add',
        'remove',
        'fg',
        'open',
        'nope',
        'status nope',
      ),
      typed(
        'tail a b c',
        'maintail a b',
        'fg a b',
        'fg nope',
        'open nope',
        'version x',
        'avail x',
        'reread x',
        'pid nope',
      ),
      typed('shutdown x', 'reload x', '  status   a  ', '', 'EOF'),
      ctl('nope'),
      ctl('start'),
      ctl('status', 'nope'),
      ctl('stop', 'nope'),
      ctl('tail', 'nope'),
      ctl('version'),
    ],
  });

  sideBySide('process ids', {
    config: `[program:a]\n${forever}\n[program:b]\n${forever}\nautostart=false`,
    steps: [until('a', 'RUNNING'), ctl('pid'), ctl('pid', 'a'), ctl('pid', 'b'), ctl('pid', 'all'), ctl('pid', 'nope')],
  });

  sideBySide('a server that is not there, and options that are wrong', {
    config: `[program:a]\n${forever}`,
    steps: [
      ctl('-s', 'unix:///nonexistent.sock', 'status'),
      ctl('-s', 'http://127.0.0.1:1', 'status'),
      ctl('-s', 'ftp://x', 'status'),
      ctl('-z'),
      ctl('-c', '/no/such/file', 'status'),
    ],
  });
});
