/**
 * What a run of the measurements needs and leaves nothing of: a folder, in memory where there is such a file system so that no disk
 * is measured, and the small programs in C. Without a compiler a shell script stands in for the program that does nothing.
 */

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const sources = 'test/bench/limit';
const sharedMemory = '/dev/shm';

const tools = ['child', 'writer', 'watcher', 'client', 'limit'] as const;
export type Tool = (typeof tools)[number];

export interface Workshop {
  /** A new empty folder. */
  folder(): string;
  /** The path of a compiled program; undefined where there is no compiler. */
  tool(name: Tool): string | undefined;
  /** What tells that it runs and then does nothing, or becomes a command; see child.c. */
  readonly child: string;
  remove(): void;
}

export function openWorkshop(): Workshop {
  const root = mkdtempSync(join(existsSync(sharedMemory) ? sharedMemory : tmpdir(), 'statevisor-bench-'));
  const compiled = new Map(tools.map((name) => [name, compile(name, root)]));
  let folders = 0;
  return {
    folder() {
      folders += 1;
      const path = join(root, String(folders));
      mkdirSync(path);
      return path;
    },
    tool: (name) => compiled.get(name),
    child: compiled.get('child') ?? writeChildScript(root),
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

/** Linked statically, for a program that begins at once; not every system has what that needs. */
function compile(name: Tool, root: string): string | undefined {
  const path = join(root, name);
  for (const linking of [['-static'], []]) {
    try {
      const options = ['-O2', '-D_GNU_SOURCE', ...linking, '-o', path, join(sources, `${name}.c`)];
      execFileSync('cc', options, { stdio: 'ignore' });
      return path;
    } catch {
      // The next way, or none.
    }
  }
  return undefined;
}

function writeChildScript(root: string): string {
  const path = join(root, 'child.sh');
  const idle = 'exec sleep 1000000';
  const lines = [
    '#!/bin/sh',
    'fifo=$1 index=$2',
    'shift 2',
    'echo "$index $$ 0" > "$fifo"',
    `[ $# -gt 0 ] && exec "$@"`,
    idle,
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  chmodSync(path, 0o755);
  return path;
}
