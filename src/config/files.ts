/** Reads the files of a configuration: the main one and, for the daemon, those its [include] section names. */

import type { ConfigNotice } from '../model/program-spec.ts';
import type { Host } from '../os/host.ts';
import { splitWords } from './blanks.ts';
import { includeOptions } from './daemon-options.ts';
import { type SyntaxMistake, translate } from './dialect.ts';
import { absolutePath, directoryName, joinPath } from './paths.ts';
import type { ProblemList } from './problem.ts';
import { type Reading, SectionReader } from './reading.ts';
import { Sections } from './sections.ts';
import { decodeText } from './text-file.ts';

export interface FilesRequest {
  readonly host: Host;
  readonly problems: ProblemList;
  readonly notices: ConfigNotice[];
  /** As typed. */
  readonly configFile: string;
  readonly environmentNames: Map<string, string>;
}

/** Reads the main file. null when there is nothing to go on with; problems are noted. */
export function readMainFile(request: FilesRequest): Reading | null {
  const { host, problems, configFile } = request;
  if (!host.exists(configFile)) {
    problems.add({ message: `could not find config file ${configFile}` });
    return null;
  }
  const bytes = host.readFile(configFile);
  if (bytes === null) {
    problems.add({ message: `could not read config file ${configFile}` });
    return null;
  }
  const here = directoryName(absolutePath(configFile, host));
  const reading: Reading = { ...request, sections: new Sections(), here };
  const isUsable = mergeFile(reading, configFile, bytes, false);
  return isUsable ? reading : null;
}

/** Reads what the [include] section names, in order; what is read later wins. */
export function readIncludedFiles(reading: Reading): void {
  if (!reading.sections.has('include')) return;
  reading.sections.replaceHere(reading.here);
  for (const pattern of includePatterns(reading)) {
    const path = joinPath(reading.here, pattern);
    const found = [...reading.host.glob(path)].sort();
    if (found.length === 0) {
      reading.notices.push({ level: 'warn', message: `No file matches via include "${path}"` });
    }
    for (const file of found) includeFile(reading, file);
  }
}

function includePatterns(reading: Reading): readonly string[] {
  const reader = new SectionReader(reading, 'include');
  const { files } = includeOptions;
  if (!reader.entry(files)) {
    reader.refuseMissing(files, '.ini file has [include] section, but no files setting');
    return [];
  }
  return splitWords(reader.expanded(files) ?? '');
}

function includeFile(reading: Reading, file: string): void {
  reading.notices.push({ level: 'info', message: `Included extra file "${file}" during parsing` });
  const bytes = reading.host.readFile(file);
  // A file that went away or may not be read is passed over, as Supervisor does.
  if (bytes === null) return;
  mergeFile(reading, file, bytes, true);
  reading.sections.replaceHere(directoryName(absolutePath(file, reading.host)));
}

/** False when the file says nothing at all that can be used. */
function mergeFile(reading: Reading, file: string, bytes: Uint8Array, isIncluded: boolean): boolean {
  const decoded = decodeText(bytes);
  if (decoded.kind === 'invalid') {
    reading.problems.add({ message: decoded.reason, position: { file, line: 0 } });
    return false;
  }
  const translation = translate(decoded.text, file);
  for (const mistake of translation.mistakes) {
    reading.problems.add({
      message: translation.message ?? '',
      position: { file, line: mistake.line },
      ...(mistake.section !== null && { section: mistake.section }),
      value: mistake.text.trimEnd(),
      expected: expectation(mistake),
    });
  }
  reading.sections.merge(translation, file, isIncluded);
  return !translation.mistakes.some(({ kind }) => kind === 'no-section');
}

const expectation = ({ kind }: SyntaxMistake): string =>
  kind === 'no-section' ? 'a [section] header before the first key' : 'key = value';
