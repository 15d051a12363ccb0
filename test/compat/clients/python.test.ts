/** Python programs with Supervisor's own transport: every method, over the unix socket, over TCP, and with a password. */
import { describe } from 'vitest';
import { fixture, inRepository } from '../../helpers/sandbox.ts';
import { type Side, sideBySide } from '../side-by-side.ts';
import { command, file, until, untilFile } from '../steps.ts';

const everyMethod = inRepository('test/compat/clients/every-method.py');
const callsBack = inRepository('test/compat/clients/calls-back.py');

const team = `[group:team]\nprograms=a,b
[program:a]\ncommand=${fixture('echo-stdin')}\nstartsecs=1
[program:b]\ncommand=${fixture('echo-stdin')}\nstartsecs=1\nautostart=false\n`;

const calls = (url: (side: Side) => string, username = '', password = '') =>
  command('every method', (side) => ['/usr/bin/python3', everyMethod, url(side), username, password]);
const socketUrl = ({ sandbox }: Side): string => `unix://${sandbox.path('supervisor.sock')}`;
const httpUrl = ({ port }: Side): string => `http://127.0.0.1:${port}`;

describe("Python's xmlrpc through supervisor.xmlrpc.SupervisorTransport", () => {
  sideBySide('calls every method over the unix socket', {
    needs: ['python3'],
    config: team,
    steps: [until('a', 'RUNNING'), calls(socketUrl)],
  });

  sideBySide('calls every method over TCP', {
    needs: ['python3'],
    config: (port) => `[inet_http_server]\nport=127.0.0.1:${port}\n${team}`,
    steps: [until('a', 'RUNNING'), calls(httpUrl)],
  });

  sideBySide('needs the password that is configured, plain or as SHA', {
    needs: ['python3'],
    config: (port) => `[unix_http_server]\nusername=user\npassword={SHA}0beec7b5ea3f0fdbc95d0dd47f3c5bc275da8a33
[inet_http_server]\nport=127.0.0.1:${port}\nusername=user\npassword=wörd\n${team}`,
    steps: [until('a', 'RUNNING'), calls(socketUrl, 'user', 'foo')],
  });
});

describe('supervisor.childutils', () => {
  sideBySide('lets a program ask the daemon it runs under', {
    needs: ['python3'],
    config: `[program:asks]\ncommand=/usr/bin/python3 ${callsBack} %(here)s/answer\nstartsecs=0\nautorestart=false`,
    steps: [until('asks', 'RUNNING'), untilFile('answer', '\n'), until('asks', 'EXITED'), file('childlog/none')],
  });
});
