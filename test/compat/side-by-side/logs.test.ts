/** The log files of programs and of the daemon, byte for byte, and what the client shows of them. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe } from 'vitest';
import { fixture } from '../../helpers/sandbox.ts';
import { sideBySide } from '../side-by-side.ts';
import { ctl, file, log, signal, step, typed, until, untilFile, untilLog } from '../steps.ts';

const once = 'startsecs=0\nautorestart=false';

/** The names of log files in the child log folder, or what they hold as Latin-1 text. */
const names = step('the files of childlog', async ({ sandbox }) => readdirSync(sandbox.path('childlog')).sort());
const bytes = (name: string) =>
  step(`the bytes of ${name}`, async ({ sandbox }) => readFileSync(sandbox.path(name), 'latin1'));

describe('logs', () => {
  sideBySide('output goes to the files that are named, and to AUTO files', {
    config: `[program:split]\ncommand=/bin/sh -c "echo out; echo err >&2; printf 'no end'"\n${once}
stdout_logfile=%(here)s/split.out\nstderr_logfile=%(here)s/split.err
[program:joined]\ncommand=/bin/sh -c "echo out; echo err >&2"\n${once}\nredirect_stderr=true
stdout_logfile=%(here)s/joined.out
[program:auto]\ncommand=/bin/sh -c "echo auto"\n${once}
[program:none]\ncommand=/bin/sh -c "echo lost"\n${once}\nstdout_logfile=NONE\nstderr_logfile=NONE`,
    steps: [
      until('split', 'EXITED'),
      until('joined', 'EXITED'),
      until('auto', 'EXITED'),
      until('none', 'EXITED'),
      bytes('split.out'),
      bytes('split.err'),
      bytes('joined.out'),
      names,
      ctl('tail', 'auto'),
      ctl('tail', 'none'),
      typed('tail split', 'tail split stderr', 'tail -2 split', 'tail joined stderr', 'tail split wrong', 'tail nope'),
      ctl('tail', 'split', 'stderr'),
    ],
  });

  sideBySide('bytes that are no text, and colours that are taken out', {
    config: `[supervisord]\nstrip_ansi=true
[program:a]\ncommand=printf '\\\\033[31mred\\\\033[0m \\\\302\\\\265 \\\\000end\\\\n'\n${once}\nstdout_logfile=%(here)s/a.out`,
    steps: [until('a', 'EXITED'), untilFile('a.out', 'end'), bytes('a.out'), ctl('tail', 'a')],
  });

  sideBySide('files that grow beyond maxbytes rotate', {
    config: `[program:a]\ncommand=/bin/sh -c "for i in 1 2 3 4 5 6; do echo 123456789; sleep 0.3; done"\n${once}
stdout_logfile=%(here)s/a.out\nstdout_logfile_maxbytes=25\nstdout_logfile_backups=2`,
    steps: [until('a', 'EXITED'), bytes('a.out'), file('a.out.1'), file('a.out.2'), file('a.out.3')],
  });

  sideBySide('logs are cleared and opened again', {
    config: `[program:a]\ncommand=${fixture('echo-stdin')}\nstartsecs=0\nstdout_logfile=%(here)s/a.out`,
    steps: [
      until('a', 'RUNNING'),
      untilFile('a.out', 'ready'),
      ctl('clear', 'a'),
      file('a.out'),
      typed('clear nope', 'clear all', 'clear', 'maintail wrong'),
      signal('SIGUSR2'),
      untilLog('SIGUSR2'),
      log(),
    ],
  });

  sideBySide('a log at the level of debug tells the output of programs', {
    config: `[supervisord]\nloglevel=debug
[program:a]\ncommand=/bin/sh -c "echo out; echo err >&2; sleep 1"\n${once}`,
    steps: [until('a', 'EXITED'), log(/closed, stopped monitoring|SIGCHLD|fork|spawned|success|reading/)],
  });
});
