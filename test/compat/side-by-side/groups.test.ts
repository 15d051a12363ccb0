/** Groups, priorities, processes of numprocs, and what changes when the configuration does. */
import { describe } from 'vitest';
import { fixture } from '../../helpers/sandbox.ts';
import { sideBySide } from '../side-by-side.ts';
import { ctl, inAnyOrder, logAbout, typed, until, untilLog, write } from '../steps.ts';

const forever = `command=${fixture('forever')}\nstartsecs=1`;

/** Is STARTING as long as anybody looks. */
const long = `command=${fixture('forever')}\nstartsecs=600`;

const team = `[group:team]\nprograms=one,two\npriority=7
[program:one]\n${forever}\npriority=2
[program:two]\n${forever}\npriority=1
[program:many]\n${forever}\nnumprocs=2\nnumprocs_start=4\nprocess_name=%(program_name)s-%(process_num)02d
[program:alone]\n${forever}\nautostart=false`;

describe('groups', () => {
  sideBySide('a group is started, stopped, signalled and shown as one', {
    config: team,
    steps: [
      until('one', 'RUNNING'),
      until('two', 'RUNNING'),
      until('many-04', 'RUNNING'),
      until('many-05', 'RUNNING'),
      ctl('status'),
      ctl('status', 'team:*', 'many:'),
      inAnyOrder(ctl('stop', 'team:*')),
      ctl('status', 'team:*'),
      inAnyOrder(ctl('start', 'team:*')),
      inAnyOrder(ctl('restart', 'many:')),
      ctl('signal', 'HUP', 'team:one'),
      inAnyOrder(ctl('stop', 'all')),
      inAnyOrder(ctl('start', 'all')),
      typed('stop team:one many:many-04', 'status', 'stop one', 'stop nope:*', 'start team:nope', 'avail'),
    ],
  });

  sideBySide('groups that are added, changed and removed', {
    config: `[program:kept]\n${forever}\n[program:changed]\n${forever}\n[program:gone]\n${forever}`,
    steps: [
      until('kept', 'RUNNING'),
      until('changed', 'RUNNING'),
      until('gone', 'RUNNING'),
      write(
        'supervisord.conf',
        `[program:kept]\n${forever}\n[program:changed]\n${forever}\nstopsignal=INT\n[program:fresh]\n${forever}`,
      ),
      ctl('avail'),
      ctl('reread'),
      typed('add fresh', 'add fresh', 'remove kept', 'stop kept', 'remove kept', 'remove kept', 'add nope'),
      ctl('update'),
      until('changed', 'RUNNING', 2),
      until('fresh', 'RUNNING'),
      ctl('update'),
      ctl('status'),
      logAbout('gone'),
      logAbout('changed'),
      logAbout('kept'),
    ],
  });

  sideBySide('an update of named groups only', {
    config: `[program:a]\n${long}\n[program:b]\n${long}`,
    steps: [
      untilLog("spawned: 'a'"),
      untilLog("spawned: 'b'"),
      write('supervisord.conf', `[program:c]\n${long}\n[program:b]\n${long}\npriority=3`),
      typed('update b', 'status', 'update nope', 'update c all', 'status'),
    ],
  });

  sideBySide('a configuration that is broken when it is read again', {
    config: `[program:a]\n${forever}`,
    steps: [
      until('a', 'RUNNING'),
      write('supervisord.conf', `[program:a]\n${forever}\nnumprocs=many`),
      ctl('reread'),
      ctl('update'),
      typed('avail', 'add a', 'status'),
    ],
  });
});
