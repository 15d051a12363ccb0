/** From a program section to its processes: numprocs, expansion, logs, environment. */

import type { LogfileSpec, OutputSpec, ProcessSpec, ProgramKind } from '../model/program-spec.ts';
import { quoteText } from '../model/python-text.ts';
import { expand } from './expand.ts';
import type { Option, Scope } from './option.ts';
import { channelOptions, programOptions } from './program-options.ts';
import { type Reading, type ScopeNames, SectionReader } from './reading.ts';
import { type LogfileValue, name } from './values.ts';

/** More than a machine runs, and few enough to be held in memory. */
const MOST_PROCESSES = 100_000;

/** Node's timers cannot wait longer; 24.8 days. */
const LONGEST_WAIT_MS = 2 ** 31 - 1;

type Channel = keyof typeof channelOptions;

export interface ProgramSection {
  readonly section: string;
  readonly kind: ProgramKind;
  readonly groupName: string;
  /** `[supervisord] environment`. */
  readonly daemonEnvironment: ReadonlyMap<string, string>;
}

/** The processes of one program section as a member of one group, sorted by (priority, name). */
export function readProgram(reading: Reading, program: ProgramSection): readonly ProcessSpec[] {
  return new ProgramReader(reading, program).processes();
}

/** A configuration's order: by priority, then by name. */
export const byPriorityAndName = (
  left: { readonly priority: number; readonly name: string },
  right: { readonly priority: number; readonly name: string },
): number => left.priority - right.priority || (left.name < right.name ? -1 : Number(left.name > right.name));

class ProgramReader {
  readonly #reading: Reading;
  readonly #program: ProgramSection;
  readonly #reader: SectionReader;
  readonly #programNames: Map<string, string | number>;
  /** What the process that is being read adds, and what those before it have added. */
  readonly #processNames: Map<string, string | number>;
  readonly #programName: string;

  constructor(reading: Reading, program: ProgramSection) {
    this.#reading = reading;
    this.#program = program;
    const { section, groupName } = program;
    const file = reading.sections.introducedBy(section) ?? reading.configFile;
    const suffix = ` in section ${quoteText(section)} (file: ${quoteText(file)})`;
    this.#reader = new SectionReader(reading, section, this.#scopeNames, suffix);
    this.#programName = this.#readName();
    this.#programNames = new Map<string, string | number>([
      ...reading.environmentNames,
      ['here', reading.here],
      ['program_name', this.#programName],
      ['host_node_name', reading.host.nodeName],
      ['group_name', groupName],
    ]);
    this.#processNames = new Map(this.#programNames);
  }

  readonly #scopeNames: ScopeNames = (scope) => (scope === 'process' ? this.#processNames : this.#programNames);

  /** Every key may use at least the program's names. */
  #read<T>(option: Option<T>): T {
    return this.#reader.read(option, scopeInBody(option.scope));
  }

  #readName(): string {
    const text = this.#program.section.slice(this.#program.section.indexOf(':') + 1);
    const parsed = name.parse(text, this.#reading.host);
    if (parsed.kind === 'parsed') return parsed.value;
    this.#reader.refuseSection(parsed.reason, name.expected);
    return text;
  }

  processes(): readonly ProcessSpec[] {
    const { count, first, ...base } = this.#readCommon();
    const processNameFormat = this.#readProcessName();
    this.#checkTogether(base, count, processNameFormat);
    const processes: ProcessSpec[] = [];
    if (!this.#checkNumbers(count, first)) return processes;
    for (let processNumber = first; processNumber < first + count; processNumber += 1) {
      this.#processNames.set('process_num', processNumber).set('numprocs', count);
      // From the one before, and not from what they have in common: an object that gets keys which the first one that is
      // spread into it has not is one of a kind for Node 20, and has a description of its own, 750 bytes long.
      processes.push({
        ...(processes.at(-1) ?? base),
        ...this.#readProcess(base.redirectStderr),
        processNumber,
        ...this.#named(processNameFormat),
      });
    }
    return processes.sort(byPriorityAndName);
  }

  /** What is the same for all processes of the program, read in Supervisor's order. */
  #readCommon() {
    const { section, kind, groupName } = this.#program;
    const identity = { kind, section, source: this.#reader.position(), programName: this.#programName, groupName };
    const priority = this.#read(programOptions.priority);
    const autostart = this.#read(programOptions.autostart);
    const autorestart = this.#read(programOptions.autorestart);
    const startMs = this.#readWait(programOptions.startsecs);
    const startRetries = this.#read(programOptions.startretries);
    const stopSignal = this.#read(programOptions.stopsignal);
    const stopWaitMs = this.#readWait(programOptions.stopwaitsecs);
    const stopAsGroup = this.#read(programOptions.stopasgroup);
    const killAsGroup = this.#read(programOptions.killasgroup) ?? stopAsGroup;
    const killTree = this.#read(programOptions.killtree);
    const exitCodes = this.#read(programOptions.exitcodes);
    const exitOn = this.#read(programOptions.exit_on);
    const redirectStderr = this.#read(programOptions.redirect_stderr);
    const count = this.#read(programOptions.numprocs);
    const first = this.#read(programOptions.numprocs_start);
    for (const { captureMaxBytes, eventsEnabled } of Object.values(channelOptions)) {
      this.#read(captureMaxBytes);
      this.#read(eventsEnabled);
    }
    const serverUrl = this.#read(programOptions.serverurl);
    const user = this.#read(programOptions.user);
    const umask = this.#read(programOptions.umask);
    return {
      count,
      first,
      ...identity,
      priority,
      autostart,
      autorestart,
      startMs,
      startRetries,
      exitCodes,
      exitOn,
      stopSignal,
      stopWaitMs,
      stopAsGroup,
      killAsGroup,
      killTree,
      user,
      redirectStderr,
      umask,
      serverUrl: serverUrl.trim().toUpperCase() === 'AUTO' ? null : serverUrl,
    };
  }

  /** Seconds of the file as milliseconds; a wait below zero is none. */
  #readWait(option: Option<number>): number {
    const milliseconds = Math.max(0, this.#read(option) * 1000);
    if (milliseconds <= LONGEST_WAIT_MS) return milliseconds;
    this.#reading.notices.push({
      level: 'warn',
      message: `For [${this.#program.section}], ${option.key} is longer than ${LONGEST_WAIT_MS / 1000} seconds, which are used instead`,
    });
    return LONGEST_WAIT_MS;
  }

  /** The format of the names, checked before it is expanded. */
  #readProcessName(): string {
    const option = programOptions.process_name;
    const written = this.#reader.entry(option)?.value ?? option.default ?? '';
    const parsed = name.parse(written, this.#reading.host);
    if (parsed.kind === 'parsed') return parsed.value;
    this.#reader.refuse(option, { reason: parsed.reason, expected: name.expected });
    return option.default ?? '';
  }

  #checkNumbers(count: number, first: number): boolean {
    if (count > MOST_PROCESSES) {
      const expected = `at most ${MOST_PROCESSES} processes`;
      this.#reader.refuse(programOptions.numprocs, {
        reason: `numprocs is above upper bound (${MOST_PROCESSES})`,
        expected,
      });
      return false;
    }
    if (Number.isSafeInteger(first) && Number.isSafeInteger(first + Math.max(0, count))) return true;
    this.#reader.refuse(programOptions.numprocs_start, {
      reason: 'numprocs_start is too far from zero to be counted on',
      expected: 'a number of 15 digits at most',
    });
    return false;
  }

  #checkTogether(
    base: { readonly stopAsGroup: boolean; readonly killAsGroup: boolean },
    count: number,
    format: string,
  ): void {
    if (count > 1 && !format.includes('%(process_num)')) {
      this.#reader.refuse(programOptions.process_name, {
        reason: '%(process_num) must be present within process_name when numprocs > 1',
        expected: '%(process_num) in the name, since numprocs is above 1',
      });
    }
    if (base.stopAsGroup && !base.killAsGroup) {
      this.#reader.refuse(programOptions.killasgroup, {
        reason: 'Cannot set stopasgroup=true and killasgroup=false',
        expected: 'true, since stopasgroup is true',
      });
    }
  }

  /** What may differ from process to process, read in Supervisor's order. */
  #readProcess(redirectStderr: boolean) {
    const environment = this.#readEnvironment();
    const directory = this.#read(programOptions.directory);
    const stdout = this.#readOutput('stdout', false);
    const stderr = this.#readOutput('stderr', redirectStderr);
    const command = this.#readCommand();
    return { environment, directory, stdout, stderr, command };
  }

  #readEnvironment(): Readonly<Record<string, string>> {
    const option = programOptions.environment;
    const written = this.#reader.entry(option)?.value ?? '';
    for (const [key, value] of this.#reading.environmentNames) this.#processNames.set(key, value);
    const names = this.#processNames;
    const expansion = expand(written, names);
    let own: ReadonlyMap<string, string> = new Map();
    if (expansion.kind === 'expanded') own = this.#reader.parse(option, expansion.text);
    else this.#reader.refuseExpansion(option, expansion, { text: written, label: option.key, names });
    for (const [key, value] of own) this.#processNames.set(`ENV_${key}`, value);
    return Object.fromEntries([...this.#program.daemonEnvironment, ...own]);
  }

  #readOutput(channel: Channel, isRedirected: boolean): OutputSpec {
    const options = channelOptions[channel];
    const value = this.#readLogfile(options.logfile);
    const backups = this.#read(options.backups);
    const maxBytes = this.#read(options.maxBytes);
    const syslog = this.#read(options.syslog);
    if (value.kind === 'syslog') {
      this.#warn(
        `${options.logfile.key}=syslog but this is deprecated and will be removed.  ` +
          `Use ${options.syslog.key}=true to enable syslog instead.`,
      );
    }
    if (value.kind === 'auto' && maxBytes === 0) {
      this.#warn(
        `AUTO logging used for ${options.logfile.key} without rollover, set maxbytes > 0 ` +
          'to avoid filling up filesystem unintentionally',
      );
    }
    if (isRedirected && value.kind === 'file') {
      this.#warn(
        'redirect_stderr=true but stderr_logfile has also been set to a filename, the filename has been ignored',
      );
    }
    return {
      logfile: isRedirected ? { kind: 'none' } : logfileSpec(value),
      maxBytes,
      backups,
      captureMaxBytes: this.#read(options.captureMaxBytes),
      eventsEnabled: this.#read(options.eventsEnabled),
      syslog: syslog || value.kind === 'syslog',
    };
  }

  /**
   * Supervisor expands the names of log files twice, so that a literal percent sign must be written four times. What
   * it accepts keeps its meaning; where the second time fails, the first counts.
   */
  #readLogfile(option: Option<LogfileValue>): LogfileValue {
    const once = this.#reader.expanded(option, 'process');
    if (once === null) return option.absent(this.#reading.host);
    const twice = expand(once, this.#processNames);
    return this.#reader.parse(option, twice.kind === 'expanded' ? twice.text : once);
  }

  #readCommand(): string {
    const option = programOptions.command;
    if (this.#reader.entry(option)) return this.#read(option) ?? '';
    this.#reader.refuseMissing(option, `program section ${this.#program.section} does not specify a command`);
    return '';
  }

  #named(format: string): { readonly name: string } {
    const option = programOptions.process_name;
    const expansion = expand(format, this.#processNames);
    if (expansion.kind === 'expanded') return { name: expansion.text };
    this.#reader.refuseExpansion(option, expansion, { text: format, label: option.key, names: this.#processNames });
    return { name: format };
  }

  #warn(text: string): void {
    const message = `For [${this.#program.section}], ${text}`;
    if (!this.#reading.notices.some((notice) => notice.message === message)) {
      this.#reading.notices.push({ level: 'warn', message });
    }
  }
}

const scopeInBody = (scope: Scope): Scope => (scope === 'process' ? 'process' : 'program');

function logfileSpec(value: LogfileValue): LogfileSpec {
  if (value.kind === 'auto') return { kind: 'auto', path: null };
  return value.kind === 'file' && value.path !== '' ? { kind: 'file', path: value.path } : { kind: 'none' };
}
