import { describe, expect, test } from 'vitest';
import { listAlive, listEvidence } from '../../src/explain/evidence.ts';
import type { ExplainedProcess } from '../../src/explain/facts.ts';
import type { Findings, OutputTail } from '../../src/explain/findings.ts';
import type { ExitStatus } from '../../src/model/exit-status.ts';
import type { ProcessSpec } from '../../src/model/program-spec.ts';
import { exited, signalled } from '../helpers/spec-samples.ts';
import { explained, found, secondsAgo } from './explained.ts';

const output = (values: Partial<OutputTail> = {}): OutputTail => ({
  channel: 'stderr',
  path: '/log/err',
  lines: [],
  isFresh: true,
  ...values,
});

/** A process that could not be started, for that reason. */
const unspawned = (spawnError: string, spec: Partial<ProcessSpec> = {}): ExplainedProcess =>
  explained(
    {
      statename: 'FATAL',
      startedAt: secondsAgo(1),
      spawnError,
      failedStarts: [{ at: secondsAgo(1), status: null, spawnError, ranMs: 0 }],
    },
    spec,
  );

/** A process that has ended too quickly. */
const quick = (status: ExitStatus, spec: Partial<ProcessSpec> = { directory: '/nope' }): ExplainedProcess =>
  explained(
    {
      statename: 'FATAL',
      lastPid: 7,
      startedAt: secondsAgo(1),
      lastEnd: status,
      failedStarts: [{ at: secondsAgo(1), status, spawnError: '', ranMs: 3 }],
    },
    spec,
  );

const hints = (facts: ExplainedProcess, findings: Partial<Findings> = {}): readonly string[] =>
  listEvidence(facts, found(findings)).flatMap((line) => (line.startsWith('hint: ') ? [line.slice(6)] : []));

describe('advice on a start that failed', () => {
  test.each([
    ["can't find command '/opt/wbe'", 'there is no file /opt/wbe: install it, or correct command='],
    ["can't find command 'wbe'", 'wbe is in none of /usr/bin:/bin: write its full path in command='],
    ["can't parse command 'web \"': No closing quotation", 'look for a quote in command= that is not closed'],
    ['command is empty', 'command= holds nothing that could be started'],
    ["command at '/opt' is a directory", 'command= names the directory /opt, not a program in it'],
    [
      "command at '/opt/web' is not executable",
      'chmod +x /opt/web, or write its interpreter in front of it in command=',
    ],
    [
      "no permission to run command '/root/web'",
      'supervisord may not run /root/web: look at its mode and at those of the directories above it',
    ],
    [
      "too many open files to spawn 'web'",
      'supervisord has no file descriptors left: raise its hard limit (ulimit -Hn, LimitNOFILE=)',
    ],
    [
      "Too many processes in process table to spawn 'web'",
      'no more processes are allowed (ulimit -u, pids.max): look for a program that leaves some behind',
    ],
    ["unknown error during fork for 'web': ENOMEM", 'the system has no memory left to start a process'],
  ])('%s', (spawnError, hint) => {
    expect(hints(unspawned(spawnError), { searchPath: '/usr/bin:/bin' })).toEqual([hint]);
  });

  test('names the log that cannot be opened', () => {
    const { stdout } = unspawned('').spec;
    const spec = { stdout: { ...stdout, logfile: { kind: 'file', path: '/log/out' } } } as const;
    expect(hints(unspawned("unknown error making dispatchers for 'web': ENOENT", spec))).toEqual([
      'its logs (/log/out) cannot be opened: ENOENT',
    ]);
  });

  test('shows no output of an earlier run', () => {
    const evidence = listEvidence(
      unspawned("can't find command 'web'"),
      found({ outputs: [output({ lines: ['old'] })] }),
    );
    expect(evidence.join('\n')).not.toContain('old');
  });
});

describe('advice on an end', () => {
  test.each([
    [exited(0), [], /^it says that all is well, but ended within 1 s.*startsecs=0/],
    [exited(127), [], /^127 is what a shell says/],
    [
      exited(127),
      ["supervisor: couldn't chdir to /nope: ENOENT"],
      /^directory=\/nope must exist, and its user must be allowed to enter it$/,
    ],
    [exited(127), ["supervisor: couldn't setuid to 33: Can't drop privilege as nonroot user"], /^user= needs/],
    [exited(127), ["supervisor: couldn't exec /x: ENOEXEC"], /^it has no #! line/],
    [exited(127), ["supervisor: couldn't exec /x: ENOENT"], /^the interpreter in its #! line/],
    [exited(127), ["supervisor: couldn't exec /x: EACCES"], /^its user may not execute it/],
    [exited(126), [], /^126 is/],
    [exited(139), [], /^139 is 128 \+ 11: a command in it was ended by SIGSEGV$/],
    [signalled('SIGKILL'), [], /out of memory/],
    [signalled('SIGSEGV'), [], /^SIGSEGV is a crash inside the program$/],
    [signalled('SIGPIPE'), [], /nobody reads any more/],
    [signalled('SIGTERM'), [], /^no stop was asked for: SIGTERM came from outside/],
  ])('%j after %j', (status, lines, hint) => {
    expect(hints(quick(status), { outputs: [output({ lines })] })).toEqual([expect.stringMatching(hint)]);
  });

  test('knows that event listeners are ended for what they say', () => {
    expect(hints(quick(signalled('SIGTERM'), { kind: 'eventlistener' }))).toEqual([
      expect.stringMatching(/it did not keep to the protocol of events/),
    ]);
  });

  test('is given of the life before, as long as that matters', () => {
    const again = { starts: 2, stoppedAt: secondsAgo(6), lastEnd: signalled('SIGSEGV') } as const;
    const running = explained({ statename: 'RUNNING', startedAt: secondsAgo(5), ...again });
    const starting = explained({ statename: 'STARTING', startedAt: secondsAgo(5), ...again });
    for (const facts of [running, starting])
      expect(hints(facts)).toEqual([expect.stringMatching(/^SIGSEGV is a crash/)]);
    expect(hints({ ...running, startedAt: secondsAgo(500) })).toEqual([]);
    expect(hints({ ...running, wasStopped: true })).toEqual([]);
  });

  test('is none where the cause is not plain', () => {
    expect(hints(quick(exited(1)))).toEqual([]);
    expect(hints(quick({ kind: 'unseen' }))).toEqual([]);
  });

  test('tells a program that puts itself into the background', () => {
    const alive = [{ pid: 8, name: 'webd', state: 'S' }];
    const evidence = listEvidence(quick(exited(0)), found({ alive }));
    expect(evidence[0]).toMatch(/background/);
    expect(evidence).toContain('still alive in the process group of pid 7, which has ended: 8 webd');
  });
});

describe('advice on a stop that lasts', () => {
  const stopping = explained({
    statename: 'STOPPING',
    state: 'alive.STOPPING.signalled',
    pid: 7,
    since: secondsAgo(1),
  });

  test('tells what cannot be signalled', () => {
    expect(hints(stopping, { alive: [{ pid: 7, name: 'web', state: 'D' }] })).toEqual([
      expect.stringMatching(/^pid 7 \(web\) is in an uninterruptible sleep/),
    ]);
  });

  test('tells how to wake what is suspended', () => {
    expect(hints(stopping, { alive: [{ pid: 7, name: 'web', state: 'T' }] })).toEqual([
      'pid 7 (web) is suspended (T) and sees no signal before it goes on: supervisorctl signal CONT web',
    ]);
  });
});

describe('the last words of a program', () => {
  const facts = quick(exited(1));

  test('are those of stderr, if there are any since the last start', () => {
    const outputs = [output({ lines: ['no db'] }), output({ channel: 'stdout', path: '/log/out', lines: ['hello'] })];
    expect(listEvidence(facts, found({ outputs })).slice(0, 2)).toEqual([
      'last lines on stderr (/log/err):',
      '  | no db',
    ]);
  });

  test('are those of stdout, where stderr is silent or goes there', () => {
    const stdout = output({ channel: 'stdout', path: '/log/out', lines: ['hello'] });
    const expected = ['last lines on stdout (/log/out):', '  | hello'];
    for (const outputs of [[output(), stdout], [output({ lines: ['old'], isFresh: false }), stdout], [stdout]]) {
      expect(listEvidence(facts, found({ outputs })).slice(0, 2)).toEqual(expected);
    }
  });

  test('are shown once when it says the same again and again', () => {
    const lines = ['a', 'b', 'b', 'b', 'a'];
    expect(listEvidence(facts, found({ outputs: [output({ lines })] })).slice(1, 4)).toEqual([
      '  | a',
      '  | b  (3 times)',
      '  | a',
    ]);
  });

  test('are missed when nothing was written, or nothing is kept', () => {
    expect(listEvidence(facts, found({ outputs: [output()] }))[0]).toBe(
      'nothing was written to stderr (/log/err) since its last start',
    );
    expect(listEvidence(facts, found({ isSilenced: true }))[0]).toBe(
      'its output is not kept: stdout_logfile and stderr_logfile are NONE',
    );
  });

  test('do not matter as long as all is well', () => {
    const fine = explained({ statename: 'RUNNING', startedAt: secondsAgo(100), starts: 1, pid: 7 });
    expect(listEvidence(fine, found({ outputs: [output({ lines: ['hello'] })] }))).toEqual([
      'configured in supervisord.conf, line 1: [program:web]',
    ]);
  });
});

test('failed starts are listed, or counted when they were alike', () => {
  const start = (code: number, seconds: number) => ({
    at: secondsAgo(seconds),
    status: exited(code),
    spawnError: '',
    ranMs: 200,
  });
  const failedStarts = (...codes: number[]) =>
    listEvidence(
      { ...quick(exited(1)), failedStarts: codes.map((code, index) => start(code, 6 - index)) },
      found(),
    ).filter((line) => line.includes(' ago'));
  expect(failedStarts(1, 1)).toEqual(['failed starts: 5.0 s ago, 6.0 s ago, each: exited with status 1 after 0.2 s']);
  expect(failedStarts(1, 2)).toEqual([
    '  5.0 s ago: exited with status 2 after 0.2 s',
    '  6.0 s ago: exited with status 1 after 0.2 s',
  ]);
});

test('of many processes that live the first are named', () => {
  const alive = Array.from({ length: 15 }, (_, index) => ({ pid: 100 + index, name: 'php', state: 'S' }));
  expect(listAlive(alive.slice(0, 2))).toBe('100 php, 101 php');
  expect(listAlive(alive)).toMatch(/^100 php, .*, 111 php, and 3 more$/);
});
