/**
 * Opens the runtime directory with its journal and named pipes, and looks at what a daemon that was killed has left there.
 * Everything is decided then; nothing is touched before the supervisor boots.
 */

import { existsSync } from 'node:fs';
import { takeStock } from '../adoption/take-stock.ts';
import { journalName } from '../journal/layout.ts';
import type { SupervisorSpec } from '../model/program-spec.ts';
import { canMakeFifos } from '../os/fifo.ts';
import { openRuntimeDirectory, runtimeDirectoryPath } from '../os/runtime-directory.ts';
import { JournalledSurvival, type SurvivalOptions } from './journalled-survival.ts';
import { type Survival, withoutSurvival } from './survival.ts';

export type { Survival } from './survival.ts';

export interface OpenSurvivalOptions extends SurvivalOptions {
  readonly spec: SupervisorSpec;
  readonly environment: Readonly<Record<string, string>>;
  /** False: what is left is ended (`--no-adopt`). */
  readonly adopts: boolean;
  /** The locked runtime directory, from the version that this one replaces. */
  readonly handedOn: number | null;
}

/** Opens the runtime directory and looks at what is in it. Where none can be had, programs live as long as the daemon. */
export function openSurvival(options: OpenSurvivalOptions): Survival {
  const { spec, log, environment, handedOn } = options;
  const path = runtimeDirectoryPath({
    configured: spec.daemon.runtimeDirectory,
    configFile: spec.daemon.configFile,
    identifier: spec.daemon.identifier,
    userId: process.geteuid?.() ?? 0,
    environment,
  });
  const opened = openRuntimeDirectory(path, { handedOn });
  if (opened.kind === 'held') {
    const by = opened.by === null ? '' : ` (pid ${opened.by})`;
    return withoutSurvival(`Another supervisord${by} is already running with the runtime directory ${path}.`);
  }
  if (opened.kind !== 'open') {
    log.warn(`programs will not survive this supervisord: ${opened.reason}`);
    return withoutSurvival(null);
  }
  const { directory } = opened;
  if (!canMakeFifos(directory.path)) {
    if (existsSync(`${directory.path}/${journalName}`)) {
      directory.close();
      return withoutSurvival(`named pipes cannot be made in ${path}, where an earlier supervisord has left programs`);
    }
    log.warn(`programs will not survive this supervisord: named pipes cannot be made in ${directory.path}`);
    directory.remove();
    return withoutSurvival(null);
  }
  const outcome = takeStock({ directory, groups: spec.groups, adopts: options.adopts });
  if (outcome.kind === 'refused') {
    directory.close();
    return withoutSurvival(outcome.reason);
  }
  return new JournalledSurvival(options, directory, outcome.stock);
}
