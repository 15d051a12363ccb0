import { describe, expect, test } from 'vitest';
import { type ControlConfig, loadControlConfig } from '../../src/config/control.ts';
import { fakeHost } from './fake-host.ts';

function load(text: string | null, overrides: Readonly<Record<string, string | true>> = {}): ControlConfig {
  const host = fakeHost(text === null ? {} : { files: { '/srv/app/conf/ctl.conf': text } });
  return loadControlConfig(host, {
    configFile: text === null ? null : 'conf/ctl.conf',
    overrides: new Map(Object.entries(overrides)),
    argv0: '/opt/x/bin/supervisorctl',
  });
}

const messageOf = (result: ControlConfig): string =>
  result.kind === 'invalid' ? (result.problems[0]?.message ?? '') : 'valid';

const defaults = {
  configFile: null,
  serverUrl: 'http://localhost:9001',
  username: null,
  password: null,
  prompt: 'supervisor',
  historyFile: null,
  tlsCa: null,
  tlsCertificate: null,
  tlsKey: null,
};

describe('the control client', () => {
  test('does without a file', () => {
    expect(load(null)).toEqual({ kind: 'ok', spec: defaults, plugins: [] });
  });

  test('needs its section in a file that there is', () => {
    expect(messageOf(load('[supervisord]\n'))).toBe('.ini file does not include supervisorctl section');
    expect(load('[supervisorctl]\n')).toEqual({
      kind: 'ok',
      spec: { ...defaults, configFile: 'conf/ctl.conf' },
      plugins: [],
    });
  });

  test.each([
    ['serverurl=http://h:1', { serverUrl: 'http://h:1' }],
    ['serverurl=unix:///tmp/../tmp/s', { serverUrl: 'unix:///tmp/s' }],
    ['serverurl=unix://~/s', { serverUrl: 'unix:///home/me/s' }],
    ['serverurl=unix://%(here)s/s', { serverUrl: 'unix:///srv/app/conf/s' }],
    ['username=%(ENV_HOME)s\npassword=p', { username: '/home/me', password: 'p' }],
    ['prompt=mine', { prompt: 'mine' }],
    ['history_file=~/.h', { historyFile: '/home/me/.h' }],
    ['history_file=', { historyFile: null }],
  ])('reads %j', (lines, expected) => {
    expect(load(`[supervisorctl]\n${lines}`)).toMatchObject({ kind: 'ok', spec: expected });
  });

  test.each([
    [
      'serverurl=%(nope)s',
      "Format string '%(nope)s' for 'supervisorctl.serverurl' contains names ('nope') which cannot be expanded. Available names: ENV_HOME, here",
    ],
    [
      'prompt=%(here)s',
      "Format string '%(here)s' for 'supervisorctl.prompt' contains names ('here') which cannot be expanded. Available names: ENV_HOME",
    ],
    ['[ctlplugin:x]', 'section [ctlplugin:x] does not specify a supervisor.ctl_factory'],
  ])('refuses %j', (lines, message) => {
    expect(messageOf(load(`[supervisorctl]\n${lines}`))).toBe(message);
  });

  test('names the plugins, which are left to others', () => {
    const plugin = '[ctlplugin:x]\nsupervisor.ctl_factory=some.module:make\nkey=value';
    expect(load(`[supervisorctl]\n${plugin}`)).toMatchObject({
      kind: 'ok',
      plugins: [{ name: 'x', factory: 'some.module:make' }],
    });
  });

  test('follows its flags before the file', () => {
    const flags = {
      serverurl: 'unix://s',
      username: 'u',
      password: 'p',
      history_file: '/tmp/h',
      interactive: true,
    } as const;
    expect(load('[supervisorctl]\nserverurl=http://h:1\nusername=x', flags)).toMatchObject({
      spec: { serverUrl: 'unix://s', username: 'u', password: 'p', historyFile: null },
    });
  });

  test('never follows [include]', () => {
    expect(load('[include]\n[supervisorctl]\nprompt=x')).toMatchObject({
      kind: 'ok',
      spec: { prompt: 'x' },
      plugins: [],
    });
  });

  test('says which file is missing', () => {
    const request = { configFile: 'nope.conf', overrides: new Map(), argv0: 'supervisorctl' };
    expect(messageOf(loadControlConfig(fakeHost(), request))).toBe('could not find config file nope.conf');
  });
});
