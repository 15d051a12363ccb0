/** Sections that name code of somebody else: `[rpcinterface:x]` and `[ctlplugin:x]`. */

import type { Option } from './option.ts';
import { type Reading, SectionReader } from './reading.ts';
import { text } from './values.ts';

/** What a section of this kind names: Python code, as `module:attribute`. */
export interface Plugin {
  readonly name: string;
  readonly factory: string;
}

/** Checks the sections of one kind, and gives their names and factories in file order. All their values are text. */
export function readPlugins(reading: Reading, prefix: string, factoryOption: Option<string | null>): readonly Plugin[] {
  const plugins: Plugin[] = [];
  for (const section of reading.sections.names()) {
    if (!section.startsWith(prefix)) continue;
    const reader = new SectionReader(reading, section);
    const factory = reader.read(factoryOption);
    if (factory === null) {
      reader.refuseMissing(factoryOption, `section [${section}] does not specify a ${factoryOption.key}`);
      continue;
    }
    for (const key of reading.sections.keys(section)) {
      if (key !== factoryOption.key) reader.expanded({ ...factoryOption, key, type: text });
    }
    plugins.push({ name: section.slice(prefix.length), factory });
  }
  return plugins;
}
