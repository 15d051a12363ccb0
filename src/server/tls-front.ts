/**
 * TLS in front of a TCP server: takes accepted connections, and hands on those whose handshake is done. A certificate that
 * was renewed is used from the next connection on; one that cannot be used leaves the old one in place.
 */

import type { Socket } from 'node:net';
import { createServer, type TLSSocket } from 'node:tls';
import type { TlsSpec } from '../model/program-spec.ts';
import { readTlsFiles, versionOfTlsFiles } from '../os/tls-files.ts';
import type { ServerLog } from './server-log.ts';

export interface TlsFrontOptions {
  readonly files: TlsSpec;
  /** Names the server in the log. */
  readonly section: string;
  readonly handshakeMs: number;
  readonly log: ServerLog;
}

export interface TlsFront {
  /** `onSecure` is called at most once; a connection whose handshake fails is closed, with one line in the log. */
  take(socket: Socket, onSecure: (secured: TLSSocket, certificate: string | null) => void): void;
}

/** The text says why the files cannot be used. */
export function createTlsFront(options: TlsFrontOptions): TlsFront | { readonly problem: string } {
  const { files, section, handshakeMs, log } = options;
  const first = readTlsFiles(files);
  if (first.kind === 'failed') return { problem: first.text };
  let version = first.version;
  const waiting = new Map<string, (secured: TLSSocket, certificate: string | null) => void>();
  const server = createServer({
    ...first.options,
    requestCert: files.clientCa !== null,
    rejectUnauthorized: files.clientCa !== null,
    handshakeTimeout: handshakeMs,
    ALPNProtocols: ['http/1.1'],
  });

  server.on('secureConnection', (secured) => {
    const onSecure = waiting.get(connectionOf(secured));
    if (onSecure === undefined) secured.destroy();
    else onSecure(secured, files.clientCa === null ? null : subjectOf(secured));
  });
  server.on('tlsClientError', (error, secured) => {
    log.warn(`closed the connection of ${secured.remoteAddress}:${secured.remotePort}: no TLS (${reasonOf(error)})`);
    secured.destroy();
  });

  function renew(): void {
    const found = findVersion();
    if (found === version) return;
    version = found;
    const read = readTlsFiles(files);
    if (read.kind === 'failed') {
      log.error(`${section}: going on with the old certificate, since the new one cannot be used: ${read.text}`);
      return;
    }
    version = read.version;
    server.setSecureContext(read.options);
    log.warn(`${section}: the certificate was read again`);
  }

  /** Files that are missing are a version, too: what is wrong with them is said once. */
  function findVersion(): string {
    try {
      return versionOfTlsFiles(files);
    } catch (error) {
      return String(error);
    }
  }

  return {
    take: (socket, onSecure) => {
      renew();
      const connection = connectionOf(socket);
      waiting.set(connection, onSecure);
      socket.once('close', () => waiting.delete(connection));
      server.emit('connection', socket);
    },
  };
}

/** The one thing that a connection and the TLS upon it have in common. */
const connectionOf = ({ localAddress, localPort, remoteAddress, remotePort }: Socket): string =>
  [localAddress, localPort, remoteAddress, remotePort].join(' ');

/** The name in the client's certificate. */
function subjectOf(secured: TLSSocket): string {
  const { subject } = secured.getPeerCertificate();
  const name: unknown = subject === undefined ? undefined : subject.CN;
  return typeof name === 'string' ? name : 'unknown';
}

/** OpenSSL's own words are short; around them Node puts where in its sources they come from. */
const reasonOf = (error: Error): string =>
  'reason' in error && typeof error.reason === 'string' ? error.reason : (error.message.split('\n')[0] ?? '');
