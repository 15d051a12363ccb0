/** The machine's answers to what configuration asks. */

import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { resolve } from 'node:path';
import type { TlsSpec } from '../model/program-spec.ts';
import { glob } from './glob.ts';
import type { Host } from './host.ts';
import { findGroup, findUser } from './native.ts';
import { readTlsFiles } from './tls-files.ts';

const LARGEST_ID = 0xffff_fffe;

/** Answers for the machine; `environment` is what the command was started with, by default what this process has. */
export function createNodeHost(environment: Readonly<Record<string, string>> = ownEnvironment()): Host {
  return {
    environment,
    userId: process.getuid?.() ?? 0,
    nodeName: hostname(),
    workingDirectory: () => process.cwd(),
    temporaryDirectory: () => temporaryDirectory(environment),
    homeDirectory: (user) => (user === null ? ownHome(environment) : homeFromDatabase(user)),
    exists: existsSync,
    isDirectory,
    readFile,
    glob,
    tlsProblem,
    findUser: (nameOrId) => (isImpossibleId(nameOrId) ? null : findUser(nameOrId)),
    findGroup: (nameOrId) => (isImpossibleId(nameOrId) ? null : findGroup(nameOrId)),
  };
}

const ownEnvironment = (): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );

function tlsProblem(files: TlsSpec): string | null {
  const read = readTlsFiles(files);
  return read.kind === 'failed' ? read.text : null;
}

const isImpossibleId = (nameOrId: string | number): boolean =>
  typeof nameOrId === 'number' ? nameOrId < 0 || nameOrId > LARGEST_ID : nameOrId.includes('\0');

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

function readFile(path: string): Uint8Array | null {
  try {
    return readFileSync(path);
  } catch {
    return null;
  }
}

function temporaryDirectory(environment: Readonly<Record<string, string>>): string {
  const candidates = [environment.TMPDIR, environment.TEMP, environment.TMP, '/tmp', '/var/tmp', '/usr/tmp'];
  for (const candidate of candidates) {
    if (candidate && isDirectory(candidate) && isWritable(candidate)) return resolve(candidate);
  }
  return process.cwd();
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function ownHome(environment: Readonly<Record<string, string>>): string | null {
  const home = environment.HOME;
  if (home !== undefined) return home;
  try {
    return homedir();
  } catch {
    return null;
  }
}

/** From the local user database alone: it is asked only for `~name`, which nearly nobody writes. */
function homeFromDatabase(user: string): string | null {
  const database = readFile('/etc/passwd');
  if (database === null) return null;
  const lines = Buffer.from(database).toString('utf8').split('\n');
  const fields = lines.map((line) => line.split(':')).find(([name]) => name === user);
  return fields?.[5] ?? null;
}
