/** Who has locked a file, for messages. */

import { readFileSync, type Stats } from 'node:fs';

/** Of the lock that `flock` gives, on the file of these facts; null where the system does not tell. */
export function lockHolder({ ino, dev }: Stats): number | null {
  const major = (dev >> 8) & 0xfff;
  const minor = (dev & 0xff) | ((dev >> 12) & 0xfff00);
  const hexadecimal = (number: number) => number.toString(16).padStart(2, '0');
  const place = `${hexadecimal(major)}:${hexadecimal(minor)}:${ino}`;
  // Lines are like `1: FLOCK  ADVISORY  WRITE 4711 00:2d:1234 0 EOF`.
  try {
    const lines = readFileSync('/proc/locks', 'latin1').split('\n');
    const fields = lines.map((line) => line.split(/\s+/)).find((line) => line[1] === 'FLOCK' && line[5] === place);
    const pid = Number(fields?.[4]);
    return pid > 0 ? pid : null;
  } catch {
    return null;
  }
}
