/** `[user:x]`: who may use the control servers, besides the name and password of a server's own section. */

import type { UserAccount } from '../model/program-spec.ts';
import { userOptions } from './daemon-options.ts';
import { type Reading, SectionReader } from './reading.ts';

const prefix = 'user:';

/** In file order. */
export function readUsers(reading: Reading): readonly UserAccount[] {
  return reading.sections
    .names()
    .filter((section) => section.startsWith(prefix))
    .map((section) => readUser(reading, section))
    .filter((user) => user !== null);
}

function readUser(reading: Reading, section: string): UserAccount | null {
  const reader = new SectionReader(reading, section);
  const username = section.slice(prefix.length);
  const password = reader.read(userOptions.password);
  const role = reader.read(userOptions.role);
  // HTTP ends the name at the first colon.
  if (username === '' || username.includes(':'))
    reader.refuseSection(`section [${section}] names no user`, 'a name without colons');
  if (password === null) reader.refuseMissing(userOptions.password, `section [${section}] has no password value`);
  // Whoever clears a password by mistake would let everybody in under that name.
  if (password === '') reader.refuse(userOptions.password, { reason: `section [${section}] has an empty password` });
  return password === null ? null : { username, password, role };
}
