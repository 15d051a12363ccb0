/**
 * Finds the account that a name and a password belong to, for every protocol alike. All accounts are compared whatever is
 * wrong, so that the time it takes tells neither which names exist nor how close a guess was.
 */

import { createHash, timingSafeEqual } from 'node:crypto';
import type { Credentials } from '../model/program-spec.ts';

const shaPrefix = '{SHA}';

/** As Supervisor: a section without a username, or with an empty one, has no account. */
export const isAccount = (credentials: Credentials | null): credentials is Credentials =>
  credentials !== null && credentials.username !== '';

export interface Accounts<Account extends Credentials> {
  /** The account; null when name or password are wrong. */
  find(username: string, password: string): Account | null;
  has(username: string): boolean;
}

export function createAccounts<Account extends Credentials>(accounts: readonly Account[]): Accounts<Account> {
  const known = accounts.map((account) => ({ account, name: digest(account.username), ...storedSecret(account) }));
  const names = new Set(accounts.map(({ username }) => username));
  return {
    find: (username, password) => {
      const name = digest(username);
      const plain = digest(password);
      const hashed = digest(createHash('sha1').update(password).digest('hex'));
      let found: Account | null = null;
      for (const entry of known) {
        const sameName = timingSafeEqual(entry.name, name);
        const samePassword = timingSafeEqual(entry.secret, entry.isHashed ? hashed : plain);
        if (sameName && samePassword) found = entry.account;
      }
      return found;
    },
    has: (username) => names.has(username),
  };
}

/** As Supervisor: a stored `{SHA}…` is compared, as text, with the lower-case hexadecimal SHA-1 of the password. */
function storedSecret({ password }: Credentials): { readonly secret: Buffer; readonly isHashed: boolean } {
  const isHashed = password.startsWith(shaPrefix);
  return { secret: digest(isHashed ? password.slice(shaPrefix.length) : password), isHashed };
}

/** Digests have one length, which the comparison needs, and hide the length of the texts. */
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
