/**
 * Loads the code of a command in packs: the build puts together what is always needed together, and what only some
 * configuration or request needs into packs of its own. A pack is one function in one file.
 */

import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { Script } from 'node:vm';
import { underFirstSettings } from '../os/late-compiling.ts';
import { openCodeCache } from './code-cache.ts';

/** The parts of a pack that others ask for by their names. */
type Provide = (name: string, exports: unknown) => void;
type Require = (name: string) => unknown;
type Pack = (require: Require, provide: Provide, directory: string) => void;

export interface PacksOptions {
  /** Where the commands are; the packs are in `chunks` beside them. */
  readonly folder: string;
  /** What the names of the command's packs begin with. */
  readonly prefix: string;
  /** Finds what is no part of a pack. */
  readonly require: Require;
  /** Whether packs must be there as long as the command runs, also when another version is installed in its place. */
  readonly lasting: boolean;
}

/** How packs name parts of each other: `pack:<pack>/<part>`. */
const partName = /^pack:([^/]+)\/./;

/** Runs the pack `main`; it and the others load what they need of each other when they need it. */
export function openPacks({ folder, prefix, require, lasting }: PacksOptions): void {
  const provided = new Map<string, unknown>();
  const cache = openCodeCache(folder);
  const held = lasting ? holdFiles(`${folder}/chunks`, prefix) : null;

  const load = (pack: string): void => {
    const name = `${prefix}-${pack}.js`;
    const path = `${folder}/chunks/${name}`;
    // The build writes ASCII alone, which takes one byte a character in memory, too.
    const bytes = held?.take(name) ?? readFileSync(path);
    const source = bytes.toString('latin1');
    const cachedData = cache.find(name, bytes);
    const options = cachedData === null ? { filename: path } : { filename: path, cachedData };
    const script = underFirstSettings(() => new Script(source, options));
    // What V8 refuses was made under other flags of it, and stays for those.
    if (cachedData === null) cache.miss(name, bytes, script);
    const run: Pack = script.runInThisContext();
    run(resolve, (part, exports) => provided.set(part, exports), folder);
  };

  const resolve: Require = (name) => {
    const pack = partName.exec(name)?.[1];
    if (pack === undefined) return require(name);
    if (!provided.has(name)) load(pack);
    return provided.get(name);
  };

  load('main');
}

/** Opens the files whose names begin so: what is open can be read when its name is gone. */
function holdFiles(folder: string, prefix: string): { take(name: string): Buffer | null } {
  const names = readdirSync(folder).filter((name) => name.startsWith(`${prefix}-`));
  const held = new Map(names.map((name) => [name, openSync(`${folder}/${name}`, 'r')]));
  return {
    take: (name) => {
      const fd = held.get(name);
      if (fd === undefined) return null;
      held.delete(name);
      try {
        return readFileSync(fd);
      } finally {
        closeSync(fd);
      }
    },
  };
}
