import { closeSync, readSync, writeSync } from 'node:fs';
import { expect, it } from 'vitest';
import { pipe, setNonBlocking } from '../../src/os/native.ts';
import { createReadiness } from '../../src/os/readiness.ts';
import { waitFor } from '../helpers/wait.ts';

it.each([false, true])(
  'a program that has been the only one for a while keeps nobody from being heard, plain: %s',
  async (plain) => {
    const readiness = createReadiness({ onDefect: (error) => expect.unreachable(String(error)), plain });
    const heard = ['', ''];
    const ends = [0, 1].map((index) => {
      const { readFd, writeFd } = pipe();
      setNonBlocking(readFd);
      const end = readiness.own(readFd);
      end.listen(() => {
        const bytes = Buffer.alloc(100);
        try {
          heard[index] += bytes.toString('utf8', 0, readSync(readFd, bytes));
        } catch {
          // Nothing there: it was only taken for the likely one.
        }
      });
      return { end, writeFd };
    });
    let wanted = '';
    for (const text of ['a', 'b', 'c', 'd']) {
      wanted += text;
      writeSync(ends[0]?.writeFd ?? -1, text);
      await waitFor('a line of the only one', () => heard[0] === wanted);
    }
    writeSync(ends[1]?.writeFd ?? -1, 'other');
    await waitFor('the other one', () => heard[1] === 'other');
    ends[0]?.end.close();
    writeSync(ends[1]?.writeFd ?? -1, ' again');
    await waitFor('the other one', () => heard[1] === 'other again');
    expect(heard[0]).toBe(wanted);
    ends[1]?.end.close();
    for (const { writeFd } of ends) closeSync(writeFd);
    readiness.close();
  },
);
