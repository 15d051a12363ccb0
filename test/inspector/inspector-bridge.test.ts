import { once } from 'node:events';
import { createServer } from 'node:net';
import { createWebSocketReceiver, type StatelyInspectionEvent } from '@statelyai/inspect';
import { afterEach, describe, expect, test } from 'vitest';
import { openInspectorBridge } from '../../src/inspector/inspector-bridge.ts';
import { exited, sampleGroup } from '../helpers/spec-samples.ts';
import { waitFor } from '../helpers/wait.ts';
import { superviseTree } from '../machines/tree.ts';
import { InspectorServer } from './inspector-server.ts';

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A tree that runs, and a bridge from it. */
function inspectTree(url: string) {
  const environment = { PASSWORD: 'hunter2' };
  const tree = superviseTree([
    sampleGroup('app', [
      { name: 'web', environment },
      { name: 'db', autostart: false },
    ]),
  ]);
  tree.tell('boot');
  const lines: string[] = [];
  const log = {
    info: (line: string) => lines.push(`info ${line}`),
    warn: (line: string) => lines.push(`warn ${line}`),
  };
  const close = openInspectorBridge({ root: tree.actor, url, now: () => 1_700_000_000_000, log, pauseMs: 10 });
  closing.push(close);
  return { tree, lines, close };
}

describe('the bridge to an inspector', () => {
  test('introduces every actor that lives, with its machine and its state', async () => {
    await using server = await InspectorServer.open();
    inspectTree(server.url);
    const database = await server.waitFor('the last process', 'app:db', ({ type }) => type === '@xstate.actor');
    expect(database.snapshot).toMatchObject({ status: 'active', value: 'STOPPED' });
    const { told } = server;
    expect(told.map(({ name }) => name)).toEqual(['supervisor', 'app', 'app:web', 'child', 'app:db']);
    const web = told[2]!;
    expect(web).toMatchObject({
      type: '@xstate.actor',
      _version: '0.7.2',
      rootId: told[0]!.sessionId,
      parentId: told[1]!.sessionId,
      createdAt: '1700000000000',
      snapshot: { value: { alive: { STARTING: 'proving' } }, context: { pid: 101, failures: 0 } },
    });
    expect(JSON.parse(web.definition!)).toMatchObject({
      id: 'process',
      initial: 'STOPPED',
      states: { STOPPED: { on: { 'process.start': { guard: 'mayStart', target: 'alive' } } } },
    });
  });

  test('tells each event with its sender, and each new state', async () => {
    await using server = await InspectorServer.open();
    const { tree } = inspectTree(server.url);
    await server.waitFor('the introductions', 'app:db', () => true);
    tree.children.of('web').exits(exited(3));
    const failed = await server.waitFor('BACKOFF', 'app:web', ({ snapshot }) => snapshot?.value === 'BACKOFF');
    expect(failed).toMatchObject({
      type: '@xstate.snapshot',
      event: { type: 'child.exited', status: 'exit status 3' },
      snapshot: { context: { failures: 1 } },
    });
    const exit = await server.waitFor(
      'the event',
      'app:web',
      ({ type, event }) => type === '@xstate.event' && event?.type === 'child.exited',
    );
    expect(exit.sourceId).toBe(server.told.find(({ name }) => name === 'child')!.sessionId);
    // A child that is started later is introduced then.
    tree.pass(1000);
    await waitFor('the second child', () => server.told.filter(({ name }) => name === 'child').length === 2);
  });

  test('never tells the environment of programs', async () => {
    await using server = await InspectorServer.open();
    const { tree } = inspectTree(server.url);
    await server.waitFor('the introductions', 'app:db', () => true);
    tree.tell('shutdown');
    await server.waitFor(
      'the end',
      'supervisor',
      ({ snapshot }) => JSON.stringify(snapshot?.value)?.includes('stopping') === true,
    );
    expect(server.texts.join()).not.toContain('hunter2');
    for (const text of server.texts) expect(text.length).toBeLessThan(50_000);
  });

  test('is understood by the receiver of the inspector', async () => {
    await using server = await InspectorServer.open();
    const received: StatelyInspectionEvent[] = [];
    createWebSocketReceiver({ server: server.url }).subscribe((event) => {
      received.push(event);
    });
    await waitFor('the receiver', () => server.connections === 1);
    inspectTree(server.url);
    await waitFor('the introductions', () => received.length >= 5);
    expect(received.every(({ type, _version }) => type === '@xstate.actor' && typeof _version === 'string')).toBe(true);
  });

  test('names a listener in the log without the password and the token of its address', async () => {
    const nobody = await InspectorServer.open();
    await nobody.close();
    const { lines } = inspectTree(`ws://viewer:hidden1@127.0.0.1:${nobody.port}/?token=hidden2`);
    await waitFor('a refusal', () => lines.length > 0);
    expect(lines[0]).toMatch(/^warn inspector ws:\/\/viewer:\*{4}@127\.0\.0\.1:\d+\/\?token=\*{4}: connect/);
  });

  test('waits for a listener that is not there yet, says so once, and begins anew after each loss', async () => {
    const first = await InspectorServer.open();
    const { port, url } = first;
    await first.close();
    const { tree, lines } = inspectTree(url);
    await waitFor('a refusal', () => lines.length > 0);
    expect(lines).toEqual([`warn inspector ${url}: connect ECONNREFUSED 127.0.0.1:${port}; trying again`]);
    for (const round of [1, 2]) {
      await using server = await InspectorServer.open(port);
      await server.waitFor(`introductions in round ${round}`, 'app:db', () => true);
      expect(server.told.filter(({ name }) => name === 'app:web').length).toBe(1);
    }
    // Nobody listens now, and the tree works on.
    await waitFor('the loss', () => lines.at(-1)?.startsWith('warn'));
    tree.children.of('web').exits(exited(3));
    expect(tree.states).toMatchObject({ 'app:web': 'BACKOFF' });
    expect(tree.defects).toEqual([]);
  });

  test('gives up a listener that does not read', async () => {
    const deaf = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', (head) => {
        const key = /sec-websocket-key: (.*)\r/i.exec(String(head))?.[1] ?? '';
        void accept(key).then((answer) => {
          socket.write(
            `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${answer}\r\n\r\n`,
          );
          socket.pause();
        });
      });
    }).listen(0, '127.0.0.1');
    await once(deaf, 'listening');
    closing.push(() => deaf.close());
    const address = deaf.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { tree, lines } = inspectTree(`ws://127.0.0.1:${port}`);
    await waitFor('the connection', () => lines.some((line) => line.includes('connected')));
    const long = { name: 'SIGHUP'.padEnd(100_000, '!'), number: 1 };
    await waitFor('the loss', () => {
      for (let count = 0; count < 50; count += 1)
        tree.process('app', 'web').send({ type: 'process.signal', signal: long });
      return lines.some((line) => line.includes('does not read what it is sent'));
    });
  });

  test('ends when it is closed, also while it waits', async () => {
    await using server = await InspectorServer.open();
    const { close, lines } = inspectTree(server.url);
    await server.waitFor('the introductions', 'app:db', () => true);
    close();
    await waitFor('the end', () => server.connections === 0);
    expect(lines).toEqual([`info inspector ${server.url}: connected`]);
    const waiting = inspectTree('ws://127.0.0.1:1');
    await waitFor('a refusal', () => waiting.lines.length > 0);
    waiting.close();
  });
});

/** What RFC 6455 wants to be answered to a key. */
async function accept(key: string): Promise<string> {
  const text = new TextEncoder().encode(`${key.trim()}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`);
  return Buffer.from(await crypto.subtle.digest('SHA-1', text)).toString('base64');
}
