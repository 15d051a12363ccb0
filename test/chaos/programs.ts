/**
 * The programs of the chaos: one for each way of being supervised that can go wrong in its own way, and the configuration
 * that has them, which is edited while it is in use.
 */

import { inRepository } from '../helpers/sandbox.ts';
import type { Restarts } from './model.ts';

export interface ChaosProgram {
  readonly group: string;
  readonly name: string;
  readonly restarts: Restarts;
  /** Its log may be cleared, by request or with the generated file of a former boot. */
  readonly logIsCleared: boolean;
  /** It is taken out of the configuration and put back, so that its last words may have no log to go to. */
  readonly comesAndGoes: boolean;
  /** It writes numbered lines, and understands orders. */
  readonly isWriter: boolean;
}

interface Definition extends Partial<ChaosProgram> {
  readonly group: string;
  /** What its section says beyond what all have. */
  readonly section: readonly string[];
  readonly onTerm?: 'obey' | 'ignore';
}

/** `stdout_logfile` and the like. */
const logLines = (name: string): readonly string[] => [
  `stdout_logfile=%(here)s/logs/${name}.out`,
  `stderr_logfile=%(here)s/logs/${name}.err`,
];

const definitions: readonly Definition[] = [
  ...['steady0', 'steady1', 'steady2'].map((group) => ({ group, section: ['startsecs=0', ...logLines(group)] })),
  { group: 'proving', section: ['startsecs=1', ...logLines('proving')] },
  { group: 'once', restarts: 'never', section: ['startsecs=0', 'autorestart=false', ...logLines('once')] },
  {
    group: 'choosy',
    restarts: 'unexpected',
    section: ['startsecs=0', 'autorestart=unexpected', ...logLines('choosy')],
  },
  { group: 'merged', section: ['startsecs=0', 'redirect_stderr=true', 'stdout_logfile=%(here)s/logs/merged.out'] },
  { group: 'stubborn', onTerm: 'ignore', section: ['startsecs=0', ...logLines('stubborn')] },
  { group: 'whole', section: ['startsecs=0', 'killtree=true', ...logLines('whole')] },
  { group: 'seen', section: ['startsecs=0', 'stdout_events_enabled=true', ...logLines('seen')] },
  { group: 'cleared', logIsCleared: true, section: ['startsecs=0', ...logLines('cleared')] },
  {
    group: 'auto',
    logIsCleared: true,
    section: ['startsecs=0', 'stdout_logfile_maxbytes=0', 'stderr_logfile_maxbytes=0'],
  },
  { group: 'pair', name: 'left', section: ['startsecs=0', ...logLines('left')] },
  { group: 'pair', name: 'right', section: ['startsecs=0', 'priority=5', ...logLines('right')] },
  { group: 'edited', section: ['startsecs=0', ...logLines('edited')] },
  { group: 'extra0', comesAndGoes: true, section: ['startsecs=0', ...logLines('extra0')] },
  { group: 'extra1', comesAndGoes: true, section: ['startsecs=0', ...logLines('extra1')] },
  { group: 'ear', isWriter: false, section: [] },
];

const programOf = ({ group, name, restarts, logIsCleared, comesAndGoes, isWriter }: Definition): ChaosProgram => ({
  group,
  name: name ?? group,
  restarts: restarts ?? 'always',
  logIsCleared: logIsCleared ?? false,
  comesAndGoes: comesAndGoes ?? false,
  isWriter: isWriter ?? true,
});

export const chaosPrograms: readonly ChaosProgram[] = definitions.map(programOf);

/** `group:name`, as requests name it. */
export const nameOf = ({ group, name }: Pick<ChaosProgram, 'group' | 'name'>): string => `${group}:${name}`;

/** What somebody has made of the configuration file. */
export interface ConfigurationFile {
  /** Which of those that come and go are in it. */
  readonly present: ReadonlySet<string>;
  /** A number in the environment of `edited`, which is started anew when it changes. */
  readonly edition: number;
  /** False: the file has a mistake. */
  readonly isValid: boolean;
}

export const firstConfiguration: ConfigurationFile = { present: new Set(['extra0']), edition: 1, isValid: true };

/** Programs that the file has. */
export const configuredPrograms = ({ present }: Pick<ConfigurationFile, 'present'>): readonly ChaosProgram[] =>
  chaosPrograms.filter(({ group, comesAndGoes }) => !comesAndGoes || present.has(group));

/** What the sandbox's own sections are followed by: the programs are in a file that can be replaced in one step. */
export const mainConfiguration = `[supervisord]
loglevel=info
logfile_maxbytes=0
[include]
files=programs.conf
`;

/** The file of the programs. */
export function configurationText(file: ConfigurationFile): string {
  const sections = definitions
    .filter(({ group, comesAndGoes }) => comesAndGoes !== true || file.present.has(group))
    .map((definition) => sectionText(definition, file.edition));
  return [
    ...sections,
    '[group:pair]\nprograms=left,right\n',
    file.isValid ? '' : '[program:broken]\nstartsecs=several\n',
  ].join('\n');
}

function sectionText(definition: Definition, edition: number): string {
  const { group, name = group, onTerm = 'obey', section } = definition;
  if (group === 'ear') {
    const command = `command=/bin/bash ${inRepository('test/chaos/listener.bash')}`;
    const settings = ['events=PROCESS_STATE,PROCESS_LOG,TICK_5', 'buffer_size=100', 'startsecs=0', 'startretries=1000'];
    return `[eventlistener:ear]\n${[command, ...settings, 'stderr_logfile=NONE'].join('\n')}\n`;
  }
  const common = [
    `command=/bin/bash ${inRepository('test/chaos/numbered-lines.bash')} ${onTerm}`,
    `environment=COUNTS="%(here)s/counts",EDITION="${group === 'edited' ? edition : 0}"`,
    'startretries=1000',
    'stopwaitsecs=2',
    'stdout_logfile_maxbytes=200KB',
    'stderr_logfile_maxbytes=50KB',
    'stdout_logfile_backups=1000',
    'stderr_logfile_backups=1000',
    'autorestart=true',
  ];
  // What a program says for itself takes the place of what all have.
  const keys = new Set(section.map((line) => line.split('=')[0]));
  const lines = [...common.filter((line) => !keys.has(line.split('=')[0])), ...section];
  return `[program:${name}]\n${lines.join('\n')}\n`;
}
