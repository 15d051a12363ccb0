/** runit: one runsv for each program, under runsvdir, which takes a thousand at most. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingCommands, type Rival } from './rival.ts';
import { serviceLog, writeServiceFolders } from './service-folders.ts';

export const runit: Rival = {
  name: 'runit',
  most: 1000,
  missing: () => missingCommands(['runsvdir', 'runsv', 'sv', 'svlogd']),
  plan(task) {
    const services = writeServiceFolders(task, (folder) => {
      // A size of 0: one file that is never rotated, as for all others.
      writeFileSync(join(folder, 'config'), 's0\n');
      return `svlogd ${folder}`;
    });
    const all = (order: string): readonly string[] => ['sh', '-c', `exec sv -w 60 ${order} ${services}/*`];
    return {
      command: ['runsvdir', services],
      endSignal: 'SIGHUP',
      status: all('status'),
      stopAll: all('stop'),
      startAll: all('start'),
      logFile: (index) => serviceLog(task, index),
    };
  },
};
