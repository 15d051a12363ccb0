/** The bridge from a real daemon to a place where a Stately inspector listens. */
import { describe, expect } from 'vitest';
import { startDaemon } from '../helpers/daemon.ts';
import { scenario } from '../helpers/scenario.ts';
import { InspectorServer } from '../inspector/inspector-server.ts';

const configFor = (url: string): string => `[supervisord]
inspector_url=${url}
[program:web]
command=sleep 86400
startsecs=0
`;

describe('inspector_url', () => {
  scenario(
    'tells an inspector what happens, and outlives it',
    async () => {
      const first = await InspectorServer.open();
      const { port, url } = first;
      await using daemon = await startDaemon({ config: configFor(url) });
      await first.waitFor('the process', 'web:web', ({ type }) => type === '@xstate.actor');
      await daemon.ctl('stop', 'web');
      await first.waitFor('its stop', 'web:web', ({ event }) => event?.type === 'process.stop');
      await first.waitFor('its end', 'web:web', ({ snapshot }) => snapshot?.value === 'STOPPED');
      await first.close();
      expect((await daemon.ctl('start', 'web')).stdout).toBe('web: started\n');
      await using second = await InspectorServer.open(port);
      const again = await second.waitFor('the process again', 'web:web', ({ type }) => type === '@xstate.actor');
      expect(again.snapshot?.value).toEqual({ alive: 'RUNNING' });
      await daemon.ctl('shutdown');
      await second.waitFor('the shutdown', 'supervisor', ({ event }) => event?.type === 'supervisor.shutdown');
      await daemon.command.ended();
    },
    { oursOnly: true },
  );

  scenario(
    'a place where nobody listens costs a line in the log',
    async () => {
      const nobody = await InspectorServer.open();
      await nobody.close();
      await using daemon = await startDaemon({ config: configFor(nobody.url) });
      expect((await daemon.status('web')).web?.state).toBe('RUNNING');
      await daemon.waitForFile('supervisord.log', `inspector ${nobody.url}: connect ECONNREFUSED`);
    },
    { oursOnly: true },
  );
});
