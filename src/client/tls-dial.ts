/** Opens connections to a server that speaks TLS, for both protocols. Loaded only for `https://` addresses. */

import { readFileSync } from 'node:fs';
import { isIP, type Socket } from 'node:net';
import { connect } from 'node:tls';

export interface TlsTrust {
  /** File of the authorities to trust instead of the well-known ones. */
  readonly ca: string | null;
  /** Files of the certificate to show a server that asks for one. */
  readonly certificate: string | null;
  readonly key: string | null;
}

const minVersion = 'TLSv1.2';

/** Reads the files now, and throws the system's error when one cannot be read. Each call of the result connects anew. */
export function createTlsDial(host: string, port: number, trust: TlsTrust): () => Socket {
  const files = {
    ...(trust.ca === null ? {} : { ca: readFileSync(trust.ca) }),
    ...(trust.certificate === null ? {} : { cert: readFileSync(trust.certificate) }),
    ...(trust.key === null ? {} : { key: readFileSync(trust.key) }),
  };
  // An address is no name that a server could choose a certificate by; it is compared with the certificate all the same.
  const name = isIP(host) === 0 ? { servername: host } : {};
  return () => connect({ host, port, ...name, ...files, minVersion, ALPNProtocols: ['http/1.1'] });
}
