/**
 * The types of configuration values: text in, a value out, or the reason why not in Supervisor's words. `expected`
 * completes the sentence `expected …` for whoever has to correct the file.
 */

import type { LengthUnit } from '../model/event-record.ts';
import { exitOnWords, exitWhenWords } from '../model/exit-policy.ts';
import { type Autorestart, type LogLevel, logLevels, type OwnerSpec, type UserSpec } from '../model/program-spec.ts';
import { quoteText } from '../model/python-text.ts';
import { type Role, roles } from '../model/role.ts';
import type { Host } from '../os/host.ts';
import { strip } from './blanks.ts';
import { readEnvironment } from './environment.ts';
import { notAnInteger, parseInteger, parseOctal } from './number.ts';
import { directoryName, expandHome, normalizePath } from './paths.ts';
import { parseSignal } from './signal.ts';

export type Parsed<T> =
  | { readonly kind: 'parsed'; readonly value: T }
  | { readonly kind: 'refused'; readonly reason: string };

export interface ValueType<T> {
  /** One or two words for the reference. */
  readonly name: string;
  readonly expected: string;
  readonly parse: (text: string, host: Host) => Parsed<T>;
}

const parsed = <T>(value: T): Parsed<T> => ({ kind: 'parsed', value });
const refused = (reason: string): { kind: 'refused'; reason: string } => ({ kind: 'refused', reason });

export const text: ValueType<string> = { name: 'text', expected: 'any text', parse: parsed };

export const integer: ValueType<number> = {
  name: 'whole number',
  expected: 'a whole number',
  parse: (value) => {
    const number = parseInteger(value);
    return number === null ? refused(notAnInteger(value)) : parsed(number);
  },
};

/** Seconds in the file, seconds here too; `load` turns them into milliseconds. */
export const count: ValueType<number> = {
  name: 'count',
  expected: 'a whole number from 0 on',
  parse: (value) => {
    const number = parseInteger(value);
    if (number === null) return refused(notAnInteger(value));
    return number < 0 ? refused(`${quoteText(value)} is less than 0`) : parsed(number);
  },
};

export const seconds: ValueType<number> = { ...integer, name: 'seconds', expected: 'a whole number of seconds' };

const trueWords: readonly string[] = ['yes', 'true', 'on', '1'];
const falseWords: readonly string[] = ['no', 'false', 'off', '0'];

export const boolean: ValueType<boolean> = {
  name: 'boolean',
  expected: 'true or false (also yes, no, on, off, 1, 0)',
  parse: (value) => {
    const word = value.toLowerCase();
    if (trueWords.includes(word)) return parsed(true);
    if (falseWords.includes(word)) return parsed(false);
    return refused(`not a valid boolean value: ${quoteText(value)}`);
  },
};

export const autorestart: ValueType<Autorestart> = {
  name: 'boolean or unexpected',
  expected: 'true, false or unexpected',
  parse: (value) => {
    const word = value.toLowerCase();
    if (trueWords.includes(word)) return parsed('always');
    if (falseWords.includes(word)) return parsed('never');
    if (word === 'unexpected') return parsed('unexpected');
    return refused(`invalid 'autorestart' value ${quoteText(word)}`);
  },
};

const sizeUnits: ReadonlyMap<string, number> = new Map([
  ['kb', 1024],
  ['mb', 1024 ** 2],
  ['gb', 1024 ** 3],
]);

export const byteSize: ValueType<number> = {
  name: 'size',
  expected: 'a whole number of bytes, or one followed by KB, MB or GB',
  parse: (value) => {
    const lower = value.toLowerCase();
    const unit = sizeUnits.get(lower.slice(-2));
    const digits = unit === undefined ? lower : lower.slice(0, -2);
    const number = parseInteger(digits);
    return number === null ? refused(notAnInteger(digits)) : parsed(number * (unit ?? 1));
  },
};

export const signal = {
  name: 'signal',
  expected: 'the name or the number of a signal',
  parse: parseSignal,
} as const satisfies ValueType<unknown>;

const LARGEST_EXIT_CODE = 255;

export const exitCodes: ValueType<readonly number[]> = {
  name: 'list of exit codes',
  expected: 'exit codes from 0 to 255, separated by commas',
  parse: (value) => {
    const codes = value === '' ? [] : value.split(',').map(parseInteger);
    const valid = codes.filter((code) => code !== null && code >= 0 && code <= LARGEST_EXIT_CODE);
    if (valid.length < codes.length) return refused(`not a valid list of exit codes: ${quoteText(value)}`);
    return parsed(valid.filter((code) => code !== null));
  },
};

export const octal: ValueType<number> = {
  name: 'octal number',
  expected: 'an octal number such as 022',
  parse: (value) => {
    const number = parseOctal(value);
    return number === null ? refused(`${value} can not be converted to an octal type`) : parsed(number);
  },
};

export const user: ValueType<UserSpec> = {
  name: 'user',
  expected: 'the name or the numeric id of an existing user',
  parse: (value, host) => {
    const id = parseInteger(value);
    const found = host.findUser(id ?? value);
    return found ? parsed(found) : refused(`Invalid user ${id === null ? 'name' : 'id'} ${value}`);
  },
};

/** `user` or `user:group`; without a group the group stays as it is. */
export const owner: ValueType<OwnerSpec> = {
  name: 'user[:group]',
  expected: 'an existing user, or user:group',
  parse: (value, host) => {
    const colon = value.indexOf(':');
    const found = user.parse(colon === -1 ? value : value.slice(0, colon), host);
    const groupName = colon === -1 ? null : value.slice(colon + 1);
    const group = groupName === null ? null : host.findGroup(parseInteger(groupName) ?? groupName);
    if (found.kind === 'refused' || (groupName !== null && group === null)) {
      return refused(`Invalid user:group definition ${value}`);
    }
    return parsed({ uid: found.value.uid, gid: group?.gid ?? null });
  },
};

export const existingDirectory: ValueType<string> = {
  name: 'existing directory',
  expected: 'a directory that exists',
  parse: (value, host) => {
    const path = expandHome(value, host);
    return host.isDirectory(path) ? parsed(path) : refused(`${value} is not an existing directory`);
  },
};

/** A directory that is made where it is missing. */
export const privateDirectory: ValueType<string> = {
  name: 'directory',
  expected: 'a directory of mode 0700 that is made where it is missing',
  parse: (value, host) => (value === '' ? refused('is empty') : parsed(expandHome(value, host))),
};

/** A file that may be absent, in a directory that may not. */
export const filePath: ValueType<string> = {
  name: 'file path',
  expected: 'a file in a directory that exists',
  parse: (value, host) => {
    const path = expandHome(value, host);
    const directory = directoryName(path);
    if (directory === '' || host.isDirectory(directory)) return parsed(path);
    return refused(`The directory named as part of the path ${value} does not exist`);
  },
};

export const existingFile: ValueType<string> = {
  name: 'existing file',
  expected: 'a file that exists and can be read',
  parse: (value, host) => {
    const path = normalizePath(value, host);
    return host.readFile(path) === null ? refused(`${value} cannot be read`) : parsed(path);
  },
};

/** What a child's log may be, before the deprecated `syslog` is rewritten. An empty path means no log. */
export type LogfileValue =
  | { readonly kind: 'auto' }
  | { readonly kind: 'none' }
  | { readonly kind: 'syslog' }
  | { readonly kind: 'file'; readonly path: string };

export const logfile: ValueType<LogfileValue> = {
  name: 'file path, AUTO or NONE',
  expected: 'AUTO, NONE, or a file in a directory that exists',
  parse: (value, host) => {
    const word = value.toLowerCase();
    if (word === 'none' || word === 'off') return parsed({ kind: 'none' });
    if (word === 'auto') return parsed({ kind: 'auto' });
    if (word === 'syslog') return parsed({ kind: 'syslog' });
    const path = filePath.parse(value, host);
    return path.kind === 'parsed' ? parsed({ kind: 'file', path: path.value }) : path;
  },
};

export const logLevel: ValueType<LogLevel> = {
  name: 'log level',
  expected: logLevels.join(', '),
  parse: (value) => {
    const level = logLevels.find((name) => name === value.toLowerCase());
    return level ? parsed(level) : refused(`bad logging level name ${quoteText(value)}`);
  },
};

export const logFormat: ValueType<'classic' | 'json'> = {
  name: 'log format',
  expected: 'classic or json',
  parse: (value) => {
    const word = value.toLowerCase();
    if (word === 'classic' || word === 'json') return parsed(word);
    return refused(`bad log format name ${quoteText(value)}`);
  },
};

function oneOf<Word extends string>(name: string, words: readonly Word[]): ValueType<Word> {
  const expected = `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
  return {
    name,
    expected,
    parse: (value) => {
      const word = words.find((one) => one === value.toLowerCase());
      return word === undefined ? refused(`${quoteText(value)} is not ${expected}`) : parsed(word);
    },
  };
}

export const exitOn = oneOf('end of a program', exitOnWords);
export const exitWhen = oneOf('end of the daemon', exitWhenWords);

export const role: ValueType<Role> = {
  name: 'role',
  expected: roles.join(', '),
  parse: (value) => {
    const found = roles.find((name) => name === value.toLowerCase());
    return found ? parsed(found) : refused(`bad role name ${quoteText(value)}`);
  },
};

export const lengthUnit: ValueType<LengthUnit> = {
  name: 'unit of length',
  expected: 'characters or bytes',
  parse: (value) => {
    const word = value.toLowerCase();
    if (word === 'characters' || word === 'bytes') return parsed(word);
    return refused(`bad unit of length ${quoteText(value)}`);
  },
};

/** Items between commas, without blanks around them; empty ones stay. An empty text is an empty list. */
export const list: ValueType<readonly string[]> = {
  name: 'list',
  expected: 'names separated by commas',
  parse: (value) => parsed(value === '' ? [] : value.split(',').map(strip)),
};

export const environment: ValueType<ReadonlyMap<string, string>> = {
  name: 'variables',
  expected: 'KEY="value" pairs separated by commas',
  parse: (value) => {
    const result = readEnvironment(value);
    return result.kind === 'read' ? parsed(result.variables) : result;
  },
};

/** The place of a Python object. What is behind it is the business of whoever runs it. */
export const objectReference: ValueType<string> = {
  name: 'module:attribute',
  expected: 'module:attribute',
  parse: (value) =>
    /^[\p{L}\p{N}_.]+\s*(:\s*[\p{L}\p{N}_.]+\s*)?(\[.*\]\s*)?$/u.test(value)
      ? parsed(value)
      : refused(`${value} cannot be resolved`),
};

/** The name of a program, group or process. */
export const name: ValueType<string> = {
  name: 'name',
  expected: 'a name without blanks, colons and slashes',
  parse: (value) => {
    const stripped = strip(value);
    const wrong = [...' :/'].find((character) => stripped.includes(character));
    if (wrong === undefined) return parsed(stripped);
    return refused(`Invalid name: ${quoteText(value)} because of character: ${quoteText(wrong)}`);
  },
};

const LARGEST_PORT = 65535;

/** A port that can be listened on. */
export function parsePort(value: string): Parsed<number> {
  const port = parseInteger(value);
  if (port === null) return refused(notAnInteger(value));
  if (port < 1) return refused(`${allDigits(value)} is below lower bound (1)`);
  if (port > LARGEST_PORT) return refused(`${allDigits(value)} is above upper bound (${LARGEST_PORT})`);
  return parsed(port);
}

/** A whole number in plain notation, whatever its size. */
const allDigits = (text: string): string => String(BigInt(strip(text).replaceAll('_', '')));

export interface InetAddress {
  /** Empty = all interfaces. */
  readonly host: string;
  readonly port: number;
}

export const inetAddress: ValueType<InetAddress> = {
  name: '[host:]port',
  expected: 'a port, or host:port',
  parse: (value) => {
    const colon = value.lastIndexOf(':');
    const portText = value.slice(colon + 1);
    const port = parsePort(portText);
    if (colon === -1) {
      return port.kind === 'parsed'
        ? parsed({ host: '', port: port.value })
        : refused(`not a valid port number: ${quoteText(value)} `);
    }
    if (portText === '') return refused(`no port number specified in ${quoteText(portText)}`);
    const host = value.slice(0, colon).toLowerCase();
    return port.kind === 'parsed' ? parsed({ host: host === '*' ? '' : host, port: port.value }) : port;
  },
};

export const url: ValueType<string> = {
  name: 'URL',
  expected: 'a URL such as http://localhost:9001 or unix:///run/supervisor.sock',
  parse: (value) =>
    // A scheme, and something behind it that is neither query nor fragment alone.
    /^[A-Za-z][A-Za-z0-9+.-]*:(\/\/[^?#]|\/(?!\/)|[^/?#])/.test(value)
      ? parsed(value)
      : refused(`value ${quoteText(value)} is not a URL`),
};

export const webSocketUrl: ValueType<string> = {
  name: 'WebSocket URL',
  expected: 'a URL such as ws://localhost:8080 or wss://host/path',
  parse: (value) =>
    /^wss?:\/\/[^/?#]/i.test(value) && !value.includes('#') && URL.canParse(value)
      ? parsed(value)
      : refused(`value ${quoteText(value)} is not a WebSocket URL`),
};
