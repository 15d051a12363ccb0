/** From program, group, listener and fcgi sections to the groups the daemon runs. */

import { eventTypeNames } from '../model/event-types.ts';
import type { FcgiSocketSpec, GroupSpec, ProcessSpec, ProgramKind } from '../model/program-spec.ts';
import { readFcgiSocket } from './fcgi-socket.ts';
import { ProblemList } from './problem.ts';
import { eventListenerOptions, groupOptions, programOptions } from './program-options.ts';
import { byPriorityAndName, readProgram } from './programs.ts';
import { type Reading, SectionReader, scopeNames } from './reading.ts';
import { name } from './values.ts';

/** All groups in boot order, one for each name. Sections are read in Supervisor's order. */
export function readGroups(reading: Reading, daemonEnvironment: ReadonlyMap<string, string>): readonly GroupSpec[] {
  const groups = new GroupsReader(reading, daemonEnvironment).groups();
  const byName = new Map<string, GroupSpec>();
  for (const group of groups.toSorted(byPriorityAndName)) {
    const first = byName.get(group.name);
    if (first) noteIgnoredGroup(reading, group, first);
    else byName.set(group.name, group);
  }
  return [...byName.values()];
}

function noteIgnoredGroup(reading: Reading, ignored: GroupSpec, first: GroupSpec): void {
  const place = ({ source }: GroupSpec) => `${source.file}, line ${source.line}`;
  reading.notices.push({
    level: 'warn',
    message: `group ${ignored.name} (${place(ignored)}) is ignored: another one has its name (${place(first)})`,
  });
}

class GroupsReader {
  readonly #reading: Reading;
  readonly #daemonEnvironment: ReadonlyMap<string, string>;
  readonly #memberSections = new Set<string>();

  constructor(reading: Reading, daemonEnvironment: ReadonlyMap<string, string>) {
    this.#reading = reading;
    this.#daemonEnvironment = daemonEnvironment;
  }

  groups(): readonly GroupSpec[] {
    return [
      ...this.#sections('group:').map((section) => this.#readGroup(section)),
      ...this.#sections('program:').map((section) => this.#readProgram(section)),
      ...this.#sections('eventlistener:').map((section) => this.#readListener(section)),
      ...this.#sections(fcgiPrefix).map((section) => this.#readFcgi(section)),
    ];
  }

  /** Sections of a kind, without those that belong to a group. */
  #sections(prefix: string): readonly string[] {
    const sections = this.#reading.sections.names();
    return sections.filter((section) => section.startsWith(prefix) && !this.#memberSections.has(section));
  }

  #readGroup(section: string): GroupSpec {
    const reader = new SectionReader(this.#reading, section);
    const groupName = this.#readName(reader);
    const programs = reader.read(groupOptions.programs) ?? [];
    const priority = reader.read(groupOptions.priority);
    const processes = programs.flatMap((program) => {
      const member = this.#memberSection(reader, program);
      if (member === null) return [];
      this.#memberSections.add(member);
      return member.startsWith(fcgiPrefix)
        ? withSocket(this.#processes(member, 'fcgi-program', groupName), this.#memberSocket(member))
        : this.#processes(member, 'program', groupName);
    });
    return {
      kind: 'heterogeneous',
      name: groupName,
      priority,
      source: reader.position(),
      // Programs of equal priority stay in the order in which the group lists them.
      processes: lastOfEachName(processes.toSorted((left, right) => left.priority - right.priority)),
    };
  }

  #memberSection(reader: SectionReader, program: string): string | null {
    const { sections } = this.#reading;
    const candidates = [`program:${program}`, `${fcgiPrefix}${program}`].filter((section) => sections.has(section));
    const [only] = candidates;
    if (only !== undefined && candidates.length === 1) return only;
    const reason =
      only === undefined
        ? `[${reader.section}] names unknown program or fcgi-program ${program}`
        : `[${reader.section}] name ${program} is ambiguous (exists as program and fcgi-program)`;
    reader.refuse(groupOptions.programs, { reason });
    return null;
  }

  #readProgram(section: string): GroupSpec {
    const reader = new SectionReader(this.#reading, section);
    const programName = this.#readName(reader);
    const priority = reader.read(programOptions.priority);
    const processes = this.#processes(section, 'program', programName);
    return { kind: 'homogeneous', name: programName, priority, source: reader.position(), processes };
  }

  #readListener(section: string): GroupSpec {
    const reader = new SectionReader(this.#reading, section);
    const poolName = nameIn(section);
    const priority = reader.read(eventListenerOptions.priority);
    const bufferSize = reader.read(eventListenerOptions.buffer_size);
    if (bufferSize < 1) {
      const reason = `[${section}] section sets invalid buffer_size (${bufferSize})`;
      reader.refuse(eventListenerOptions.buffer_size, { reason, expected: 'at least 1' });
    }
    const resultHandler = reader.read(eventListenerOptions.result_handler);
    const lengthUnit = reader.read(eventListenerOptions.length_unit);
    const events = this.#readEvents(reader);
    if (reader.read(eventListenerOptions.redirect_stderr, 'here')) {
      const reason =
        `[${section}] section sets redirect_stderr=true but this is not allowed because it will interfere ` +
        'with the eventlistener protocol';
      reader.refuse(eventListenerOptions.redirect_stderr, { reason });
    }
    return {
      kind: 'eventlistener',
      name: poolName,
      priority,
      source: reader.position(),
      processes: this.#processes(section, 'eventlistener', poolName),
      pool: { bufferSize, events, resultHandler, lengthUnit },
    };
  }

  #readEvents(reader: SectionReader): readonly string[] {
    const option = eventListenerOptions.events;
    const names = [...new Set((reader.read(option) ?? []).map((event) => event.toUpperCase()))];
    if (names.length === 0) {
      reader.refuseMissing(option, `[${reader.section}] section requires an "events" line`);
    }
    for (const event of names) {
      if (eventTypeNames.has(event)) continue;
      reader.refuse(option, { reason: `Unknown event type ${event} in [${reader.section}] events` });
    }
    return names;
  }

  #readFcgi(section: string): GroupSpec {
    const reader = this.#fcgiReader(this.#reading, section);
    const programName = this.#readName(reader);
    const priority = reader.read(programOptions.priority);
    const socket = readFcgiSocket(this.#reading, reader);
    return {
      kind: 'fcgi',
      name: programName,
      priority,
      source: reader.position(),
      processes: withSocket(this.#processes(section, 'fcgi-program', programName), socket),
      ...(socket && { socket }),
    };
  }

  /** Supervisor does not read the socket of a group's member, so a wrong one must not make the configuration invalid. */
  #memberSocket(section: string): FcgiSocketSpec | null {
    const problems = new ProblemList();
    const reading = { ...this.#reading, problems };
    const socket = readFcgiSocket(reading, this.#fcgiReader(reading, section));
    const [problem] = problems.all();
    if (problem === undefined) return socket;
    this.#reading.notices.push({
      level: 'warn',
      message: `[${section}] runs without a socket in its group: ${problem.message}`,
    });
    return null;
  }

  #fcgiReader(reading: Reading, section: string): SectionReader {
    const scopes = scopeNames(reading);
    const programName = nameIn(section).trim();
    return new SectionReader(reading, section, (scope) =>
      scope === 'socket' ? new Map([...scopes('here'), ['program_name', programName]]) : scopes(scope),
    );
  }

  #processes(section: string, kind: ProgramKind, groupName: string): readonly ProcessSpec[] {
    const program = { section, kind, groupName, daemonEnvironment: this.#daemonEnvironment };
    return lastOfEachName(readProgram(this.#reading, program));
  }

  #readName(reader: SectionReader): string {
    const parsed = name.parse(nameIn(reader.section), this.#reading.host);
    if (parsed.kind === 'parsed') return parsed.value;
    reader.refuseSection(parsed.reason, name.expected);
    return nameIn(reader.section);
  }
}

const fcgiPrefix = 'fcgi-program:';

const withSocket = (processes: readonly ProcessSpec[], socket: FcgiSocketSpec | null): readonly ProcessSpec[] =>
  socket === null ? processes : processes.map((process) => ({ ...process, socket }));

const nameIn = (section: string): string => section.slice(section.indexOf(':') + 1);

/** A group holds one process of a name; as in Supervisor the last one stays. */
function lastOfEachName<Named extends { readonly name: string }>(processes: readonly Named[]): readonly Named[] {
  const last = new Map(processes.map((process) => [process.name, process]));
  return processes.filter((process) => last.get(process.name) === process);
}
