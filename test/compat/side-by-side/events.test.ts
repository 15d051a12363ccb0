/** What event listeners are sent, header and payload byte for byte, and what the daemon makes of their answers. */
import { describe } from 'vitest';
import { fixture, inRepository } from '../../helpers/sandbox.ts';
import { deviation, sideBySide } from '../side-by-side.ts';
import { ctl, ended, file, log, logAbout, rpc, signal, step, typed, until, untilFile, write } from '../steps.ts';

const once = 'startsecs=0\nautorestart=false';
const forever = `command=${fixture('forever')}\nstartsecs=0`;

/** A listener in Python that writes what it gets into the file of its name and answers as told, then with OK. */
const listener = (name: string, events: string, ...answers: readonly string[]) => `[eventlistener:${name}]
command=/usr/bin/python3 ${inRepository('test/compat/side-by-side/listener.py')} %(here)s/${name} ${answers.join(' ')}
events=${events}\nstartsecs=0\n`;

/** Everything but the clock. */
const timeless =
  'PROCESS_STATE,PROCESS_GROUP,PROCESS_LOG,PROCESS_COMMUNICATION,REMOTE_COMMUNICATION,SUPERVISOR_STATE_CHANGE';

describe('events', () => {
  sideBySide('the states of processes', {
    config: `${listener('heard', 'PROCESS_STATE')}[program:a]\n${forever}\nautostart=false
[program:exits]\ncommand=${fixture('exits-as-told', '%(here)s/code')}\n${once}\nautostart=false
[program:fails]\ncommand=/bin/sh -c "exit 1"\nstartsecs=60\nstartretries=1\nautostart=false`,
    steps: [
      until('heard', 'RUNNING'),
      typed('start a', 'stop a', 'start exits'),
      write('code', '3\n'),
      until('exits', 'EXITED'),
      ctl('start', 'fails'),
      untilFile('heard', /PROCESS_STATE_FATAL[\s\S]*--\n/),
    ],
  });

  sideBySide('groups, the daemon, and what clients send', {
    config: `${listener('heard', 'PROCESS_GROUP,SUPERVISOR_STATE_CHANGE,REMOTE_COMMUNICATION')}[program:a]\n${forever}
[program:lingers]\ncommand=${fixture('ignores-term')}\nstartsecs=1\nstopwaitsecs=2`,
    steps: [
      until('a', 'RUNNING'),
      until('heard', 'RUNNING'),
      // Keeps the daemon from stopping the listener before it is told.
      until('lingers', 'RUNNING'),
      untilFile('heard', /CHANGE_RUNNING[\s\S]*--\n$/),
      rpc('supervisor.sendRemoteCommEvent', 'my type', 'some data\nin two lines'),
      ctl('stop', 'a'),
      ctl('remove', 'a'),
      ctl('add', 'a'),
      untilFile('heard', /GROUP_REMOVED[\s\S]*GROUP_ADDED[\s\S]*--\n$/),
      signal('SIGTERM'),
      ended,
      untilFile('heard', /CHANGE_STOPPING[\s\S]*--\n$/),
    ],
  });

  sideBySide('output of programs', {
    config: `${listener('heard', 'PROCESS_LOG')}[program:a]
command=/bin/sh -c "sleep 1; echo plain; sleep 1; echo err >&2; sleep 1; printf 'no end'"
${once}\nautostart=false\nstdout_events_enabled=true\nstderr_events_enabled=true`,
    steps: [until('heard', 'RUNNING'), ctl('start', 'a'), until('a', 'EXITED'), untilFile('heard', /no end\n--\n$/)],
  });

  sideBySide('communication of programs', {
    config: `${listener('heard', 'PROCESS_COMMUNICATION')}[program:a]
command=/bin/sh -c "printf 'x<!--XSUPERVISOR:BEGIN-->captured<!--XSUPERVISOR:END-->y'; sleep 1"
${once}\nautostart=false\nstdout_capture_maxbytes=1KB\nstdout_logfile=%(here)s/a.out`,
    steps: [
      until('heard', 'RUNNING'),
      ctl('start', 'a'),
      until('a', 'EXITED'),
      untilFile('heard', /captured\n--\n$/),
      // The original keeps back what might begin a token, and forgets it when the program ends.
      deviation(file('a.out'), { original: 'x', ours: 'xy' }),
    ],
  });

  sideBySide('the ticks of the clock', {
    config: listener('heard', 'TICK_5'),
    steps: [untilFile('heard', /TICK_5[\s\S]*--\n$/)],
  });

  sideBySide('a listener that takes all but the clock, and one that speaks no protocol', {
    config: `[eventlistener:deaf]\ncommand=${fixture('forever')}\nevents=${timeless}\nstartsecs=1\nbuffer_size=2\nautorestart=false
${listener('heard', timeless)}startsecs=3\n`,
    steps: [
      until('deaf', 'RUNNING'),
      until('heard', 'RUNNING'),
      rpc('supervisor.sendRemoteCommEvent', 'first', '1'),
      rpc('supervisor.sendRemoteCommEvent', 'second', '2'),
      untilFile('heard', /second[\s\S]*--\n$/),
      rpc('supervisor.stopProcess', 'deaf'),
      untilFile('heard', /PROCESS_STATE_STOPPED[\s\S]*--\n$/),
      step('the overflows', async ({ daemon }) => daemon.messages().filter((line) => line.includes('overflowed'))),
    ],
  });

  sideBySide('events that are refused come again', {
    config: `${listener('heard', 'REMOTE_COMMUNICATION', 'FAIL', 'FAIL')}`,
    steps: [
      until('heard', 'RUNNING'),
      rpc('supervisor.sendRemoteCommEvent', 'first', '1'),
      untilFile('heard', /(first[\s\S]*){3}--\n$/),
      rpc('supervisor.sendRemoteCommEvent', 'second', '2'),
      untilFile('heard', /second[\s\S]*--\n$/),
      rpc('supervisor.getProcessInfo', 'heard'),
      rpc('supervisor.sendProcessStdin', 'heard', 'x'),
      logAbout('heard'),
      log(/spawned|success|started with pid|rebuffering|rejected/),
    ],
  });
});
