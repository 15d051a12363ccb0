/**
 * Replacing the running daemon by the installed version, in the same process: same pid, so programs stay its children
 * and no exit status is lost. The new version is tried before; what it has to know is handed over in the environment.
 */

import { randomUUID } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { UpgradeOutcome } from '../commands/control.ts';
import { describeExit } from '../model/exit-status.ts';
import { posixSpawn, SystemError } from '../os/native.ts';
import { keepOnExec, replaceProcess } from '../os/process-calls.ts';
import type { Reaper } from '../os/reaper.ts';
import { type RuntimeDirectory, trialFiles } from '../os/runtime-directory.ts';

/** Set for a version that is only tried; removed before anything else sees the environment. */
export const trialVariable = 'STATEVISOR_TRIAL';
/** Set for a version that replaces another one; holds a `Handover` as JSON. */
export const handoverVariable = 'STATEVISOR_HANDOVER';

/** What the old version hands to the new one, besides what is in the runtime directory. */
export interface Handover {
  /** The working directory the daemon was started in: relative paths are meant from there. */
  readonly startDirectory: string;
  /** The soft limit of open files the daemon was started with, as the launcher notes it. */
  readonly softFileLimit: string;
  /** The daemon had left its terminal. */
  readonly inBackground: boolean;
  /** Listening sockets by the address they are configured with. */
  readonly sockets: Readonly<Record<string, number>>;
  /** The locked runtime directory. */
  readonly runtimeDirectory: number;
  /** Descriptors that keep the output of programs, to be closed once it is read by the new version itself. */
  readonly pipes: readonly number[];
  /** Serial number of the next event. */
  readonly eventSerial: number;
  /** Of a file in memory with the events that no listener has accepted yet; null if they could not be kept. */
  readonly undelivered: number | null;
}

/** How this command was started, so that it can be started again: the program, its arguments, the environment. */
export interface Invocation {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly startDirectory: string;
}

/** A name for one life of one version, unlike every other. */
export const createInstanceName = (): string => randomUUID();

export interface UpgradeOptions {
  readonly invocation: Invocation;
  readonly reaper: Reaper;
  readonly log: { info(message: string): void; critical(message: string): void };
  readonly currentVersion: string;
  /** The locked runtime directory; null when programs cannot survive the daemon. */
  readonly directory: RuntimeDirectory | null;
  /** Everything is being stopped: there is nothing to go on with any more. */
  readonly isEnding: () => boolean;
  /**
   * Ends all connections; the sockets go on listening. Everything that is to be handed over, as it is when this resolves: nothing
   * else is heard or done from then on.
   */
  readonly letGo: () => Promise<Handover>;
  /** The new version could not be executed after all: takes back what was handed over. */
  readonly takeBack: (handover: Handover) => Promise<void>;
}

export interface Upgrade {
  /** See `SupervisorControl`. */
  begin(): Promise<UpgradeOutcome>;
}

const ending = 'everything is being stopped';

/** Milliseconds for an answer on its way out, before connections are told to end. */
const replyGraceMs = 20;

export function createUpgrade(options: UpgradeOptions): Upgrade {
  const { invocation, log, directory } = options;
  let isUnderWay = false;

  const replace = async (): Promise<void> => {
    if (options.isEnding()) {
      log.info(`not upgraded: ${ending}`);
      return;
    }
    const handover = await options.letGo();
    const failure = options.isEnding() ? ending : handOver(invocation, handover);
    log.critical(`the installed version could not be executed, going on with this one: ${failure}`);
    await options.takeBack(handover);
    isUnderWay = false;
  };

  return {
    begin: async () => {
      if (directory === null) return { kind: 'refused', reason: 'programs would not survive it: no runtime directory' };
      if (isUnderWay) return { kind: 'refused', reason: 'an upgrade is under way already' };
      isUnderWay = true;
      const outcome = await tryInstalledVersion({ ...options, directory: directory.path });
      if (outcome.kind === 'accepted' && options.isEnding()) {
        return { kind: 'refused', reason: ending };
      }
      if (outcome.kind === 'refused') {
        isUnderWay = false;
        log.info(`not upgraded: ${outcome.reason}`);
        return outcome;
      }
      log.info(`upgrading supervisord from ${outcome.from} to ${outcome.to}`);
      setTimeout(() => {
        replace().catch((error: unknown) => log.critical(`internal error in an upgrade: ${String(error)}`));
      }, replyGraceMs);
      return outcome;
    },
  };
}

const trialPatienceMs = 20_000;

interface TrialOptions {
  readonly invocation: Invocation;
  readonly reaper: Reaper;
  /** Where the version that is tried may leave what it says. */
  readonly directory: string;
  readonly currentVersion: string;
}

/**
 * Starts the installed version just far enough to know that it can take over: it loads itself, the configuration, the
 * native library and the journal, says its version and ends.
 */
function tryInstalledVersion(options: TrialOptions): Promise<UpgradeOutcome> {
  const { invocation, reaper, directory, currentVersion } = options;
  const paths = { stdout: join(directory, trialFiles.stdout), stderr: join(directory, trialFiles.stderr) };
  const open = (path: string): number => openSync(path, 'w+', 0o600);
  return new Promise((resolve) => {
    const refuse = (reason: string): void => resolve({ kind: 'refused', reason });
    let pid: number;
    const fds: number[] = [];
    try {
      fds.push(openSync('/dev/null', 'r'), open(paths.stdout), open(paths.stderr));
      const [stdin = 0, stdout = 1, stderr = 2] = fds;
      pid = posixSpawn({
        file: process.execPath,
        argv: invocation.argv,
        environment: assignments({ ...invocation.environment, [trialVariable]: directory }),
        directory: invocation.startDirectory,
        stdio: [stdin, stdout, stderr],
      });
    } catch (error) {
      for (const fd of fds) closeSync(fd);
      refuse(`the installed version cannot be tried: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    const timer = setTimeout(() => process.kill(pid, 'SIGKILL'), trialPatienceMs);
    reaper.expect(pid, (status) => {
      clearTimeout(timer);
      // By descriptor: the files may have been tidied away with other remains of an earlier daemon.
      const [said, complained] = fds.slice(1).map(wholeText);
      for (const fd of fds) closeSync(fd);
      for (const path of Object.values(paths)) removeIfPossible(path);
      const version = /^ready (\S+)$/m.exec(said ?? '')?.[1];
      if (status.kind === 'exited' && status.code === 0 && version !== undefined) {
        resolve({ kind: 'accepted', from: currentVersion, to: version });
        return;
      }
      refuse(`the installed version cannot start (${describeExit(status)})\n${complained || said}`.trimEnd());
    });
  });
}

/** What a version says that is tried and could take over. */
export const trialPassed = (version: string): string => `ready ${version}\n`;

/** From its beginning, wherever its descriptor stands. */
function wholeText(fd: number): string {
  const bytes = Buffer.alloc(fstatSync(fd).size);
  return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0));
}

function removeIfPossible(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {
    // It goes with the directory at the daemon's end.
  }
}

/** Puts the installed version in the place of this one. Returns only when that failed, with the reason. */
function handOver(invocation: Invocation, handover: Handover): string {
  const { sockets, runtimeDirectory, pipes, undelivered } = handover;
  const kept = [0, 1, 2, ...Object.values(sockets), runtimeDirectory, ...pipes];
  if (undelivered !== null) kept.push(undelivered);
  try {
    for (const fd of kept) keepOnExec(fd, true);
    const environment = { ...invocation.environment, [handoverVariable]: JSON.stringify(handover) };
    replaceProcess(process.execPath, invocation.argv, assignments(environment));
  } catch (error) {
    for (const fd of kept.slice(3)) keepOnExec(fd, false);
    return error instanceof SystemError ? error.message : String(error);
  }
}

/** null when the text is no handover of a version that this one understands. */
export function parseHandover(text: string | undefined): Handover | null {
  if (text === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [startDirectory, softFileLimit] = [fields.get('startDirectory'), fields.get('softFileLimit')];
  const [runtimeDirectory, eventSerial] = [fields.get('runtimeDirectory'), fields.get('eventSerial')];
  const [sockets, pipes, undelivered] = [fields.get('sockets'), fields.get('pipes'), fields.get('undelivered')];
  if (typeof startDirectory !== 'string' || typeof softFileLimit !== 'string') return null;
  if (!isDescriptor(runtimeDirectory) || typeof eventSerial !== 'number') return null;
  return {
    startDirectory,
    softFileLimit,
    inBackground: fields.get('inBackground') === true,
    sockets: Object.fromEntries(
      Object.entries(typeof sockets === 'object' && sockets !== null ? sockets : {}).flatMap(([address, fd]) =>
        isDescriptor(fd) ? [[address, fd]] : [],
      ),
    ),
    runtimeDirectory,
    pipes: Array.isArray(pipes) ? pipes.filter(isDescriptor) : [],
    eventSerial,
    undelivered: isDescriptor(undelivered) ? undelivered : null,
  };
}

const isDescriptor = (value: unknown): value is number => Number.isInteger(value) && Number(value) > 2;

const assignments = (environment: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(environment).map(([name, value]) => `${name}=${value}`);
