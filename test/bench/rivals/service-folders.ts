/** The folders that runit and s6 are told their programs by: one each, with a script `run`, and one inside it for the log. */

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, type Task } from './rival.ts';

/** @param logger - The command that writes to the folder of the log what it reads. */
export function writeServiceFolders(task: Task, logger: (folder: string) => string): string {
  const services = join(task.folder, 'services');
  const logs = join(task.folder, 'logs');
  mkdirSync(logs);
  for (let index = 0; index < task.count; index += 1) {
    const service = join(services, String(index));
    writeRun(service, commandOf(task, index).join(' '));
    // Only what writes needs a second process that reads; thousands that write nothing would be measured for no use.
    if (!writes(task)) continue;
    mkdirSync(join(logs, String(index)));
    writeRun(join(service, 'log'), logger(join(logs, String(index))));
  }
  return services;
}

export const serviceLog = (task: Task, index: number): string => join(task.folder, 'logs', String(index), 'current');

const writes = ({ command }: Task): boolean => command[0]?.endsWith('writer') ?? false;

function writeRun(folder: string, command: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'run'), `#!/bin/sh\nexec ${command}\n`);
  chmodSync(join(folder, 'run'), 0o755);
}
