import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { releaseCode, unchangedFiles } from '../../src/os/resident-code.ts';

const smaps = `00400000-00800000 r--p 00000000 08:01 1234                      /usr/bin/node
Rss:                 100 kB
Anonymous:             0 kB
00800000-02000000 r-xp 00400000 08:01 1234                      /usr/bin/node
Rss:                 200 kB
Anonymous:             0 kB
02000000-02100000 r--p 01c00000 08:01 1234                      /usr/bin/node
Rss:                 100 kB
Anonymous:            12 kB
02100000-02200000 rw-p 01d00000 08:01 1234                      /usr/bin/node
Anonymous:             0 kB
7f0000000000-7f0000100000 r-xp 00000000 00:00 0
Anonymous:             0 kB
7f0000200000-7f0000300000 r-xs 00000000 08:01 77                /shared
Anonymous:             0 kB
7ffd00000000-7ffd00002000 r-xp 00000000 00:00 0                 [vdso]
Anonymous:             0 kB
`;

test('only what is the same in its file is let go of', () => {
  const folder = mkdtempSync(join(tmpdir(), 'statevisor-test-'));
  const of = (text: string): unknown => {
    writeFileSync(join(folder, 'smaps'), text);
    return unchangedFiles(join(folder, 'smaps'));
  };
  try {
    expect(of(smaps)).toEqual([
      { address: 0x400000n, bytes: 0x400000n },
      { address: 0x800000n, bytes: 0x1800000n },
    ]);
    expect(of('')).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('code that has been let go of still runs, and less of it is resident', () => {
  const before = residentFiles();
  releaseCode();
  expect(residentFiles()).toBeLessThan(before);
  expect(JSON.parse(JSON.stringify({ sum: [3, 1, 2].sort().join('+') }))).toEqual({ sum: '1+2+3' });
});

function residentFiles(): number {
  const match = /^RssFile:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'latin1'));
  return Number(match?.[1]);
}
