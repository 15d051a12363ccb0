/**
 * Help for people whose supervisorctl cannot reach its server. All of it goes to standard error; standard output keeps
 * the lines that scripts know.
 */

import { ConnectionProblem } from '../../client/control-client.ts';
import { Fault, faultCodes } from '../../model/errors.ts';
import type { AddressOrigin, ControlContext } from './context.ts';

/** Says what to check about an error; says nothing about errors that explain themselves. */
export function noteHints(context: ControlContext, error: unknown): void {
  const { serverUrl, origin } = context.server;
  for (const hint of hintsFor(error, serverUrl, origin)) context.output.note(`hint: ${hint}`);
}

/** The hints for an error, one line each. */
export function hintsFor(error: unknown, serverUrl: string, origin: AddressOrigin): readonly string[] {
  if (error instanceof ConnectionProblem) return [explain(error, serverUrl), explainOrigin(serverUrl, origin)];
  if (error instanceof Fault && error.code === faultCodes.SHUTDOWN_STATE) {
    return ['supervisord is stopping or restarting; try again in a moment'];
  }
  if (error instanceof Fault && error.code === faultCodes.FORBIDDEN) {
    return ['the user given in [supervisorctl], or with -u and -p, has a role that may not do this'];
  }
  return [];
}

function explain(problem: ConnectionProblem, serverUrl: string): string {
  const path = serverUrl.replace(/^unix:\/\//, '');
  switch (problem.kind) {
    case 'refused':
      if (problem.code === null) return problem.message;
      return `nobody listens at ${serverUrl}: supervisord is not running, or it uses another address`;
    case 'no-such-file':
      return `there is no socket ${path}: supervisord is not running, or it uses another socket`;
    case 'no-permission':
      return `this user may not open ${path}: see chmod and chown in [unix_http_server], or become a user who may`;
    case 'unauthorized':
      return 'username and password are missing or wrong: give them in [supervisorctl], or with -u and -p';
    case 'untrusted':
      return `no trust between here and ${serverUrl}: tls_ca in [supervisorctl] names the authorities to believe`;
    case 'broken':
      return `the connection to ${serverUrl} failed: ${problem.message}`;
    default:
      return problem.kind satisfies never;
  }
}

function explainOrigin(serverUrl: string, { kind, configFile }: AddressOrigin): string {
  const read =
    configFile === null ? 'no configuration file was found' : `the configuration file read was ${configFile}`;
  switch (kind) {
    case 'option':
      return `the address ${serverUrl} was given with -s; ${read}`;
    case 'typed':
      return `the address ${serverUrl} was given to "open"; ${read}`;
    case 'configuration':
      return `the address ${serverUrl} is that of [supervisorctl]; ${read} (-c names another)`;
    case 'default':
      return `the address ${serverUrl} is the default; ${read} (-c names one, -s gives an address)`;
    default:
      return kind satisfies never;
  }
}
