import { describe, expect, test } from 'vitest';
import {
  controlOptions,
  daemonOptions,
  inetServerOptions,
  unixServerOptions,
  userOptions,
} from '../../src/config/daemon-options.ts';
import type { Option } from '../../src/config/option.ts';
import { kindOfSection, sectionKinds } from '../../src/config/options.ts';
import {
  eventListenerOptions,
  fcgiProgramOptions,
  groupOptions,
  programOptions,
} from '../../src/config/program-options.ts';
import { renderReference } from '../../src/config/reference.ts';
import { fakeHost } from './fake-host.ts';

describe('the reference page', () => {
  // `npx vitest run test/config --update` writes it anew.
  test('says what the table says', async () => {
    await expect(renderReference()).toMatchFileSnapshot('../../docs/reference/configuration.md');
  });
});

describe('the table of options', () => {
  const tables: readonly Readonly<Record<string, Option<unknown>>>[] = [
    daemonOptions,
    unixServerOptions,
    inetServerOptions,
    controlOptions,
    programOptions,
    fcgiProgramOptions,
    eventListenerOptions,
    groupOptions,
    userOptions,
  ];

  test('holds each key under its own name', () => {
    for (const table of tables) for (const [name, { key }] of Object.entries(table)) expect(key).toBe(name);
  });

  test('has defaults that its own types accept', () => {
    for (const { options } of sectionKinds) for (const option of options) option.absent(fakeHost());
  });

  test('describes every section and key in one line', () => {
    for (const kind of sectionKinds) {
      for (const text of [kind.doc, ...kind.options.map(({ doc }) => doc)]) expect(text).toMatch(/^[A-Z][^\n]+\.$/);
    }
  });

  test.each([
    ['supervisord', 'supervisord'],
    ['supervisord2', undefined],
    ['Supervisord', undefined],
    ['program:x', 'program'],
    ['user:x', 'user'],
    ['user', undefined],
    ['program', undefined],
    ['Program:x', undefined],
    ['unix_http_server:two', 'unix_http_server'],
    ['inet_http_server2', 'inet_http_server'],
    ['fcgi-program:x', 'fcgi-program'],
    ['ctlplugin:x', 'ctlplugin'],
  ])('takes [%s] for %s', (section, kind) => {
    expect(kindOfSection(section)?.name).toBe(kind);
  });
});
