/**
 * Checks a username and password against those of a server section, for every protocol alike. Takes the same time
 * whatever is wrong, so that an answer tells nothing about how close a guess was.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Credentials } from '../model/program-spec.ts';

const shaPrefix = '{SHA}';

/** As Supervisor: a section without a username, or with an empty one, lets everybody in. */
export const needsAuthentication = (credentials: Credentials | null): credentials is Credentials =>
  credentials !== null && credentials.username !== '';

/** As Supervisor: a stored `{SHA}…` is compared, as text, with the lower-case hexadecimal SHA-1 of the password. */
export function acceptsCredentials(credentials: Credentials, username: string, password: string): boolean {
  const stored = credentials.password;
  const hashed = stored.startsWith(shaPrefix);
  const expected = hashed ? stored.slice(shaPrefix.length) : stored;
  const given = hashed ? createHash('sha1').update(password).digest('hex') : password;
  const sameUsername = equalInConstantTime(credentials.username, username);
  const samePassword = equalInConstantTime(expected, given);
  return sameUsername && samePassword;
}

/** Digests have one length, which the comparison needs, and hide the length of the texts. */
const equalInConstantTime = (left: string, right: string): boolean =>
  timingSafeEqual(createHash('sha256').update(left).digest(), createHash('sha256').update(right).digest());
