/** Clients that say nothing, talk nonsense, do not read, take every place, or come and go: they cost themselves only. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { describe, expect } from 'vitest';
import { encodeMessage } from '../../src/protocol/codec.ts';
import { type Daemon, startDaemon } from '../helpers/daemon.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';
import { bystander, descriptorCount, witness } from './witness.ts';

/** A connection that sends `bytes` and reads nothing until it is told to. */
async function peer(daemon: Daemon, bytes: string | Uint8Array = ''): Promise<Socket> {
  const socket = connect({ path: daemon.sandbox.path('supervisor.sock'), allowHalfOpen: true });
  socket.on('error', () => {});
  socket.pause();
  await once(socket, 'connect');
  if (bytes.length > 0) socket.write(bytes);
  return socket;
}

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex');

const request = (id: number, method: string, ...params: readonly unknown[]): Uint8Array =>
  encodeMessage({ type: 'request', id, method, params });

const readWholeLog = `<methodCall><methodName>supervisor.readProcessStdoutLog</methodName><params>
<param><value>bystander</value></param><param><value><int>0</int></value></param><param><value><int>0</int></value></param>
</params></methodCall>`;

const post = (body: string): string =>
  `POST /RPC2 HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('a client', () => {
  scenario(
    'that says nothing, or half of something, keeps nobody waiting',
    async () => {
      await using daemon = await startDaemon({ config: bystander });
      const seen = await witness(daemon);
      const beginnings = [
        '',
        'MSGPACK /statevisor',
        hex('94 00 01'),
        hex('94 00 01 c4 ff 00'),
        'GET / HT',
        'POST /RPC2 HTTP/1.1\r\nContent-Length: 1000\r\n\r\n<methodCall>',
      ];
      const peers = await Promise.all(beginnings.flatMap((bytes) => [peer(daemon, bytes), peer(daemon, bytes)]));
      await seen.expectService();
      expect((await daemon.ctl('status', 'bystander')).stdout).toMatch(/^bystander +RUNNING/);
      for (const socket of peers) socket.destroy();
      await seen.expectNothingLeft();
      expect(seen.troubles()).toEqual([]);
    },
    { oursOnly: true },
  );

  scenario(
    'that sends garbage or a gigantic length loses its connection, with one message for each',
    async () => {
      await using daemon = await startDaemon({ config: bystander });
      const seen = await witness(daemon);
      const closed = /^WARN closed the connection of uid=\d+ pid=\d+: it sent /;
      for (const [bytes, message] of [
        [hex('00 01 02 03'), /it speaks neither MessagePack-RPC nor HTTP/],
        [hex('94 00 01 db ff ff ff ff'), /a message that is too large/],
        [hex('dd ff ff ff ff'), /a message that is too large/],
        [hex('94 c1'), /a message that is not MessagePack/],
        ['POST /RPC2 HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n', /no valid HTTP/],
        ['GET / HTTP/1.1\r\nX: \0\r\n\r\n', /no valid HTTP/],
      ] as const) {
        const before = seen.troubles().length;
        const socket = await peer(daemon, bytes);
        socket.resume();
        socket.on('end', () => socket.end());
        await once(socket, 'close');
        await waitFor('the message', () => seen.troubles().length > before);
        expect(seen.troubles().slice(before)).toEqual([expect.stringMatching(message)]);
      }
      expect(seen.troubles().filter((message) => closed.test(message))).toHaveLength(5);
      await seen.expectNothingLeft();
    },
    { oursOnly: true },
  );

  scenario(
    'that never reads what it asked for holds a bounded part of it, however often it asks',
    async () => {
      await using daemon = await startDaemon({ config: bystander });
      const seen = await witness(daemon);
      writeFileSync(daemon.sandbox.path('bystander.log'), Buffer.alloc(8_000_000, 'a line of the log\n'));
      const socket = await peer(daemon);
      for (let id = 0; id < 1000; id += 1)
        socket.write(request(id, 'supervisor.readProcessStdoutLog', 'bystander', 0, 0));
      const browser = await peer(daemon, post(readWholeLog).repeat(50));
      await seen.expectService();
      seen.expectBoundedMemory(200);
      socket.destroy();
      browser.destroy();
      await seen.expectService();
      await waitFor('the end of the connections', () => seen.troubles().length === 0);
    },
    { oursOnly: true },
  );

  scenario(
    'that follows a flooding log and does not read it is told what it missed, and nobody waits for it',
    async () => {
      await using daemon = await startDaemon({
        config: `${bystander}[program:flood]
command=/bin/sh -c "read line; yes 0123456789abcdef | head -c 60000000; echo the end; read line"
startsecs=0\nstopasgroup=true\nstopsignal=KILL
stdout_logfile=%(here)s/flood.log\nstdout_logfile_maxbytes=1MB\nstdout_logfile_backups=1`,
      });
      const seen = await witness(daemon, 'flood');
      const sockets = await Promise.all(
        [1, 2, 3].map((id) => peer(daemon, request(id, 'subscribe.log', 'flood', 'stdout', 0))),
      );
      const follower = await peer(daemon, 'GET /logtail/flood HTTP/1.1\r\nHost: x\r\n\r\n');
      await seen.tell('flood', 'go');
      await daemon.waitForFile('flood.log', 'the end');
      await seen.expectService();
      seen.expectBoundedMemory(128);
      const [socket] = sockets;
      const chunks: Buffer[] = [];
      socket?.on('data', (chunk) => chunks.push(chunk)).resume();
      await waitFor('the count of what was missed', () => Buffer.concat(chunks.slice(-3)).includes('missed'));
      for (const one of [...sockets, follower]) one.destroy();
      // The system's means to watch files stays once it was needed.
      await seen.expectNothingLeft({ descriptors: 1 });
    },
    { oursOnly: true },
  );
});

describe('many clients', () => {
  scenario(
    'that take every place keep others out with a reason, which is logged once, until they leave',
    async () => {
      await using daemon = await startDaemon({ config: bystander });
      const seen = await witness(daemon);
      const peers = await Promise.all(Array.from({ length: 256 }, () => peer(daemon, hex('94'))));
      for (let round = 0; round < 3; round += 1) {
        const refused = await daemon.ctl('status');
        expect(refused.stdout).toBe(
          "error: <class 'http.client.RemoteDisconnected'>, Remote end closed connection without response: " +
            'file: supervisorctl line: 1\n',
        );
        expect(refused.stderr).toContain('closed the connection: too many connections are open\n');
      }
      const browser = await daemon.sandbox.shell('curl -s --unix-socket supervisor.sock http://localhost/');
      expect(browser.stdout).toBe('too many connections are open\n');
      await daemon.waitForLog('refusing connections');
      expect(seen.troubles()).toEqual(['WARN refusing connections: 256 are open, which is the limit']);
      for (const socket of peers) socket.destroy();
      await waitFor('room again', async () => (await daemon.ctl('status', 'bystander')).status === 0);
      await seen.expectNothingLeft();
      expect(seen.troubles()).toHaveLength(1);
    },
    { oursOnly: true },
  );

  scenario(
    'that take every place and do nothing make room for those who come later',
    async () => {
      await using daemon = await startDaemon({ config: bystander });
      const seen = await witness(daemon);
      const peers: Socket[] = [];
      for (let number = 0; number < 300; number += 1) {
        const socket = await peer(daemon, request(1, 'session.hello'));
        await once(socket, 'readable');
        peers.push(socket.on('end', () => socket.end()).resume());
      }
      expect((await daemon.ctl('status', 'bystander')).stdout).toMatch(/^bystander +RUNNING/);
      expect(seen.troubles()).toEqual(['WARN closing idle connections: 256 are open, which is the limit']);
      for (const socket of peers) socket.destroy();
      await seen.expectNothingLeft();
    },
    { oursOnly: true },
  );

  scenario(
    'that come and go leave nothing behind, however they leave',
    async () => {
      await using daemon = await startDaemon({ config: bystander });
      const seen = await witness(daemon);
      const before = descriptorCount(daemon);
      for (let round = 0; round < 20; round += 1) {
        const peers = await Promise.all(
          Array.from({ length: 50 }, (_, number) =>
            peer(
              daemon,
              ['', hex('94 00'), request(1, 'subscribe.processes'), request(1, 'supervisor.getState'), post('<a>')][
                number % 5
              ],
            ),
          ),
        );
        for (const [number, socket] of peers.entries()) {
          if (number % 2 === 0) socket.destroy();
          else socket.resume().end();
        }
        await Promise.all(peers.map((socket) => socket.closed || once(socket, 'close')));
      }
      await waitFor('the descriptors to be closed', () => descriptorCount(daemon) <= before);
      await seen.expectNothingLeft();
      expect(seen.troubles().filter((message) => !message.includes('unmarshallable'))).toEqual([]);
    },
    { oursOnly: true },
  );
});
