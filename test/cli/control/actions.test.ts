import { describe, expect, it } from 'vitest';
import { runLine } from '../../../src/cli/control/run-line.ts';
import { Fault, type FaultName, faultCodes } from '../../../src/model/errors.ts';
import { type Answer, fakeSession, processInfo } from './fake-session.ts';

interface Row {
  readonly line: string;
  readonly answers?: Readonly<Record<string, Answer>>;
  readonly calls?: readonly string[];
  readonly prints: readonly string[];
  readonly status: number;
}

const refuse = (name: FaultName, extra?: string) => Fault.of(name, extra);
/** The fault of that name for `x`, success for every other name. */
const refuseX = (name: FaultName, extra?: string) => (process: string) =>
  process === 'x' ? refuse(name, extra) : true;

const result = (fullName: string, name: FaultName, description: string = name) => {
  const [group, process = group] = fullName.split(':');
  return { group, name: process, status: faultCodes[name], description };
};

const helpOf: Readonly<Record<string, readonly string[]>> = {
  avail: ['avail\t\t\tDisplay all configured processes'],
  reread: ["reread \t\t\tReload the daemon's configuration files without add/remove"],
  reload: ['reload \t\tRestart the remote supervisord.'],
  shutdown: ['shutdown \tShut the remote supervisord down.'],
  version: ['version\t\t\tShow the version of the remote supervisord process'],
  fg: ['fg <process>\tConnect to a process in foreground mode', '\t\tCtrl-C to exit'],
};

function check(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    it.each(rows.map((row) => ({ ...row, shown: row.prints.join(' / ') })))(
      '"$line" prints "$shown", status $status',
      async ({ line, answers, calls, prints, status }) => {
        const session = fakeSession(answers === undefined ? {} : { answers });
        await runLine(session.context, line);
        expect(session.stdout()).toBe(prints.map((text) => `${text}\n`).join(''));
        expect(session.context.exitStatus).toBe(status);
        if (calls !== undefined) expect(session.calls).toEqual(calls);
        expect(session.open()).toBe(0);
      },
    );
  });
}

const table = [
  processInfo('cat', 'RUNNING', { description: 'pid 4711, uptime 0:00:33' }),
  processInfo('grp:ga', 'RUNNING', { description: 'pid 4712, uptime 0:00:33', pid: 4712 }),
  processInfo('grp:gb', 'STARTING'),
  processInfo('manual', 'STOPPED'),
  processInfo('nofile', 'FATAL', { description: 'unknown' }),
  processInfo('once', 'EXITED', { description: 'Nov 22 02:44 PM' }),
];
const lineOf = {
  cat: 'cat                              RUNNING   pid 4711, uptime 0:00:33',
  ga: 'grp:ga                           RUNNING   pid 4712, uptime 0:00:33',
  gb: 'grp:gb                           STARTING  ',
  manual: 'manual                           STOPPED   Not started',
  nofile: 'nofile                           FATAL     unknown',
  once: 'once                             EXITED    Nov 22 02:44 PM',
};
const all = { getAllProcessInfo: table };

check('status', [
  { line: 'status', answers: all, calls: ['getAllProcessInfo()'], prints: Object.values(lineOf), status: 3 },
  { line: 'status all', answers: all, prints: Object.values(lineOf), status: 3 },
  { line: 'status nope all', answers: all, prints: Object.values(lineOf), status: 3 },
  { line: 'status', answers: { getAllProcessInfo: [] }, prints: [], status: 0 },
  { line: 'status cat grp:*', answers: all, prints: [lineOf.cat, lineOf.ga, lineOf.gb], status: 0 },
  { line: 'status grp:gb cat grp:gb', answers: all, prints: [lineOf.gb, lineOf.cat, lineOf.gb], status: 0 },
  { line: 'status grp:', answers: all, prints: [lineOf.ga, lineOf.gb], status: 0 },
  { line: 'status once', answers: all, prints: [lineOf.once], status: 3 },
  { line: 'status nofile', answers: all, prints: [lineOf.nofile], status: 3 },
  { line: 'status cat nope', answers: all, prints: ['nope: ERROR (no such process)', lineOf.cat], status: 4 },
  { line: 'status grp', answers: all, prints: ['grp: ERROR (no such process)'], status: 4 },
  { line: 'status grp:x', answers: all, prints: ['grp:x: ERROR (no such process)'], status: 4 },
  { line: 'status nope:*', answers: all, prints: ['nope: ERROR (no such group)'], status: 4 },
  { line: 'status manual nope', answers: all, prints: ['nope: ERROR (no such process)', lineOf.manual], status: 3 },
]);

check('pid', [
  { line: 'pid', answers: { getPID: 99 }, prints: ['99'], status: 0 },
  { line: 'pid x all', answers: all, prints: ['4711', '4712', '0', '0', '0', '0'], status: 0 },
  {
    line: 'pid cat',
    answers: { getProcessInfo: table[0] },
    calls: ['getProcessInfo("cat")'],
    prints: ['4711'],
    status: 0,
  },
  { line: 'pid manual', answers: { getProcessInfo: table[3] }, prints: ['0'], status: 7 },
  {
    line: 'pid nope',
    answers: { getProcessInfo: refuse('BAD_NAME', 'nope') },
    prints: ['No such process nope'],
    status: 1,
  },
  {
    line: 'pid g:*',
    answers: { getProcessInfo: refuse('BAD_NAME', 'g:*') },
    prints: ['No such process g:*'],
    status: 1,
  },
  {
    line: 'pid x cat y',
    answers: { getProcessInfo: refuse('SHUTDOWN_STATE') },
    calls: ['getProcessInfo("x")'],
    prints: ["error: <class 'xmlrpc.client.Fault'>, <Fault 6: 'SHUTDOWN_STATE'>: file: supervisorctl line: 1"],
    status: 1,
  },
]);

check('start', [
  { line: 'start x', answers: { startProcess: true }, calls: ['startProcess("x")'], prints: ['x: started'], status: 0 },
  {
    line: 'start g:x',
    answers: { startProcess: true },
    calls: ['startProcess("g:x")'],
    prints: ['g:x: started'],
    status: 0,
  },
  {
    line: 'start x:x',
    answers: { startProcess: true },
    calls: ['startProcess("x:x")'],
    prints: ['x: started'],
    status: 0,
  },
  {
    line: 'start x',
    answers: { startProcess: refuse('ALREADY_STARTED') },
    prints: ['x: ERROR (already started)'],
    status: 0,
  },
  { line: 'start x', answers: { startProcess: refuse('BAD_NAME') }, prints: ['x: ERROR (no such process)'], status: 1 },
  { line: 'start x', answers: { startProcess: refuse('NO_FILE') }, prints: ['x: ERROR (no such file)'], status: 1 },
  {
    line: 'start x',
    answers: { startProcess: refuse('NOT_EXECUTABLE') },
    prints: ['x: ERROR (file is not executable)'],
    status: 1,
  },
  { line: 'start x', answers: { startProcess: refuse('SPAWN_ERROR') }, prints: ['x: ERROR (spawn error)'], status: 7 },
  {
    line: 'start x',
    answers: { startProcess: refuse('ABNORMAL_TERMINATION') },
    prints: ['x: ERROR (abnormal termination)'],
    status: 7,
  },
  {
    line: 'start x y',
    answers: { startProcess: refuse('FAILED') },
    calls: ['startProcess("x")'],
    prints: ["error: <class 'ValueError'>, Unknown result code 30 for x: file: supervisorctl line: 1"],
    status: 1,
  },
  {
    line: 'start x y z',
    answers: { startProcess: refuseX('SPAWN_ERROR') },
    calls: ['startProcess("x")', 'startProcess("y")', 'startProcess("z")'],
    prints: ['x: ERROR (spawn error)', 'y: started', 'z: started'],
    status: 7,
  },
  {
    line: 'start g:*',
    answers: { startProcessGroup: [result('g:b', 'SUCCESS'), result('g:a', 'NO_FILE')] },
    calls: ['startProcessGroup("g")'],
    prints: ['g:b: started', 'g:a: ERROR (no such file)'],
    status: 1,
  },
  { line: 'start g:', answers: { startProcessGroup: [] }, calls: ['startProcessGroup("g")'], prints: [], status: 0 },
  {
    line: 'start g:*',
    answers: { startProcessGroup: refuse('BAD_NAME') },
    prints: ['g: ERROR (no such group)'],
    status: 2,
  },
  {
    line: 'start x all',
    answers: { startAllProcesses: [result('x', 'SUCCESS'), result('g:y', 'SPAWN_ERROR')] },
    calls: ['startAllProcesses()'],
    prints: ['x: started', 'g:y: ERROR (spawn error)'],
    status: 7,
  },
  {
    line: 'start',
    prints: [
      'Error: start requires a process name',
      'start <name>\t\tStart a process',
      'start <gname>:*\t\tStart all processes in a group',
      'start <name> <name>\tStart multiple processes or groups',
      'start all\t\tStart all processes',
    ],
    status: 2,
  },
]);

check('stop', [
  { line: 'stop x', answers: { stopProcess: true }, calls: ['stopProcess("x")'], prints: ['x: stopped'], status: 0 },
  { line: 'stop x', answers: { stopProcess: refuse('NOT_RUNNING') }, prints: ['x: ERROR (not running)'], status: 0 },
  { line: 'stop x', answers: { stopProcess: refuse('BAD_NAME') }, prints: ['x: ERROR (no such process)'], status: 1 },
  { line: 'stop x', answers: { stopProcess: refuse('FAILED', 'no way') }, prints: ['FAILED: no way'], status: 1 },
  { line: 'stop g:*', answers: { stopProcessGroup: [result('g:a', 'SUCCESS')] }, prints: ['g:a: stopped'], status: 0 },
  {
    line: 'stop g:*',
    answers: { stopProcessGroup: refuse('BAD_NAME') },
    prints: ['g: ERROR (no such group)'],
    status: 1,
  },
  {
    line: 'stop all',
    answers: { stopAllProcesses: [result('x', 'SUCCESS'), result('g:y', 'FAILED', 'FAILED: no way')] },
    prints: ['x: stopped', 'FAILED: no way'],
    status: 1,
  },
  {
    line: 'stop',
    prints: [
      'Error: stop requires a process name',
      'stop <name>\t\tStop a process',
      'stop <gname>:*\t\tStop all processes in a group',
      'stop <name> <name>\tStop multiple processes or groups',
      'stop all\t\tStop all processes',
    ],
    status: 1,
  },
]);

check('restart', [
  {
    line: 'restart x g:*',
    answers: { stopProcess: refuse('NOT_RUNNING'), stopProcessGroup: [], startProcess: true, startProcessGroup: [] },
    calls: ['stopProcess("x")', 'stopProcessGroup("g")', 'startProcess("x")', 'startProcessGroup("g")'],
    prints: ['x: ERROR (not running)', 'x: started'],
    status: 0,
  },
  {
    line: 'restart nope',
    answers: { stopProcess: refuse('BAD_NAME'), startProcess: refuse('BAD_NAME') },
    prints: ['nope: ERROR (no such process)', 'nope: ERROR (no such process)'],
    status: 1,
  },
  {
    line: 'restart nope:*',
    answers: { stopProcessGroup: refuse('BAD_NAME'), startProcessGroup: refuse('BAD_NAME') },
    prints: ['nope: ERROR (no such group)', 'nope: ERROR (no such group)'],
    status: 2,
  },
  {
    line: 'restart all',
    answers: { stopAllProcesses: [result('x', 'SUCCESS')], startAllProcesses: [result('x', 'SUCCESS')] },
    prints: ['x: stopped', 'x: started'],
    status: 0,
  },
  {
    line: 'restart',
    prints: [
      'Error: restart requires a process name',
      'restart <name>\t\tRestart a process',
      'restart <gname>:*\tRestart all processes in a group',
      'restart <name> <name>\tRestart multiple processes or groups',
      'restart all\t\tRestart all processes',
      'Note: restart does not reread config files. For that, see reread and update.',
    ],
    status: 1,
  },
]);

const signalHelp = [
  'Error: signal requires a signal name and a process name',
  'signal <signal name> <name>\t\tSignal a process',
  'signal <signal name> <gname>:*\t\tSignal all processes in a group',
  'signal <signal name> <name> <name>\tSignal multiple processes or groups',
  'signal <signal name> all\t\tSignal all processes',
];

check('signal', [
  {
    line: 'signal hup x',
    answers: { signalProcess: true },
    calls: ['signalProcess("x", "hup")'],
    prints: ['x: signalled'],
    status: 0,
  },
  {
    line: 'signal 1 g:*',
    answers: { signalProcessGroup: [result('g:a', 'SUCCESS')] },
    calls: ['signalProcessGroup("g", "1")'],
    prints: ['g:a: signalled'],
    status: 0,
  },
  {
    line: 'signal HUP x all',
    answers: { signalAllProcesses: [result('x', 'SUCCESS')] },
    calls: ['signalAllProcesses("HUP")'],
    prints: ['x: signalled'],
    status: 0,
  },
  {
    line: 'signal FOO x',
    answers: { signalProcess: refuse('BAD_SIGNAL') },
    prints: ['x: ERROR (bad signal name)'],
    status: 1,
  },
  {
    line: 'signal HUP x',
    answers: { signalProcess: refuse('NOT_RUNNING') },
    prints: ['x: ERROR (not running)'],
    status: 7,
  },
  {
    line: 'signal HUP x',
    answers: { signalProcess: refuse('BAD_NAME') },
    prints: ['x: ERROR (no such process)'],
    status: 1,
  },
  {
    line: 'signal HUP g:*',
    answers: { signalProcessGroup: refuse('BAD_NAME') },
    prints: ['g: ERROR (no such group)'],
    status: 1,
  },
  { line: 'signal', prints: signalHelp, status: 1 },
  { line: 'signal HUP', prints: signalHelp, status: 1 },
  {
    line: 'signal FOO all',
    answers: { signalAllProcesses: refuse('BAD_SIGNAL', 'FOO') },
    prints: ["error: <class 'xmlrpc.client.Fault'>, <Fault 11: 'BAD_SIGNAL: FOO'>: file: supervisorctl line: 1"],
    status: 1,
  },
]);

check('clear', [
  {
    line: 'clear x',
    answers: { clearProcessLogs: true },
    calls: ['clearProcessLogs("x")'],
    prints: ['x: cleared'],
    status: 0,
  },
  {
    line: 'clear x',
    answers: { clearProcessLogs: refuse('BAD_NAME') },
    prints: ['x: ERROR (no such process)'],
    status: 1,
  },
  { line: 'clear x', answers: { clearProcessLogs: refuse('FAILED') }, prints: ['x: ERROR (failed)'], status: 1 },
  {
    line: 'clear all',
    answers: { clearAllProcessLogs: [result('x', 'SUCCESS'), result('g:y', 'FAILED')] },
    prints: ['x: cleared', 'g:y: ERROR (failed)'],
    status: 1,
  },
  {
    line: 'clear grp:*',
    answers: { ...all, clearProcessLogs: (name: string) => (name === 'grp:gb' ? refuse('FAILED') : true) },
    calls: ['getAllProcessInfo()', 'clearProcessLogs("grp:ga")', 'clearProcessLogs("grp:gb")'],
    prints: ['grp:ga: cleared', 'grp:gb: ERROR (failed)'],
    status: 1,
  },
  { line: 'clear nope:*', answers: all, prints: ['nope: ERROR (no such group)'], status: 1 },
  {
    line: 'clear',
    prints: [
      'Error: clear requires a process name',
      "clear <name>\t\tClear a process' log files.",
      "clear <name> <name>\tClear multiple process' log files",
      "clear all\t\tClear all process' log files",
    ],
    status: 1,
  },
]);

const config = { group: 'cat', name: 'cat', inuse: true, autostart: true, group_prio: 999, process_prio: 999 };

check('avail', [
  {
    line: 'avail',
    answers: { getAllConfigInfo: [config, { ...config, inuse: false, autostart: false, group: 'g' }] },
    prints: [
      'cat                              in use    auto      999:999',
      'g:cat                            avail     manual    999:999',
    ],
    status: 0,
  },
  {
    line: 'avail',
    answers: { getAllConfigInfo: refuse('SHUTDOWN_STATE') },
    prints: ['ERROR: supervisor shutting down'],
    status: 1,
  },
  { line: 'avail x', prints: ['Error: avail accepts no arguments', ...helpOf.avail!], status: 1 },
]);

check('reread', [
  {
    line: 'reread',
    answers: { reloadConfig: [[['z', 'a'], ['m'], ['b']]] },
    prints: ['a: available', 'b: disappeared', 'm: changed', 'z: available'],
    status: 0,
  },
  { line: 'reread', answers: { reloadConfig: [[[], [], []]] }, prints: ['No config updates to processes'], status: 0 },
  {
    line: 'reread',
    answers: { reloadConfig: refuse('CANT_REREAD', 'bad') },
    prints: ['ERROR: CANT_REREAD: bad'],
    status: 1,
  },
  {
    line: 'reread',
    answers: { reloadConfig: refuse('SHUTDOWN_STATE') },
    prints: ['ERROR: supervisor shutting down'],
    status: 1,
  },
  { line: 'reread x', prints: ['Error: reread accepts no arguments', ...helpOf.reread!], status: 1 },
]);

check('add and remove', [
  { line: 'add', prints: [], status: 0 },
  {
    line: 'add a b',
    answers: { addProcessGroup: true },
    calls: ['addProcessGroup("a")', 'addProcessGroup("b")'],
    prints: ['a: added process group', 'b: added process group'],
    status: 0,
  },
  {
    line: 'add x y',
    answers: { addProcessGroup: refuseX('ALREADY_ADDED') },
    prints: ['ERROR: process group already active', 'y: added process group'],
    status: 0,
  },
  {
    line: 'add x y',
    answers: { addProcessGroup: refuseX('BAD_NAME') },
    prints: ['ERROR: no such process/group: x', 'y: added process group'],
    status: 1,
  },
  {
    line: 'add x',
    answers: { addProcessGroup: refuse('SHUTDOWN_STATE') },
    prints: ['ERROR: shutting down'],
    status: 1,
  },
  { line: 'remove', prints: [], status: 0 },
  {
    line: 'remove a',
    answers: { removeProcessGroup: true },
    calls: ['removeProcessGroup("a")'],
    prints: ['a: removed process group'],
    status: 0,
  },
  {
    line: 'remove x y',
    answers: { removeProcessGroup: refuseX('STILL_RUNNING') },
    prints: ['ERROR: process/group still running: x', 'y: removed process group'],
    status: 1,
  },
  {
    line: 'remove x',
    answers: { removeProcessGroup: refuse('BAD_NAME') },
    prints: ['ERROR: no such process/group: x'],
    status: 1,
  },
  {
    line: 'remove x y',
    answers: { removeProcessGroup: refuse('SHUTDOWN_STATE') },
    calls: ['removeProcessGroup("x")'],
    prints: ["error: <class 'xmlrpc.client.Fault'>, <Fault 6: 'SHUTDOWN_STATE'>: file: supervisorctl line: 1"],
    status: 1,
  },
]);

const updatable = {
  ...all,
  reloadConfig: [[['znew', 'anew'], ['cat'], ['zold', 'grp']]],
  stopProcessGroup: [],
  removeProcessGroup: true,
  addProcessGroup: true,
};

check('update', [
  { line: 'update', answers: { reloadConfig: [[[], [], []]] }, calls: ['reloadConfig()'], prints: [], status: 0 },
  {
    line: 'update',
    answers: updatable,
    calls: [
      'reloadConfig()',
      'stopProcessGroup("zold")',
      'removeProcessGroup("zold")',
      'stopProcessGroup("grp")',
      'removeProcessGroup("grp")',
      'stopProcessGroup("cat")',
      'removeProcessGroup("cat")',
      'addProcessGroup("cat")',
      'addProcessGroup("znew")',
      'addProcessGroup("anew")',
    ],
    prints: [
      'zold: stopped',
      'zold: removed process group',
      'grp: stopped',
      'grp: removed process group',
      'cat: stopped',
      'cat: updated process group',
      'znew: added process group',
      'anew: added process group',
    ],
    status: 0,
  },
  {
    line: 'update anew nope grp',
    answers: updatable,
    prints: ['ERROR: no such group: nope', 'grp: stopped', 'grp: removed process group', 'anew: added process group'],
    status: 1,
  },
  {
    line: 'update manual',
    answers: updatable,
    calls: ['reloadConfig()', 'getAllProcessInfo()'],
    prints: [],
    status: 0,
  },
  {
    line: 'update nope all',
    answers: { ...updatable, reloadConfig: [[['a'], [], []]] },
    prints: ['a: added process group'],
    status: 0,
  },
  {
    line: 'update',
    answers: {
      ...updatable,
      reloadConfig: [[[], [], ['x', 'y']]],
      stopProcessGroup: (name: string) => (name === 'x' ? [result('x', 'FAILED')] : []),
    },
    prints: ['x: stopped', 'x: has problems; not removing', 'y: stopped', 'y: removed process group'],
    status: 1,
  },
  {
    line: 'update',
    answers: { reloadConfig: refuse('SHUTDOWN_STATE') },
    prints: ['ERROR: already shutting down'],
    status: 1,
  },
  {
    line: 'update',
    answers: { reloadConfig: refuse('CANT_REREAD', "File contains 'nothing'") },
    prints: [
      `error: <class 'xmlrpc.client.Fault'>, <Fault 92: "CANT_REREAD: File contains 'nothing'">: file: supervisorctl line: 1`,
    ],
    status: 1,
  },
]);

check('shutdown, reload and version', [
  { line: 'shutdown', answers: { shutdown: true }, prints: ['Shut down'], status: 0 },
  {
    line: 'shutdown',
    answers: { shutdown: refuse('SHUTDOWN_STATE') },
    prints: ['ERROR: already shutting down'],
    status: 0,
  },
  { line: 'shutdown now', prints: ['Error: shutdown accepts no arguments', ...helpOf.shutdown!], status: 1 },
  { line: 'reload', answers: { restart: true }, prints: ['Restarted supervisord'], status: 0 },
  {
    line: 'reload',
    answers: { restart: refuse('SHUTDOWN_STATE') },
    prints: ['ERROR: already shutting down'],
    status: 1,
  },
  { line: 'reload now', prints: ['Error: reload accepts no arguments', ...helpOf.reload!], status: 1 },
  { line: 'version', answers: { getSupervisorVersion: '4.2.5' }, prints: ['4.2.5'], status: 0 },
  { line: 'version x', prints: ['Error: version accepts no arguments', ...helpOf.version!], status: 1 },
]);

const tailHelp = [
  'tail [-f] <name> [stdout|stderr] (default stdout)',
  'Ex:',
  'tail -f <name>\t\tContinuous tail of named process stdout',
  '\t\t\tCtrl-C to exit.',
  'tail -100 <name>\tlast 100 *bytes* of process stdout',
  'tail <name> stderr\tlast 1600 *bytes* of process stderr',
];

check('tail', [
  {
    line: 'tail x',
    answers: { readProcessStdoutLog: 'a\nb\n' },
    calls: ['readProcessStdoutLog("x", -1600, 0)'],
    prints: ['a', 'b', ''],
    status: 0,
  },
  {
    line: 'tail x stderr',
    answers: { readProcessStderrLog: '' },
    calls: ['readProcessStderrLog("x", -1600, 0)'],
    prints: [''],
    status: 0,
  },
  {
    line: 'tail -20 g:x STDERR',
    answers: { readProcessStderrLog: 'é' },
    calls: ['readProcessStderrLog("g:x", -20, 0)'],
    prints: ['é'],
    status: 0,
  },
  {
    line: 'tail -1_0 x',
    answers: { readProcessStdoutLog: '' },
    calls: ['readProcessStdoutLog("x", -10, 0)'],
    prints: [''],
    status: 0,
  },
  {
    line: 'tail -0 x',
    answers: { readProcessStdoutLog: '' },
    calls: ['readProcessStdoutLog("x", 0, 0)'],
    prints: [''],
    status: 0,
  },
  {
    line: 'tail --5 x',
    answers: { readProcessStdoutLog: '' },
    calls: ['readProcessStdoutLog("x", 5, 0)'],
    prints: [''],
    status: 0,
  },
  {
    line: 'tail x',
    answers: { readProcessStdoutLog: new TextEncoder().encode('bytes') },
    prints: ['bytes'],
    status: 0,
  },
  {
    line: 'tail x',
    answers: { readProcessStdoutLog: refuse('NO_FILE') },
    prints: ['x: ERROR (no log file)'],
    status: 1,
  },
  {
    line: 'tail x',
    answers: { readProcessStdoutLog: refuse('FAILED') },
    prints: ['x: ERROR (unknown error reading log)'],
    status: 1,
  },
  {
    line: 'tail x',
    answers: { readProcessStdoutLog: refuse('BAD_NAME') },
    prints: ['x: ERROR (no such process name)'],
    status: 1,
  },
  { line: 'tail', prints: ['Error: too few arguments', ...tailHelp], status: 1 },
  { line: 'tail a b c d', prints: ['Error: too many arguments', ...tailHelp], status: 1 },
  { line: 'tail -f', prints: ['Error: tail requires process name'], status: 1 },
  { line: 'tail -x web', prints: ['Error: bad argument -x'], status: 1 },
  { line: 'tail - web', prints: ['Error: bad argument -'], status: 1 },
  { line: 'tail web foo', prints: ["Error: bad channel 'foo'"], status: 1 },
  { line: "tail web it's", prints: [`Error: bad channel "it's"`], status: 1 },
  { line: 'tail web stdout -f', prints: ["Error: bad channel '-f'"], status: 1 },
]);

check('maintail', [
  { line: 'maintail', answers: { readLog: 'log\n' }, calls: ['readLog(-1600, 0)'], prints: ['log', ''], status: 0 },
  { line: 'maintail -20', answers: { readLog: '' }, calls: ['readLog(-20, 0)'], prints: [''], status: 0 },
  {
    line: 'maintail',
    answers: { readLog: refuse('NO_FILE') },
    prints: ['supervisord: ERROR (no log file)'],
    status: 1,
  },
  {
    line: 'maintail',
    answers: { readLog: refuse('FAILED') },
    prints: ['supervisord: ERROR (unknown error reading log)'],
    status: 1,
  },
  { line: 'maintail foo', prints: ['Error: bad argument foo'], status: 1 },
  { line: 'maintail -x', prints: ['Error: bad argument -x'], status: 1 },
  {
    line: 'maintail -f x',
    prints: [
      'Error: too many arguments',
      'maintail -f \tContinuous tail of supervisor main log file (Ctrl-C to exit)',
      'maintail -100\tlast 100 *bytes* of supervisord main log file',
      'maintail\tlast 1600 *bytes* of supervisor main log file',
      '',
    ],
    status: 1,
  },
]);

check('fg that cannot begin', [
  { line: 'fg', prints: ['ERROR: no process name supplied', ...helpOf.fg!], status: 1 },
  { line: 'fg a b', prints: ['ERROR: too many process names supplied'], status: 1 },
  {
    line: 'fg nope',
    answers: { getProcessInfo: refuse('BAD_NAME', 'nope') },
    prints: ['ERROR: bad process name supplied'],
    status: 1,
  },
  { line: 'fg manual', answers: { getProcessInfo: table[3] }, prints: ['ERROR: process not running'], status: 1 },
  {
    line: 'fg x',
    answers: { getProcessInfo: refuse('SHUTDOWN_STATE') },
    prints: ["ERROR: <Fault 6: 'SHUTDOWN_STATE'>"],
    status: 0,
  },
]);

const something = (method: string): string =>
  `error: <class 'ValueError'>, what the server says to supervisor.${method} is no answer to it: file: supervisorctl line: 1`;

check('answers that no server should give', [
  { line: 'status', answers: { getVersion: {} }, prints: [something('getVersion')], status: 1 },
  { line: 'status', answers: { getAllProcessInfo: null }, prints: [something('getAllProcessInfo')], status: 1 },
  {
    line: 'status',
    answers: { getAllProcessInfo: [{ name: 'a' }] },
    prints: [something('getAllProcessInfo')],
    status: 1,
  },
  { line: 'pid', answers: { getPID: { toString: 1 } }, prints: [something('getPID')], status: 1 },
  { line: 'avail', answers: { getAllConfigInfo: [1] }, prints: [something('getAllConfigInfo')], status: 1 },
  { line: 'update', answers: { reloadConfig: [['a', 'b']] }, prints: [something('reloadConfig')], status: 1 },
  { line: 'stop all', answers: { stopAllProcesses: 'done' }, prints: [something('stopAllProcesses')], status: 1 },
  { line: 'tail a', answers: { readProcessStdoutLog: 7 }, prints: [something('readProcessStdoutLog')], status: 1 },
]);

check('other lines', [
  { line: '', prints: [], status: 0 },
  { line: 'quit', prints: [''], status: 0 },
  { line: 'exit now', prints: [''], status: 0 },
  { line: 'EOF', prints: [''], status: 0 },
  { line: 'bogus  a b ', prints: ['*** Unknown syntax: bogus  a b'], status: 1 },
  { line: '!ls', prints: ['*** Unknown syntax: !ls'], status: 1 },
  { line: 'open', prints: ['ERROR: url must be http:// or unix://'], status: 1 },
  { line: 'open ftp://x', prints: ['ERROR: url must be http:// or unix://'], status: 1 },
]);

describe('open', () => {
  it('speaks to the new server from then on, and leaves the exit status alone', async () => {
    const session = fakeSession({ answers: { getAllProcessInfo: [table[3]] } });
    await runLine(session.context, 'open unix:///other.sock');
    expect(session.stdout()).toBe(`${lineOf.manual}\n`);
    expect(session.context.exitStatus).toBe(0);
    expect(session.addresses.map((address) => address.serverUrl)).toEqual(['unix:///other.sock']);
    expect(session.context.server.serverUrl).toBe('unix:///other.sock');
  });
});
