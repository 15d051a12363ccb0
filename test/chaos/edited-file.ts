/** The file of the programs, which is edited while daemons read it. */

import { renameSync } from 'node:fs';
import type { Sandbox } from '../helpers/sandbox.ts';
import { type ConfigurationFile, configurationText, firstConfiguration } from './programs.ts';
import type { Step } from './script.ts';

export class EditedFile {
  readonly #sandbox: Sandbox;
  #present: ConfigurationFile = firstConfiguration;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    this.#write(firstConfiguration);
  }

  get present(): ConfigurationFile {
    return this.#present;
  }

  edit({ change, group }: Extract<Step, { kind: 'edit' }>): void {
    const { present, edition } = this.#present;
    const others = [...present].filter((one) => one !== group);
    const toggled = new Set(present.has(group) ? others : [...present, group]);
    if (change === 'toggle') this.#write({ ...this.#present, present: toggled });
    else if (change === 'edition') this.#write({ ...this.#present, edition: edition + 1 });
    else this.#write({ ...this.#present, isValid: change === 'mend' });
  }

  /** Takes the mistake out, if there is one. */
  mend(): void {
    this.#write({ ...this.#present, isValid: true });
  }

  /** In one step, as an editor does: a daemon that starts at that moment must find either text. */
  #write(file: ConfigurationFile): void {
    this.#present = file;
    this.#sandbox.write('programs.new', configurationText(file));
    renameSync(this.#sandbox.path('programs.new'), this.#sandbox.path('programs.conf'));
  }
}
