import { describe, expect, it } from 'vitest';
import { ownActions } from '../../../src/cli/control/actions.ts';
import { completeLine } from '../../../src/cli/control/completion.ts';
import { processInfo } from './fake-session.ts';

const infos = [
  processInfo('cat', 'RUNNING'),
  processInfo('grp:ga', 'RUNNING'),
  processInfo('grp:gb', 'STOPPED'),
  processInfo('my-web', 'STOPPED'),
];
const complete = (line: string) => completeLine(line, async () => infos);
const everyAction = [
  'help',
  'add',
  'avail',
  'clear',
  'exit',
  'fg',
  'maintail',
  'open',
  'pid',
  'quit',
  'reload',
  'remove',
  'reread',
  'restart',
  'shutdown',
  'signal',
  'start',
  'status',
  'stop',
  'tail',
  'update',
  'version',
  ...ownActions.keys(),
].map((name) => `${name} `);

describe('completion', () => {
  it.each([
    ['', everyAction],
    ['   ', everyAction],
    ['help ', everyAction],
    ['st', ['start ', 'status ', 'stop ']],
    ['sta', ['start ', 'status ']],
    ['help re', ['reload ', 'remove ', 'reread ', 'restart ']],
    ['nope', []],
    ['avail ', []],
    ['add ', ['cat ', 'grp ', 'my-web ']],
    ['remove g', ['grp ']],
    ['update my-', ['my-web ']],
    ['start ', ['cat ', 'grp:ga ', 'grp:* ', 'grp:gb ', 'my-web ']],
    ['stop cat g', ['grp:ga ', 'grp:* ', 'grp:gb ']],
    ['status grp:g', ['grp:ga ', 'grp:gb ']],
    ['restart grp:*', ['grp:* ']],
    ['signal HUP cat:', ['cat:cat ', 'cat:* ']],
    ['fg my-', ['my-web ']],
    ['clear x', []],
    ['why my-', ['my-web ']],
    ['chart my-', ['my-web ']],
    ['trace -f gr', ['grp:ga ', 'grp:* ', 'grp:gb ']],
  ])('offers for %j %j', async (line, expected) => {
    expect((await complete(line)).candidates).toEqual(expected);
  });

  it.each([
    ['start grp:g', 'grp:g'],
    ['start my-w', 'my-w'],
    ['start grp:*', 'grp:*'],
    ['start a,b', 'b'],
    ['start ', ''],
  ])('replaces in %j the word %j', async (line, word) => {
    expect((await complete(line)).word).toBe(word);
  });

  it('does not ask the server for names of actions', async () => {
    const refuse = async () => {
      throw new Error('asked');
    };
    expect((await completeLine('sto', refuse)).candidates).toEqual(['stop ']);
    await expect(completeLine('stop ', refuse)).rejects.toThrow('asked');
  });
});
