import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { actions } from '../../../src/cli/control/actions.ts';
import { runLine } from '../../../src/cli/control/run-line.ts';
import { fakeSession } from './fake-session.ts';

// What Supervisor 4.2.5 prints: a line `%% <words>`, then the output for these words.
const recorded = readFileSync(join(import.meta.dirname, '../fixtures/help.txt'), 'utf8')
  .split(/^%% /m)
  .slice(1)
  .map((section): [string, string] => {
    const end = section.indexOf('\n');
    return [section.slice(0, end), section.slice(end + 1)];
  });

describe('help', () => {
  it.each(recorded)('"%s" prints what Supervisor prints, blank for blank', async (line, expected) => {
    const session = fakeSession();
    await runLine(session.context, line);
    expect(session.stdout()).toBe(expected);
    expect(session.context.exitStatus).toBe(0);
    expect(session.addresses).toEqual([]);
  });

  it('is recorded for every action', () => {
    const topics = recorded.map(([line]) => line.replace(/^help ?/, '')).filter((topic) => topic !== '');
    expect(topics.sort()).toEqual([...actions.keys()].sort());
  });

  it.each([
    ['help nope', '*** No help on nope\n'],
    ['help EOF', '*** No help on EOF\n'],
    ['help start stop', '*** No help on start stop\n'],
    ['?version', 'version\t\t\tShow the version of the remote supervisord process\n'],
    ['? version', 'version\t\t\tShow the version of the remote supervisord process\n'],
  ])('"%s" prints %j and is no error', async (line, expected) => {
    const session = fakeSession();
    await runLine(session.context, line);
    expect(session.stdout()).toBe(expected);
    expect(session.context.exitStatus).toBe(0);
  });
});
