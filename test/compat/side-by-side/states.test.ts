/** The life of a process, as the client, the log and the exit statuses tell it: the same on both sides. */
import { describe } from 'vitest';
import { fixture } from '../../helpers/sandbox.ts';
import { sideBySide } from '../side-by-side.ts';
import { ctl, ended, log, logAbout, signal, typed, until, write } from '../steps.ts';

const forever = `command=${fixture('forever')}\nstartsecs=1`;

/** Runs until its exit status is written into the file of that name. */
const exits = (name: string) => `command=${fixture('exits-as-told', `%(here)s/${name}`)}\nstartsecs=0`;

describe('states', () => {
  sideBySide('a program that starts, stops and starts again', {
    config: `[program:a]\n${forever}\n[program:slow]\ncommand=${fixture('forever')}\nstartsecs=1\nautostart=false`,
    steps: [
      until('a', 'RUNNING'),
      typed('start a', 'stop a', 'stop a', 'status', 'start a', 'restart a', 'start slow', 'status', 'stop slow'),
      ctl('start', 'a'),
      ctl('stop', 'slow'),
      ctl('status', 'a', 'slow'),
      logAbout('a'),
      logAbout('slow'),
    ],
  });

  sideBySide('exits that are expected, and exits that are not', {
    config: `[program:expected]\n${exits('expected')}\nexitcodes=0,3\nautorestart=unexpected
[program:unexpected]\n${exits('unexpected')}\nautorestart=false
[program:again]\n${exits('again')}\nautorestart=unexpected
[program:killed]\n${forever}\nautorestart=false`,
    steps: [
      until('expected', 'RUNNING'),
      until('unexpected', 'RUNNING'),
      until('again', 'RUNNING'),
      until('killed', 'RUNNING'),
      write('expected', '3\n'),
      write('unexpected', '4\n'),
      write('again', '1\n'),
      ctl('signal', 'KILL', 'killed'),
      until('expected', 'EXITED'),
      until('unexpected', 'EXITED'),
      until('killed', 'EXITED'),
      until('again', 'RUNNING', 2),
      ctl('status'),
      ctl('stop', 'expected'),
      ctl('start', 'unexpected'),
      ...['expected', 'unexpected', 'again', 'killed'].map(logAbout),
    ],
  });

  sideBySide('a program that ends too early is tried again and given up', {
    config: `[program:a]\ncommand=/bin/sh -c "exit 1"\nstartsecs=60\nstartretries=1`,
    steps: [
      until('a', 'FATAL'),
      ctl('status'),
      ctl('start', 'a'),
      until('a', 'FATAL', 2),
      ctl('stop', 'a'),
      logAbout('a'),
    ],
  });

  sideBySide('a command that cannot be found or run', {
    config: `[program:absent]\ncommand=/no/such/file\nstartretries=0
[program:folder]\ncommand=/etc\nstartretries=0
[program:plain]\ncommand=/etc/hostname\nstartretries=0
[program:word]\ncommand=nosuchcommandatall\nstartretries=0`,
    steps: [
      until('absent', 'FATAL'),
      until('folder', 'FATAL'),
      until('plain', 'FATAL'),
      until('word', 'FATAL'),
      ctl('status'),
      ctl('start', 'plain'),
      typed('start absent', 'start word', 'start folder', 'stop plain'),
      logAbout('absent'),
      logAbout('word'),
    ],
  });

  sideBySide('a program that does not heed SIGTERM is killed', {
    config: `[program:a]\ncommand=${fixture('ignores-term')}\nstartsecs=1\nstopwaitsecs=1`,
    steps: [until('a', 'RUNNING'), typed('stop a', 'status'), logAbout('a')],
  });

  sideBySide('signals to a program', {
    config: `[program:a]\ncommand=${fixture('says-signals')}\nstartsecs=1\n[program:b]\n${forever}\nautostart=false`,
    steps: [
      until('a', 'RUNNING'),
      typed('signal HUP a', 'signal USR1 all', 'signal 10 b', 'signal nope a', 'signal HUP none', 'signal HUP'),
      ctl('signal', 'NOPE', 'a'),
      logAbout('a'),
    ],
  });

  sideBySide('a daemon that is told to end', {
    config: `[program:a]\n${forever}`,
    steps: [until('a', 'RUNNING'), ctl('shutdown'), ended, log()],
  });

  sideBySide('a daemon that gets SIGTERM', {
    config: `[program:a]\n${forever}\n[program:b]\n${forever}\npriority=5`,
    steps: [until('a', 'RUNNING'), until('b', 'RUNNING'), signal('SIGTERM'), ended, log(/success/)],
  });

  sideBySide('a daemon that gets SIGHUP', {
    config: `[program:a]\n${forever}`,
    steps: [until('a', 'RUNNING'), signal('SIGHUP'), until('a', 'RUNNING', 2), log()],
  });
});
