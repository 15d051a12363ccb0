/** The supervisord collector of Prometheus' node exporter: the same samples from both daemons, over TCP and unix socket. */
import { describe } from 'vitest';
import { RunningCommand } from '../../helpers/command.ts';
import { freePort } from '../../helpers/free-port.ts';
import { fixture } from '../../helpers/sandbox.ts';
import { waitFor } from '../../helpers/wait.ts';
import { type Side, sideBySide } from '../side-by-side.ts';
import { step, until } from '../steps.ts';

const exporter = '/usr/bin/prometheus-node-exporter';
const sample = /^node_(supervisord_|scrape_collector_success)/;
/** Seconds since the start of the program. */
const uptime = /^(node_supervisord_uptime\{.*\}) [\d.e+]+$/;

/** The samples of one scrape. */
const scrape = (url: (side: Side) => string) =>
  step('the samples', async (side) => {
    const { folder, env } = side.sandbox;
    const address = `127.0.0.1:${await freePort()}`;
    const running = new RunningCommand(
      exporter,
      [
        '--collector.disable-defaults',
        '--collector.supervisord',
        `--collector.supervisord.url=${url(side)}`,
        `--web.listen-address=${address}`,
      ],
      { cwd: folder, env },
    );
    try {
      const text = await waitFor('the exporter', async () => {
        if (running.result !== undefined) throw new Error(running.stderr);
        const response = await fetch(`http://${address}/metrics`).catch(() => undefined);
        return await response?.text();
      });
      return text
        .split('\n')
        .filter((line) => sample.test(line))
        .map((line) => line.replace(uptime, '$1 SECONDS').replace(/(start_time_seconds\{.*\}) [\d.e+]+$/, '$1 TIME'));
    } finally {
      running.signal('SIGTERM');
      await running.ended();
    }
  });

const programs = `[group:team]\nprograms=a,b\n[program:a]\ncommand=${fixture('forever')}\nstartsecs=0
[program:b]\ncommand=${fixture('forever')}\nstartsecs=0\nautostart=false
[program:exits]\ncommand=/bin/sh -c "exit 3"\nstartsecs=0\nautorestart=false
[program:fails]\ncommand=/no/such/file\nstartretries=0`;

const settled = [until('a', 'RUNNING'), until('exits', 'EXITED'), until('fails', 'FATAL')];

describe("the node exporter's supervisord collector", () => {
  sideBySide('tells the states over TCP', {
    needs: ['prometheus-node-exporter'],
    config: (port) => `[inet_http_server]\nport=127.0.0.1:${port}\n${programs}`,
    steps: [...settled, scrape(({ port }) => `http://127.0.0.1:${port}/RPC2`)],
  });

  sideBySide('tells the states over the unix socket', {
    needs: ['prometheus-node-exporter'],
    config: programs,
    steps: [...settled, scrape(({ sandbox }) => `unix://${sandbox.path('supervisor.sock')}`)],
  });
});
