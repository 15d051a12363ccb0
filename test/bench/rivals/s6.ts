/** s6: one s6-supervise for each program, under s6-svscan. */

import { missingCommands, type Rival } from './rival.ts';
import { serviceLog, writeServiceFolders } from './service-folders.ts';

export const s6: Rival = {
  name: 's6',
  most: Number.POSITIVE_INFINITY,
  missing: () => missingCommands(['s6-svscan', 's6-supervise', 's6-svc', 's6-svwait', 's6-svstat', 's6-log']),
  plan(task) {
    // As large as its files can be; the measurements write less.
    const services = writeServiceFolders(task, (folder) => `s6-log n1000 s268435455 ${folder}`);
    const each = (order: string, wait = ''): readonly string[] => [
      'sh',
      '-c',
      `for service in ${services}/*; do ${order} $service; done${wait && `; ${wait} ${services}/*`}`,
    ];
    return {
      command: ['s6-svscan', '-c', String(task.count * 2 + 10), services],
      endSignal: 'SIGTERM',
      status: each('s6-svstat'),
      stopAll: each('s6-svc -d', 's6-svwait -D'),
      startAll: each('s6-svc -u', 's6-svwait -u'),
      logRotates: true,
      logFile: (index) => serviceLog(task, index),
    };
  },
};
