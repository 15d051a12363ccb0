/** The configuration that Supervisor and this product both get, byte for byte. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, type Plan, type Task } from './rival.ts';

/** Up to here every program has its own section, as people write them; beyond, one section has them all. */
const mostSections = 100;

/** Supervisor needs some five descriptors for a program, and closes every one below this number before each start. */
const descriptorsEach = 5;
const descriptorsAtLeast = 1024;

/** What this product is to do without, to see what it costs. */
export interface Omissions {
  /** Programs end with a daemon that is killed. */
  readonly survival?: true;
  readonly trace?: true;
  /** What programs write is thrown away. */
  readonly logs?: true;
}

export interface Commands {
  readonly supervisord: readonly string[];
  readonly supervisorctl: readonly string[];
}

export function supervisorPlan(task: Task, { supervisord, supervisorctl }: Commands, omitted: Omissions = {}): Plan {
  const { folder, count } = task;
  const config = join(folder, 'supervisord.conf');
  const socket = join(folder, 'supervisor.sock');
  const single = count <= mostSections;
  const programs = single ? sections(task, omitted) : [sharedSection(task, omitted)];
  mkdirSync(join(folder, 'logs'));
  writeFileSync(config, `${[...daemonSections(task, socket, omitted), ...programs].join('\n')}\n`);
  const control = [...supervisorctl, '-c', config];
  return {
    command: [...supervisord, '-n', '-c', config],
    endSignal: 'SIGTERM',
    status: [...control, 'status'],
    stopAll: [...control, 'stop', 'all'],
    startAll: [...control, 'start', 'all'],
    socket: { path: socket, protocols: ['xml'], name: (index) => (single ? `p${index}` : `p:${index}`) },
    logFile: (index) => join(folder, 'logs', `${index}.log`),
  };
}

function daemonSections({ folder, count }: Task, socket: string, omitted: Omissions): readonly string[] {
  const descriptors = Math.max(descriptorsAtLeast, count * descriptorsEach + descriptorsAtLeast);
  return [
    `[unix_http_server]\nfile=${socket}`,
    `[supervisord]\nlogfile=${folder}/supervisord.log\npidfile=${folder}/supervisord.pid\nchildlogdir=${folder}/logs`,
    `minfds=${descriptors}`,
    // As everything else where no disk is measured: /run is one in a container. Supervisor does not know it, and passes over it.
    // A folder that others can write to is refused.
    `runtime_dir=${omitted.survival ? '/tmp' : `${folder}/run`}`,
    ...(omitted.trace ? ['trace_size=0'] : []),
    `[supervisorctl]\nserverurl=unix://${socket}`,
    '[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface',
  ];
}

/** Everything else as it is by itself: standard error has a file of its own, too. */
const common = 'startsecs=0\nautorestart=true\nstdout_logfile_maxbytes=0';

const logOf = (path: string, { logs }: Omissions): string =>
  logs ? 'stdout_logfile=NONE\nstderr_logfile=NONE' : `stdout_logfile=${path}`;

const sections = (task: Task, omitted: Omissions): readonly string[] =>
  Array.from({ length: task.count }, (_, index) => {
    const command = commandOf(task, index).join(' ');
    return `[program:p${index}]\ncommand=${command}\n${logOf(`${task.folder}/logs/${index}.log`, omitted)}\n${common}`;
  });

function sharedSection({ command, count, folder }: Task, omitted: Omissions): string {
  const shared = command.map((word) => word.replace('%d', '%(process_num)d')).join(' ');
  const name = 'process_name=%(process_num)d';
  const log = logOf(`${folder}/logs/%(process_num)d.log`, omitted);
  return `[program:p]\ncommand=${shared}\nnumprocs=${count}\n${name}\n${log}\n${common}`;
}
