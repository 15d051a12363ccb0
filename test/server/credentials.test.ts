import { describe, expect, it } from 'vitest';
import { createAccounts, isAccount } from '../../src/server/credentials.ts';

const plain = { username: 'user', password: 'sécret' };
// printf %s thepassword | sha1sum
const hashed = { username: 'user', password: '{SHA}82ab876d1387bfafe46cc1c8a2ef074eae50cb1d' };

describe('credentials', () => {
  it.each([
    ['the right pair', plain, 'user', 'sécret', true],
    ['another user', plain, 'User', 'sécret', false],
    ['another password', plain, 'user', 'secret', false],
    ['nothing', plain, '', '', false],
    ['the password of a hash', hashed, 'user', 'thepassword', true],
    ['a wrong password for a hash', hashed, 'user', 'thepasswor', false],
    ['the hash itself', hashed, 'user', hashed.password, false],
    ['the digits of the hash', hashed, 'user', hashed.password.slice(5), false],
    [
      'a hash in capitals, which Supervisor compares as text',
      { ...hashed, password: `{SHA}${hashed.password.slice(5).toUpperCase()}` },
      'user',
      'thepassword',
      false,
    ],
    ['an empty password where it is one', { username: 'user', password: '' }, 'user', '', true],
  ])('judges %s', (_what, credentials, username, password, accepted) => {
    expect(createAccounts([credentials]).find(username, password)).toBe(accepted ? credentials : null);
  });

  it('are an account only with a username', () => {
    expect(isAccount(null)).toBe(false);
    expect(isAccount({ username: '', password: '' })).toBe(false);
    expect(isAccount(plain)).toBe(true);
  });
});
