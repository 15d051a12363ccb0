// What Node itself costs a supervisor: a daemon that starts programs with posix_spawn, two pipes each, starts again what ends,
// and on SIGTERM ends all of them. It has no configuration, no checks, no protocol, and never reads what programs write.
//
//   sketch.mjs plain|actors|logs COUNT FOLDER COMMAND…     %d in an argument is the number of the program
//
// With `logs` it copies standard output into a file for each program in the folder, in the cheapest way that Node itself has: from a large
// pipe into one piece of memory, and from there with a write that is waited for. With `actors` every program is a statechart with an actor for the process and one for each of its two outputs, all in one system,
// and does nothing more. What is between the two is what the actors cost, and what is beyond is what this product does.

import { closeSync, openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Socket } from 'node:net';
import { constants } from 'node:os';

const require = createRequire(import.meta.url);
const [style, count, folder, ...command] = process.argv.slice(2);
const libc = require('koffi').load(null);
const pipe2 = libc.func('int pipe2(_Out_ int *fds, int flags)');
const close = libc.func('int close(int fd)');
const fcntl = libc.func('int fcntl(int fd, int command, int value)');
const kill = libc.func('int kill(int pid, int number)');
const waitpid = libc.func('int waitpid(int pid, _Out_ int *status, int options)');
const actionsInit = libc.func('int posix_spawn_file_actions_init(void *actions)');
const addDup2 = libc.func('int posix_spawn_file_actions_adddup2(void *actions, int from, int to)');
const actionsDestroy = libc.func('int posix_spawn_file_actions_destroy(void *actions)');
const posixSpawn = libc.func(
  'int posix_spawn(_Out_ int *pid, const char *path, void *actions, void *attributes, const char **argv, const char **environment)',
);

const cloexec = 0o2000000;
const WNOHANG = 1;
const F_SETPIPE_SZ = 1031;
const mebibyte = 1 << 20;
const environment = [...Object.entries(process.env).map(([name, value]) => `${name}=${value}`), null];
const actions = Buffer.alloc(256);
const memory = Buffer.alloc(mebibyte);

/** By process id. */
const endings = new Map();
let ending = false;

function start(index) {
  const argv = command.map((word) => word.replace('%d', index));
  const [outRead, outWrite] = openPipe();
  const [errRead, errWrite] = openPipe();
  actionsInit(actions);
  addDup2(actions, outWrite, 1);
  addDup2(actions, errWrite, 2);
  const pid = [0];
  if (posixSpawn(pid, argv[0], actions, null, [...argv, null], environment) !== 0) throw new Error('posix_spawn');
  actionsDestroy(actions);
  close(outWrite);
  close(errWrite);
  return { pid: pid[0], outRead, errRead };
}

function openPipe() {
  const ends = [0, 0];
  if (pipe2(ends, cloexec) !== 0) throw new Error('pipe2');
  return ends;
}

process.on('SIGCHLD', () => {
  for (;;) {
    const pid = waitpid(-1, [0], WNOHANG);
    if (pid <= 0) break;
    const ended = endings.get(pid);
    endings.delete(pid);
    ended?.();
  }
  if (ending && endings.size === 0) process.exit(0);
});
// Keeps the loop alive; a handler of a signal does not.
setInterval(() => {}, 2 ** 30);

if (style === 'actors') superviseWithActors(require('xstate'));
else supervise(style === 'logs' ? copyTo : () => close);

/** What to do with the output of a program: how it is closed in the end. */
function copyTo(fd, index) {
  const file = openSync(`${folder}/${index}.log`, 'a');
  fcntl(fd, F_SETPIPE_SZ, mebibyte);
  const take = (length) => {
    writeSync(file, memory, 0, length);
    return true;
  };
  const pipe = new Socket({ fd, readable: true, writable: false, onread: { buffer: memory, callback: take } });
  return () => {
    pipe.destroy();
    closeSync(file);
  };
}

function supervise(output) {
  const run = (index) => {
    const { pid, outRead, errRead } = start(index);
    const closeOutput = output(outRead, index);
    endings.set(pid, () => {
      closeOutput(outRead);
      close(errRead);
      if (!ending) run(index);
    });
  };
  for (let index = 0; index < Number(count); index += 1) run(index);
  process.on('SIGTERM', () => {
    ending = true;
    for (const pid of endings.keys()) kill(pid, constants.signals.SIGTERM);
  });
}

function superviseWithActors({ assign, createActor, enqueueActions, fromCallback, sendTo, setup }) {
  const output = fromCallback(
    ({ input }) =>
      () =>
        close(input.fd),
  );
  const child = fromCallback(({ input, sendBack, receive }) => {
    const { pid, outRead, errRead } = start(input.index);
    endings.set(pid, () => sendBack({ type: 'exited' }));
    receive(() => kill(pid, constants.signals.SIGTERM));
    sendBack({ type: 'spawned', pid, outRead, errRead });
  });
  const program = setup({ actors: { child, output } }).createMachine({
    id: 'program',
    initial: 'STOPPED',
    context: ({ input }) => ({ index: input.index, pid: 0 }),
    states: {
      STOPPED: { on: { start: 'alive' } },
      alive: {
        initial: 'STARTING',
        invoke: { id: 'child', src: 'child', input: ({ context }) => ({ index: context.index }) },
        states: {
          STARTING: {
            on: {
              spawned: {
                target: 'RUNNING',
                actions: enqueueActions(({ enqueue, event }) => {
                  enqueue.assign({ pid: event.pid });
                  enqueue.spawnChild('output', { id: 'stdout', input: { fd: event.outRead } });
                  enqueue.spawnChild('output', { id: 'stderr', input: { fd: event.errRead } });
                }),
              },
            },
          },
          RUNNING: {
            on: {
              stop: { target: 'STOPPING', actions: sendTo('child', { type: 'signal' }) },
              exited: { target: '#program.EXITED', actions: 'closeOutputs' },
            },
          },
          STOPPING: { on: { exited: { target: '#program.STOPPED', actions: 'closeOutputs' } } },
        },
      },
      EXITED: { always: 'alive' },
    },
  });
  const supervisor = setup({
    actors: {
      program: program.provide({
        actions: {
          closeOutputs: enqueueActions(({ enqueue }) => {
            enqueue.stopChild('stdout');
            enqueue.stopChild('stderr');
          }),
        },
      }),
    },
  }).createMachine({
    context: { programs: [] },
    entry: [
      assign({
        programs: ({ spawn }) =>
          Array.from({ length: Number(count) }, (_, index) =>
            spawn('program', { id: `program ${index}`, input: { index } }),
          ),
      }),
    ],
    on: {
      start: { actions: ({ context }) => context.programs.forEach((each) => void each.send({ type: 'start' })) },
      stop: { actions: ({ context }) => context.programs.forEach((each) => void each.send({ type: 'stop' })) },
    },
  });
  const root = createActor(supervisor);
  root.start();
  root.send({ type: 'start' });
  process.on('SIGTERM', () => {
    ending = true;
    root.send({ type: 'stop' });
  });
}
