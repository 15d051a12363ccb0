/** An installed product that can be replaced by another version, as a package manager does: the path stays, the files change. */
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type Commands, inRepository, supervisordPath, testedCommands } from './sandbox.ts';

const manifest = inRepository('package.json');

/** The version of what is under test. */
export const presentVersion: string = JSON.parse(readFileSync(manifest, 'utf8')).version;

/** Has a version do something before it does anything else; `code` may wait. */
export const first =
  (code: string) =>
  (text: string): string => {
    const [shell, launcher, ...rest] = text.split('\n');
    return [shell, launcher, `void (async () => { ${code}`, ...rest, '})();'].join('\n');
  };

export class Installation {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'statevisor-installed-')));

  constructor() {
    this.install(presentVersion);
  }

  /** The daemon by its installed path. The client is the one under test. */
  get commands(): Commands {
    return { ...testedCommands, supervisord: join(this.folder, 'installed/dist/supervisord.js') };
  }

  /** Puts a version in place, in one step. `spoil` may change the text of its `supervisord`. */
  install(version: string, spoil: (text: string) => string = (text) => text): void {
    const place = join(this.folder, version);
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place);
    cpSync(dirname(supervisordPath), join(place, 'dist'), { recursive: true });
    cpSync(manifest, join(place, 'package.json'));
    symlinkSync(inRepository('node_modules'), join(place, 'node_modules'));
    const path = join(place, 'dist/supervisord.js');
    writeFileSync(path, spoil(readFileSync(path, 'utf8')));
    this.#rename(join(place, 'dist/chunks'), version);
    symlinkSync(version, join(this.folder, 'next'));
    renameSync(join(this.folder, 'next'), join(this.folder, 'installed'));
  }

  /** Its name has the same length, so that only the checksum tells that compiled code is of another version. */
  #rename(chunks: string, version: string): void {
    for (const name of readdirSync(chunks).filter((one) => one.startsWith('supervisord-'))) {
      const path = join(chunks, name);
      const text = readFileSync(path, 'utf8');
      const renamed = text.replace(`version:"${presentVersion}"`, `version:"${version}"`);
      if (renamed !== text) writeFileSync(path, renamed);
      else if (version !== presentVersion && name.endsWith('-main.js'))
        throw new Error('the version does not stand where it was expected');
    }
  }

  /** Takes everything away that was installed. */
  uninstall(): void {
    rmSync(join(this.folder, 'installed'));
  }

  [Symbol.dispose](): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
