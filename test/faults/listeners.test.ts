/** Event listeners that hang, talk without end or nonsense, or die in the middle of an answer. */
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { sendSignal } from '../helpers/process-table.ts';
import { scenario } from '../helpers/scenario.ts';
import { waitFor } from '../helpers/wait.ts';
import { bystander, echo, witness } from './witness.ts';

const pool = (name: string, script: string, more = ''): string => `[eventlistener:${name}]
command=/bin/sh -c '${script}'
events=REMOTE_COMMUNICATION
startsecs=0
stopasgroup=true
stopsignal=KILL
${more}
`;

/** Says READY, notes each event and accepts it. */
const attentive = (name: string): string =>
  'printf "READY\\n"; while read head; do head -c $(echo "$head" | sed s/.*len://) > /dev/null; ' +
  `echo "$head" >> %(here)s/${name}; printf "RESULT 2\\nOKREADY\\n"; done`;

describe('a listener that hangs', () => {
  scenario(
    'keeps as many events as its buffer holds, and neither other pools nor programs wait for it',
    async () => {
      await using daemon = await startDaemon({
        config:
          bystander +
          pool('hung', 'printf "READY\\n"; exec sleep 86400', 'buffer_size=5') +
          pool('well', attentive('heads'), 'buffer_size=100'),
      });
      const seen = await witness(daemon, 'hung', 'well');
      for (let number = 0; number < 20; number += 1) await seen.call('sendRemoteCommEvent', 'note', `${number}`);
      await waitFor('all events', () => daemon.sandbox.read('heads').split('\n').length > 20);
      // One is with the listener, five wait, and each of the others is named.
      expect(seen.troubles()).toHaveLength(14);
      expect(new Set(seen.troubles().map((message) => message.replace(/\d+$/, 'N')))).toEqual(
        new Set(['ERRO pool hung event buffer overflowed, discarding event N']),
      );
      await seen.expectService();
      sendSignal(await daemon.pidOf('hung'), 'SIGKILL');
      await seen.waitForState('hung', 'RUNNING');
      await seen.expectNothingLeft();
      expect((await daemon.ctl('stop', 'hung')).status).toBe(0);
    },
    { oursOnly: true },
  );

  scenario(
    'and reads nothing either costs no more than the events it was given',
    async () => {
      await using daemon = await startDaemon({
        config: bystander + pool('deaf', 'printf "READY\\n"; exec sleep 86400', 'buffer_size=100'),
      });
      const seen = await witness(daemon, 'deaf');
      const long = 'x'.repeat(1_000_000);
      for (let number = 0; number < 10; number += 1) await seen.call('sendRemoteCommEvent', 'long', long);
      await seen.expectService();
      seen.expectBoundedMemory(128);
      await seen.call('stopProcess', 'deaf');
      await seen.expectService();
      expect(seen.troubles()).toEqual(['WARN stopped: deaf (terminated by SIGKILL)']);
    },
    { oursOnly: true },
  );
});

describe('a listener that floods', () => {
  scenario(
    'is restarted, ever later, with a message each time, and memory stays bounded',
    async () => {
      await using daemon = await startDaemon({
        config: bystander + pool('loud', 'printf "READY\\n"; sleep 0.2; exec yes', 'autostart=false'),
      });
      const seen = await witness(daemon);
      await seen.call('startProcess', 'loud');
      await waitFor('the second time', () => seen.troubles().filter((line) => line.includes('protocol;')).length > 1);
      for (let round = 0; round < 5; round += 1) await seen.expectService();
      seen.expectBoundedMemory();
      expect(
        seen.troubles().filter((line) => line.includes('not part of the eventlistener protocol')).length,
      ).toBeLessThan(4);
      await seen.call('stopProcess', 'loud');
      await seen.expectNothingLeft();
    },
    { oursOnly: true },
  );

  scenario(
    'in the middle of an answer is cut short',
    async () => {
      await using daemon = await startDaemon({
        config:
          bystander +
          pool(
            'endless',
            'printf "READY\\n"; read head; printf "RESULT 99999999999\\n"; exec yes',
            'autorestart=false',
          ),
      });
      const seen = await witness(daemon, 'endless');
      await seen.call('sendRemoteCommEvent', 'note', 'one');
      await waitFor('the message', () => seen.troubles().some((line) => line.includes('bad result line')));
      for (let round = 0; round < 5; round += 1) await seen.expectService();
      seen.expectBoundedMemory();
      expect(seen.troubles().filter((line) => line.includes("bad result line: 'RESULT 99999999999'"))).toHaveLength(1);
    },
    { oursOnly: true },
  );
});

describe('a listener that dies', () => {
  scenario(
    'in the middle of an answer loses no event: the next one gets it',
    async () => {
      await using daemon = await startDaemon({
        config:
          bystander +
          echo('other', 'autostart=false') +
          pool(
            'frail',
            `echo >> %(here)s/starts; if [ $(wc -l < %(here)s/starts) -gt 1 ]; then ${attentive('heads')}; fi; ` +
              'printf "READY\\n"; read head; printf "RESULT 2\\nO"; kill -9 $$',
            'autorestart=true',
          ),
      });
      const seen = await witness(daemon, 'frail');
      await seen.call('sendRemoteCommEvent', 'note', 'precious');
      const heads = await daemon.waitForFile('heads', 'REMOTE_COMMUNICATION');
      expect(heads).toMatch(/poolserial:0 eventname:REMOTE_COMMUNICATION/);
      expect(seen.troubles()).toEqual(['WARN exited: frail (terminated by SIGKILL; not expected)']);
      await seen.expectNothingLeft();
    },
    { oursOnly: true },
  );
});
