/** Turns what the system says about a connection into the problems a client knows. */

import { ConnectionProblem, type ConnectionProblemKind } from './control-client.ts';

const kinds: Readonly<Record<string, ConnectionProblemKind>> = {
  ENOENT: 'no-such-file',
  ECONNREFUSED: 'refused',
  EACCES: 'no-permission',
  EPERM: 'no-permission',
};

/** What OpenSSL and Node call troubles of TLS; the system's own names begin with a single E. */
const tlsCode =
  /^(ERR_SSL_|ERR_TLS_|EPROTO$|CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_|HOSTNAME_|ERROR_IN_CERT)/;

/** OpenSSL puts its source file behind it. */
const firstSentence = (message: string): string => message.replace(/:\.\.\/.*$/s, '').trim();

/** Of several addresses tried in vain, such as both of `localhost`, the last one counts, as in Supervisor. */
export function connectionProblem(error: Error): ConnectionProblem {
  const last: unknown = error instanceof AggregateError ? error.errors.at(-1) : error;
  const { message } = last instanceof Error ? last : error;
  // An end where a response was due is an error only to Node's HTTP; the system has no code for it.
  if (message === 'socket hang up') return new ConnectionProblem('broken', 'the server closed the connection');
  const code = last instanceof Error && 'code' in last && typeof last.code === 'string' ? last.code : null;
  if (code !== null && tlsCode.test(code)) return new ConnectionProblem('untrusted', firstSentence(message));
  return new ConnectionProblem(kinds[code ?? ''] ?? 'broken', message, code);
}

/**
 * The other side is alive, but does not answer in MessagePack-RPC: another protocol may be worth a try. Said only as long
 * as nothing but the greeting was asked.
 */
export const otherProtocol = (path: string): ConnectionProblem =>
  new ConnectionProblem(
    'broken',
    `the server at ${path} does not speak MessagePack-RPC; it may be an original Supervisor`,
    'EPROTO',
  );

/** The other side began in MessagePack-RPC, and then sent something else. */
export const garbled = (path: string): ConnectionProblem =>
  new ConnectionProblem('broken', `the server at ${path} sent something that is no MessagePack-RPC`);

/** @param reason completes "the document …". */
export const notXmlRpc = (path: string, reason: string): ConnectionProblem =>
  new ConnectionProblem('broken', `the server at ${path} sent no XML-RPC: the document ${reason}`, 'EPROTO');

export const answerTooLong = (path: string, maxBytes: number): ConnectionProblem =>
  new ConnectionProblem('broken', `the server at ${path} sent an answer of more than ${maxBytes} bytes`);

/** @param detail the server's own words, if it said more than that. */
export function unauthorized(path: string, given: boolean, detail: string | null = null): ConnectionProblem {
  const what = given ? 'refused username and password' : 'wants username and password';
  return new ConnectionProblem('unauthorized', `the server at ${path} ${what}${detail === null ? '' : `: ${detail}`}`);
}

/** Another version has taken the server's place: what was not answered was not begun. */
export const askAgain = (path: string): ConnectionProblem =>
  new ConnectionProblem('broken', `the server at ${path} was upgraded before it answered`, 'EAGAIN');

/** @param reason the server's words, if it said any. */
export const connectionEnded = (path: string, reason: string | null): ConnectionProblem =>
  new ConnectionProblem('broken', `the server at ${path} closed the connection${reason === null ? '' : `: ${reason}`}`);
