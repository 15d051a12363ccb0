/**
 * The table of all sections and their keys. Parsing, messages, the suggestions for misspelt names and the reference
 * are made from it.
 */

import {
  controlOptions,
  controlPluginOptions,
  daemonOptions,
  includeOptions,
  inetServerOptions,
  rpcInterfaceOptions,
  unixServerOptions,
  userOptions,
} from './daemon-options.ts';
import type { Option } from './option.ts';
import { eventListenerOptions, fcgiProgramOptions, groupOptions, programOptions } from './program-options.ts';

export interface SectionKind {
  /** The whole name, or how it starts. */
  readonly name: string;
  /** `exact`: one section of this name; `named`: `name:x`; `prefix`: every name that starts so is one more of the kind. */
  readonly form: 'exact' | 'named' | 'prefix';
  /** One or two sentences. */
  readonly doc: string;
  readonly options: readonly Option<unknown>[];
  /** Keys that are not listed are passed on to somebody else. */
  readonly takesAnyKey: boolean;
}

const kind = (
  name: string,
  form: SectionKind['form'],
  doc: string,
  options: Readonly<Record<string, Option<unknown>>>,
  takesAnyKey = false,
): SectionKind => ({ name, form, doc, options: Object.values(options), takesAnyKey });

/** In the order of the reference. */
export const sectionKinds: readonly SectionKind[] = [
  kind('supervisord', 'exact', 'The daemon itself. Every configuration needs this section.', daemonOptions),
  kind('unix_http_server', 'prefix', 'A control socket in the file system.', unixServerOptions),
  kind('inet_http_server', 'prefix', 'A control server on TCP.', inetServerOptions),
  kind('user', 'named', 'Somebody who may use every control server. Not known to Supervisor.', userOptions),
  kind('supervisorctl', 'exact', 'What the control client needs to know.', controlOptions),
  kind('program', 'named', 'A program to run. Without a [group:x] that lists it, it is its own group.', programOptions),
  kind('group', 'named', 'Programs that are treated as one.', groupOptions),
  kind('fcgi-program', 'named', 'A program whose processes share a listening socket.', fcgiProgramOptions),
  kind('eventlistener', 'named', 'A program that is told what happens in the daemon.', eventListenerOptions),
  kind('include', 'exact', 'Further files of the same configuration. Only the main file may include.', includeOptions),
  kind('rpcinterface', 'named', 'A namespace of control methods.', rpcInterfaceOptions, true),
  kind('ctlplugin', 'named', 'More commands for the control client.', controlPluginOptions, true),
];

/** The kind of a section; undefined when Supervisor would ignore it. */
export const kindOfSection = (section: string): SectionKind | undefined =>
  sectionKinds.find(({ name, form }) => {
    if (form === 'exact') return section === name;
    return section.startsWith(form === 'named' ? `${name}:` : name);
  });
