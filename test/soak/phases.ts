/** What a daemon is put through, and how much of it: programs started and stopped, clients that come and go, logs. */

import { readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { ControlClient } from '../../src/client/control-client.ts';
import { connectMsgpack } from '../../src/client/msgpack-client.ts';
import { connectXmlRpc } from '../../src/client/xml-rpc-client.ts';
import { openUselessClient } from '../chaos/useless-client.ts';
import type { Daemon } from '../helpers/daemon.ts';
import { pause } from '../helpers/wait.ts';
import { LogMeter } from './log-meter.ts';

export const phaseNames = ['restarts', 'clients', 'logs'] as const;
export type PhaseName = (typeof phaseNames)[number];

/** How much of each makes a whole soak. */
export const wholeAmounts: Readonly<Record<PhaseName, number>> = {
  restarts: 10_000,
  clients: 1000,
  /** Bytes. */
  logs: 10 * 1024 ** 3,
};

export interface PhaseContext {
  readonly daemon: Daemon;
  readonly port: number;
  readonly amount: number;
  /** Where the logs of the writers are. */
  readonly logFolder: string;
  /** From 0 to 1; to be called as often as one likes. */
  readonly onProgress: (progress: number) => void;
}

export const phases: Readonly<Record<PhaseName, (context: PhaseContext) => Promise<void>>> = {
  restarts: restartPrograms,
  clients: comeAndGo,
  logs: writeLogs,
};

const programCount = 20;
const writerCount = 4;
const clientsAtOnce = 20;
const logFileBytes = 10 * 1024 * 1024;
const logBackups = 2;

/** Programs for all phases, behind the sections that every sandbox has. */
export const soakConfiguration = (port: number, logFolder: string): string => `[inet_http_server]
port=127.0.0.1:${port}
[supervisord]
loglevel=warn
[program:steady]
command=sleep 86400
process_name=steady%(process_num)02d
numprocs=${programCount}
startsecs=0
stopsignal=KILL
[program:writer]
command=/bin/sh -c "exec yes 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde"
process_name=writer%(process_num)d
numprocs=${writerCount}
autostart=false
startsecs=0
stdout_logfile=${logFolder}/%(process_num)d.log
stdout_logfile_maxbytes=${logFileBytes}
stdout_logfile_backups=${logBackups}
`;

export const observedProcess = 'steady:steady00';

/** Each program is stopped and started again, all of them beside each other. The first one is left alone. */
async function restartPrograms({ daemon, amount, onProgress }: PhaseContext): Promise<void> {
  let begun = 0;
  let done = 0;
  await Promise.all(
    Array.from({ length: programCount - 1 }, async (_, index) => {
      const name = `steady:steady${String(index + 1).padStart(2, '0')}`;
      const client = connectMsgpack(socketOf(daemon));
      while (begun < amount) {
        begun += 1;
        await client.call('supervisor.stopProcess', name);
        await client.call('supervisor.startProcess', name);
        done += 1;
        onProgress(done / amount);
      }
      client.close();
    }),
  );
}

/** Clients of all kinds: most ask something and leave, some follow a log, some are of no use. */
async function comeAndGo({ daemon, port, amount, onProgress }: PhaseContext): Promise<void> {
  const visits = [visitByMessagePack, visitByXmlRpc, visitByTcp, visitPage, followLog, visitInVain];
  let begun = 0;
  let done = 0;
  await Promise.all(
    Array.from({ length: clientsAtOnce }, async () => {
      while (begun < amount) {
        const visit = visits[begun % visits.length] ?? visitByMessagePack;
        begun += 1;
        await visit(daemon, port);
        done += 1;
        onProgress(done / amount);
      }
    }),
  );
}

const socketOf = (daemon: Daemon) => ({ path: daemon.sandbox.path('supervisor.sock'), username: null, password: null });

async function askAndLeave(client: ControlClient): Promise<void> {
  for (const method of ['supervisor.getState', 'supervisor.getAllProcessInfo', 'system.listMethods']) {
    await client.call(method);
  }
  client.close();
}

const visitByMessagePack = (daemon: Daemon): Promise<void> => askAndLeave(connectMsgpack(socketOf(daemon)));
const visitByXmlRpc = (daemon: Daemon): Promise<void> => askAndLeave(connectXmlRpc(socketOf(daemon)));
const visitByTcp = (_: Daemon, port: number): Promise<void> =>
  askAndLeave(connectXmlRpc({ host: '127.0.0.1', port, username: null, password: null }));

async function visitPage(_: Daemon, port: number): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } });
  await answer.text();
}

async function followLog(daemon: Daemon): Promise<void> {
  const client = connectMsgpack(socketOf(daemon));
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 50);
  await client.followLog({ process: null, channel: 'stdout', onBytes: () => {}, signal: abort.signal });
  client.close();
}

/** Says nothing of use, or breaks off in the middle. */
async function visitInVain(daemon: Daemon, port: number): Promise<void> {
  const path = daemon.sandbox.path('supervisor.sock');
  const sockets = [
    openUselessClient(path, 'half-frame'),
    openUselessClient(path, 'half-http'),
    openUselessClient(path, 'garbage'),
    openUselessClient(path, 'never-reads'),
    connect({ host: '127.0.0.1', port }).on('error', () => {}),
  ];
  await pause(30);
  for (const socket of sockets) socket.destroy();
}

/** Programs write as fast as they can, until so much has gone through their logs. */
async function writeLogs({ daemon, amount, logFolder, onProgress }: PhaseContext): Promise<void> {
  const client = connectMsgpack(socketOf(daemon));
  await client.call('supervisor.startProcessGroup', 'writer');
  const meters = Array.from(
    { length: writerCount },
    (_, number) => new LogMeter(join(logFolder, `${number}.log`), logFileBytes),
  );
  for (let written = 0; written < amount; ) {
    await pause(5);
    written = meters.reduce((sum, meter) => sum + meter.read(), 0);
    onProgress(Math.min(1, written / amount));
  }
  await client.call('supervisor.stopProcessGroup', 'writer');
  client.close();
}

/** Bytes that the logs take on the disk. */
export const sizeOfLogs = (logFolder: string): number =>
  readdirSync(logFolder).reduce(
    (sum, name) => sum + (statSync(join(logFolder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
