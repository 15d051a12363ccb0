/** How a program's output looks where the daemon's log repeats it, at level debug. */

import { quoteBytes, quoteText } from './python-quoting.ts';

/** Supervisor's message for a chunk of output; what is not UTF-8 is shown escaped. */
export function outputMessage(process: string, channel: 'stdout' | 'stderr', bytes: Uint8Array): string {
  return `${quoteText(process)} ${channel} output:\n${readableText(bytes)}`;
}

/** The same for what a listener writes: it is part of a protocol and shown escaped. */
export const protocolMessage = (process: string, bytes: Uint8Array): string =>
  `${quoteText(process)} stdout output:\n${quoteBytes(bytes)}`;

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes as text for messages and events; what is not UTF-8 is shown escaped, as Supervisor does. */
export function readableText(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return `Undecodable: ${quoteBytes(bytes)}`;
  }
}
