/** The order in which programs are started and stopped, and what happens when both meet. */
import { expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { fixture } from '../helpers/sandbox.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';

const forever = `command=${fixture('forever')}\nstartsecs=0`;

function namesIn(messages: readonly string[], pattern: RegExp): readonly string[] {
  return messages.flatMap((message) => pattern.exec(message)?.[1] ?? []);
}

scenario('programs start in ascending priority, and by name where that is equal', async () => {
  await using daemon = await startDaemon({
    config: `[program:last]\npriority=1000\n${forever}
[program:beta]\n${forever}
[program:first]\npriority=-5\n${forever}
[program:alpha]\n${forever}
[group:pair]\nprograms=one,two\npriority=10
[program:one]\npriority=2\n${forever}
[program:two]\npriority=3\n${forever}`,
  });
  await daemon.waitForMessage('last', 'spawned');
  expect(namesIn(daemon.messages(), /spawned: '(.*)'/)).toEqual(['first', 'one', 'two', 'alpha', 'beta', 'last']);
});

scenario('a program does not wait for one of lower priority to be RUNNING', async () => {
  await using daemon = await startDaemon({
    config: `[program:slow]\npriority=1\ncommand=${fixture('forever')}\nstartsecs=600
[program:next]\npriority=2\n${forever}`,
  });
  await daemon.waitForStatus('next', 'RUNNING');
  expect((await daemon.status()).slow?.state).toBe('STARTING');
});

scenario('at shutdown groups end one after another in reverse order', async () => {
  const patient = (name: string) => `[program:${name}]
command=/bin/sh -c "trap 'echo asked' TERM; echo ready; while [ ! -e $BLACKBOX_FOLDER/go-${name} ]; do sleep 0.05; done"
stdout_logfile=%(here)s/${name}
stopwaitsecs=600
startsecs=0
`;
  await using daemon = await startDaemon({
    config: `${patient('one')}priority=1\n${patient('two')}priority=2\n${patient('three')}priority=3`,
  });
  for (const name of ['one', 'two', 'three']) await daemon.waitForFile(name, 'ready');
  daemon.signal('SIGTERM');
  for (const [name, later] of [
    ['three', ['two', 'one']],
    ['two', ['one']],
    ['one', []],
  ] as const) {
    await daemon.waitForFile(name, 'asked');
    for (const other of later) expect(daemon.sandbox.read(other)).toBe('ready\n');
    daemon.sandbox.write(`go-${name}`, '');
  }
  await daemon.waitForEnd();
  expect(namesIn(daemon.messages(), /stopped: (\S+)/)).toEqual(['three', 'two', 'one']);
});

scenario('the processes of a group are stopped together', async () => {
  await using daemon = await startDaemon({
    config: `[program:many]
command=/bin/sh -c "trap 'echo asked' TERM; echo ready; while [ ! -e $BLACKBOX_FOLDER/go ]; do sleep 0.05; done"
process_name=%(process_num)d
numprocs=3
stdout_logfile=%(here)s/out-%(process_num)d
stopwaitsecs=600
startsecs=0`,
  });
  for (const number of [0, 1, 2]) await daemon.waitForFile(`out-${number}`, 'ready');
  daemon.signal('SIGTERM');
  for (const number of [0, 1, 2]) await daemon.waitForFile(`out-${number}`, 'asked');
  daemon.sandbox.write('go', '');
  await daemon.waitForEnd();
});

scenario('a shutdown during boot leaves nothing running', async () => {
  await using daemon = await startDaemon({
    config: `[program:many]\n${forever}\nprocess_name=%(process_num)d\nnumprocs=20`,
  });
  daemon.signal('SIGTERM');
  await daemon.waitForEnd();
  expect(daemon.sandbox.processes()).toEqual([]);
});

scenario('a shutdown with a program in BACKOFF does not wait for it', async () => {
  await using daemon = await startDaemon({
    config: `[program:failing]\ncommand=${fixture('exits', 1)}\nstartsecs=5\nstartretries=1000`,
  });
  await daemon.waitForMessage('failing', 'exited', 3);
  daemon.signal('SIGTERM');
  await daemon.waitForEnd();
  expect(namesIn(daemon.messages(), /(gave up: failing|killing)/)).toEqual([]);
});

scenario(
  'groups of equal priority are stopped together',
  async () => {
    const patient = (name: string) => `[program:${name}]
command=/bin/sh -c "trap 'echo asked' TERM; echo ready; while [ ! -e $BLACKBOX_FOLDER/go ]; do sleep 0.05; done"
stdout_logfile=%(here)s/${name}
stopwaitsecs=600
startsecs=0
`;
    await using daemon = await startDaemon({ config: `${patient('one')}${patient('two')}` });
    for (const name of ['one', 'two']) await daemon.waitForFile(name, 'ready');
    daemon.signal('SIGTERM');
    for (const name of ['one', 'two']) await daemon.waitForFile(name, 'asked');
    daemon.sandbox.write('go', '');
    await daemon.waitForEnd();
  },
  // The original stops one group after another even then.
  { oursOnly: true },
);

scenario('while it waits for programs to end the daemon says which', async () => {
  await using daemon = await startDaemon({
    config: `[program:stubborn]\ncommand=${fixture('ignores-term')}\nstdout_logfile=%(here)s/out\nstopwaitsecs=2\npriority=2
[program:obedient]\n${forever}\npriority=1`,
  });
  await daemon.waitForFile('out', 'ready');
  await daemon.waitForMessage('obedient', 'success');
  daemon.signal('SIGTERM');
  await daemon.waitForEnd();
  expect(daemon.messages().slice(-4)).toEqual([
    'INFO waiting for obedient, stubborn to die',
    "WARN killing 'stubborn' (N) with SIGKILL",
    'WARN stopped: stubborn (terminated by SIGKILL)',
    'WARN stopped: obedient (terminated by SIGTERM)',
  ]);
});

scenario('a process that ends by itself during the shutdown is not restarted', async () => {
  await using daemon = await startDaemon({
    config: `[program:brief]\ncommand=${fixture('exits-as-told', '%(here)s/code')}\nstartsecs=0\nautorestart=true\npriority=1
[program:patient]
command=/bin/sh -c "trap 'echo asked' TERM; echo ready; while [ ! -e $BLACKBOX_FOLDER/go ]; do sleep 0.05; done"
stdout_logfile=%(here)s/out
stopwaitsecs=600
startsecs=0
priority=2`,
  });
  await daemon.waitForFile('out', 'ready');
  await daemon.waitForMessage('brief', 'success');
  daemon.signal('SIGTERM');
  await daemon.waitForFile('out', 'asked');
  daemon.sandbox.write('code', '0\n');
  await daemon.waitForMessage('brief', 'exited');
  daemon.sandbox.write('go', '');
  await daemon.waitForEnd();
  expect(namesIn(daemon.messagesAbout('brief'), /(spawned)/)).toEqual(['spawned']);
  await waitFor('no process', () => daemon.sandbox.processes().length === 0);
});
