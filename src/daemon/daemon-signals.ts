/** What signals to the daemon mean. */

import type { SupervisorControl } from '../commands/control.ts';
import type { DaemonLog } from '../logging/daemon-log.ts';
import type { Supervisor } from '../supervisor.ts';
import { describeRefusal } from './describe-refusal.ts';

export interface SignalHandling {
  close(): void;
}

export function handleSignals(supervisor: Supervisor, log: DaemonLog): SignalHandling {
  const { control } = supervisor;
  const exit = (name: NodeJS.Signals): void => {
    log.warn(`received ${name} indicating exit request`);
    control.shutdown();
  };
  const restart = (): void => {
    if (control.state() === 'SHUTDOWN') {
      log.warn('ignored SIGHUP indicating restart request (shutdown in progress)');
      return;
    }
    log.warn('received SIGHUP indicating restart request');
    tryRestart(control, log);
  };
  const reopen = (): void => {
    log.info('received SIGUSR2 indicating log reopen request');
    log.info('supervisord logreopen');
    log.reopen();
    supervisor.reopenLogs();
  };
  const handlers: readonly [NodeJS.Signals, (name: NodeJS.Signals) => void][] = [
    ['SIGTERM', exit],
    ['SIGINT', exit],
    ['SIGQUIT', exit],
    ['SIGHUP', restart],
    ['SIGUSR2', reopen],
    // Node would open its debugger.
    ['SIGUSR1', () => log.info('ignored SIGUSR1')],
    // A file that reaches the size limit is an error of that write, not the end of the daemon.
    ['SIGXFSZ', () => {}],
  ];
  for (const [name, handler] of handlers) process.on(name, handler);
  return {
    close: () => {
      for (const [name, handler] of handlers) process.off(name, handler);
    },
  };
}

function tryRestart(control: SupervisorControl, log: DaemonLog): void {
  try {
    control.restart();
  } catch (error) {
    log.critical(`not restarting, since the configuration is invalid: ${describeRefusal(error)}`);
  }
}
