/**
 * The certificate and key of a server, read and tried out together. OpenSSL is asked through the part of Node that is
 * loaded only now: a daemon without TLS never pays for it.
 */

import { readFileSync, statSync } from 'node:fs';
import type { SecureContextOptions } from 'node:tls';
import type { TlsSpec } from '../model/program-spec.ts';

export type TlsFiles =
  | { readonly kind: 'ready'; readonly options: SecureContextOptions; readonly version: string }
  | { readonly kind: 'failed'; readonly text: string };

/** Versions before 1.2 are broken; 1.3 is used where the client can. */
const minVersion = 'TLSv1.2';

/** Reads everything anew. A key that does not belong to its certificate is a failure, and so is one with a passphrase. */
export function readTlsFiles(files: TlsSpec): TlsFiles {
  try {
    const version = versionOfTlsFiles(files);
    const ca = files.clientCa === null ? null : readFileSync(files.clientCa);
    // An authority that is no certificate would be passed over in silence.
    if (ca !== null) new (process.getBuiltinModule('node:crypto').X509Certificate)(ca);
    const options: SecureContextOptions = {
      cert: readFileSync(files.certificate),
      key: readFileSync(files.key),
      ...(ca === null ? {} : { ca }),
      minVersion,
    };
    process.getBuiltinModule('node:tls').createSecureContext(options);
    return { kind: 'ready', options, version };
  } catch (error) {
    return { kind: 'failed', text: error instanceof Error ? error.message : String(error) };
  }
}

/** Tells whether the files are others than before. Throws the system's error when one cannot be found. */
export const versionOfTlsFiles = ({ certificate, key, clientCa }: TlsSpec): string =>
  [certificate, key, ...(clientCa === null ? [] : [clientCa])]
    .map((path) => {
      const { dev, ino, mtimeMs, size } = statSync(path);
      return [dev, ino, mtimeMs, size].join(':');
    })
    .join(' ');
