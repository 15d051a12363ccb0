/** The configuration that Supervisor and this product both get, byte for byte. */

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, type Plan, type Task } from './rival.ts';

/** Up to here every program has its own section, as people write them; beyond, one section has them all. */
const mostSections = 100;

/** Supervisor needs some five descriptors for a program, and closes every one below this number before each start. */
const descriptorsEach = 5;
const descriptorsAtLeast = 1024;

export function supervisorPlan(task: Task, supervisord: readonly string[], supervisorctl: readonly string[]): Plan {
  const { folder, count } = task;
  const config = join(folder, 'supervisord.conf');
  const socket = join(folder, 'supervisor.sock');
  const single = count <= mostSections;
  mkdirSync(join(folder, 'logs'));
  writeFileSync(
    config,
    `${[...daemonSections(task, socket), ...(single ? sections(task) : [sharedSection(task)])].join('\n')}\n`,
  );
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

function daemonSections({ folder, count }: Task, socket: string): readonly string[] {
  const descriptors = Math.max(descriptorsAtLeast, count * descriptorsEach + descriptorsAtLeast);
  return [
    `[unix_http_server]\nfile=${socket}`,
    `[supervisord]\nlogfile=${folder}/supervisord.log\npidfile=${folder}/supervisord.pid\nchildlogdir=${folder}/logs`,
    `minfds=${descriptors}`,
    // As everything else where no disk is measured: /run is one in a container. Supervisor does not know it, and passes over it.
    `runtime_dir=${folder}/run`,
    `[supervisorctl]\nserverurl=unix://${socket}`,
    '[rpcinterface:supervisor]\nsupervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface',
  ];
}

/** Everything else as it is by itself: standard error has a file of its own, too. */
const common = 'startsecs=0\nautorestart=true\nstdout_logfile_maxbytes=0';

const sections = (task: Task): readonly string[] =>
  Array.from({ length: task.count }, (_, index) => {
    const command = commandOf(task, index).join(' ');
    return `[program:p${index}]\ncommand=${command}\nstdout_logfile=${task.folder}/logs/${index}.log\n${common}`;
  });

function sharedSection({ command, count, folder }: Task): string {
  const shared = command.map((word) => word.replace('%d', '%(process_num)d')).join(' ');
  const name = 'process_name=%(process_num)d';
  return `[program:p]\ncommand=${shared}\nnumprocs=${count}\n${name}\nstdout_logfile=${folder}/logs/%(process_num)d.log\n${common}`;
}
