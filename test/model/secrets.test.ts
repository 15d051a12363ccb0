import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutSecrets } from '../../src/model/secrets.ts';

describe('what looks like a password', () => {
  it.each([
    ['psql postgres://app:hunter2@db:5432/x', 'psql postgres://app:****@db:5432/x'],
    ['redis-cli -u redis://:hunter2@cache', 'redis-cli -u redis://:****@cache'],
    ['get http://u:a@b@host/', 'get http://u:****@host/'],
    ['run --password=hunter2 --port 80', 'run --password=**** --port 80'],
    ['run --password hunter2 --port 80', 'run --password **** --port 80'],
    ['run --db-passwd "hunter 2" -v', 'run --db-passwd **** -v'],
    ["run TOKEN='hunter 2' x", 'run TOKEN=**** x'],
    [
      'curl -H "X-Api-Key: hunter2" http://x/?access_key=hunter3&y=1',
      'curl -H "X-Api-Key: ****" http://x/?access_key=****&y=1',
    ],
    ["env SECRET=a,b sh -c 'echo'", "env SECRET=**** sh -c 'echo'"],
  ])('is taken out of %s', (text, safe) => {
    expect(withoutSecrets(text)).toBe(safe);
  });

  it.each([
    '/usr/bin/passwd-agent serve',
    'tokenizer --input file',
    'app --password-file /etc/secret.txt',
    'app --ask-password --verbose',
    'http://host:9001/path@x',
    '',
  ])('is not found in %s', (text) => {
    expect(withoutSecrets(text)).toBe(text);
  });

  it('is gone after one pass, and any text takes little time', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000 }), (text) => {
        const once = withoutSecrets(text);
        expect(withoutSecrets(once)).toBe(once);
      }),
    );
    expect(withoutSecrets('a:'.repeat(100_000)).length).toBe(200_000);
    expect(withoutSecrets('http://'.repeat(20_000)).length).toBe(140_000);
  });
});
