/**
 * Failures in the words that scripts know: Supervisor prints the Python class and text of an unexpected error, and
 * scripts look for the class name. The file and line that follow are constants here.
 */

import { ConnectionProblem, HttpRefusal } from '../../client/control-client.ts';
import { Fault } from '../../model/errors.ts';
import { quoteText } from '../../model/python-text.ts';

/** A value nothing can be done with; Python's ValueError. */
export class ValueProblem extends Error {
  override readonly name = 'ValueProblem';
}

/** An answer was needed and standard input had ended; Python's EOFError. */
export class EndOfInput extends Error {
  override readonly name = 'EndOfInput';
}

export interface Failure {
  /** The class as Python prints it, module and all: `ConnectionRefusedError`. */
  readonly className: string;
  readonly text: string;
}

const systemFailures: ReadonlyMap<string, Failure> = new Map([
  ['ECONNREFUSED', { className: 'ConnectionRefusedError', text: '[Errno 111] Connection refused' }],
  ['ENOENT', { className: 'FileNotFoundError', text: '[Errno 2] No such file or directory' }],
  ['EACCES', { className: 'PermissionError', text: '[Errno 13] Permission denied' }],
  ['EPERM', { className: 'PermissionError', text: '[Errno 1] Operation not permitted' }],
  ['EAGAIN', { className: 'BlockingIOError', text: '[Errno 11] Resource temporarily unavailable' }],
  ['ENOTDIR', { className: 'NotADirectoryError', text: '[Errno 20] Not a directory' }],
  ['EPIPE', { className: 'BrokenPipeError', text: '[Errno 32] Broken pipe' }],
  ['EPROTOTYPE', { className: 'OSError', text: '[Errno 91] Protocol wrong type for socket' }],
  ['ENETUNREACH', { className: 'OSError', text: '[Errno 101] Network is unreachable' }],
  ['ECONNRESET', { className: 'ConnectionResetError', text: '[Errno 104] Connection reset by peer' }],
  ['ETIMEDOUT', { className: 'TimeoutError', text: '[Errno 110] Connection timed out' }],
  ['EHOSTUNREACH', { className: 'OSError', text: '[Errno 113] No route to host' }],
  ['ENOTFOUND', { className: 'socket.gaierror', text: '[Errno -2] Name or service not known' }],
  ['EAI_AGAIN', { className: 'socket.gaierror', text: '[Errno -3] Temporary failure in name resolution' }],
]);

const disconnected: Failure = {
  className: 'http.client.RemoteDisconnected',
  text: 'Remote end closed connection without response',
};

const kindCodes = { refused: 'ECONNREFUSED', 'no-such-file': 'ENOENT', 'no-permission': 'EACCES' } as const;

/** A fault as Python shows it: `<Fault 10: 'BAD_NAME: x'>`. */
export const describeFault = (fault: Fault): string => `<Fault ${fault.code}: ${quoteText(fault.text)}>`;

/** What Supervisor would name and say for this error. */
export function describeFailure(error: unknown): Failure {
  if (error instanceof Fault) return { className: 'xmlrpc.client.Fault', text: describeFault(error) };
  if (error instanceof ConnectionProblem) return describeConnectionProblem(error);
  if (error instanceof ValueProblem) return { className: 'ValueError', text: error.message };
  if (error instanceof EndOfInput) return { className: 'EOFError', text: 'EOF when reading a line' };
  return { className: 'RuntimeError', text: error instanceof Error ? error.message : String(error) };
}

/** The line an unexpected error prints on standard output. */
export function failureLine(error: unknown): string {
  const { className, text } = describeFailure(error);
  return `error: <class '${className}'>, ${text}: file: supervisorctl line: 1`;
}

/** True for our own mistakes, as opposed to refusals, connection troubles and ends of input. */
export const isBug = (error: unknown): boolean =>
  !(
    error instanceof Fault ||
    error instanceof ConnectionProblem ||
    error instanceof ValueProblem ||
    error instanceof EndOfInput
  );

/** The address is a constant in Supervisor too, whatever the server. */
const protocolError = (status: number, reason: string): Failure => ({
  className: 'xmlrpc.client.ProtocolError',
  text: `<ProtocolError for 127.0.0.1/RPC2: ${status} ${reason}>`,
});

function describeConnectionProblem(problem: ConnectionProblem): Failure {
  if (problem instanceof HttpRefusal) return protocolError(problem.status, problem.reason);
  switch (problem.kind) {
    case 'unauthorized':
      return protocolError(401, 'Unauthorized');
    case 'untrusted':
      return { className: 'ssl.SSLError', text: problem.message };
    case 'broken':
      return systemFailures.get(problem.code ?? '') ?? disconnected;
    case 'refused':
    case 'no-such-file':
    case 'no-permission':
      return systemFailures.get(problem.code ?? '') ?? systemFailures.get(kindCodes[problem.kind]) ?? disconnected;
    default:
      return problem.kind satisfies never;
  }
}
