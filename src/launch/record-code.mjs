// Has the commands do once what they do often, so that they keep what was compiled for that beside themselves.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const place = `dist/code/${process.versions.v8}-${process.arch}`;
/** Of whose first packs something is kept; the others come with their first use. */
const wanted = ['supervisord', 'supervisorctl'];
const longestMs = 20_000;

/** Leaves the commands without kept code where they cannot be run: they start a little slower then. */
export async function recordCode() {
  removeForeign();
  const packs = readdirSync('dist/chunks').filter((name) =>
    wanted.some((command) => new RegExp(`^${command}-[0-9a-f]+-main\\.js$`).test(name)),
  );
  const isKept = () => packs.every((name) => existsSync(`${place}/${name}.bin`));
  if (isKept()) return;
  const folder = mkdtempSync(join(tmpdir(), 'statevisor-build-'));
  const configuration = join(folder, 'supervisord.conf');
  writeFileSync(configuration, sample(folder));
  const daemon = spawn('dist/supervisord.js', ['-n', '-s', '-c', configuration], {
    stdio: 'ignore',
    env: { ...process.env, STATEVISOR_KEEP_CODE: 'at-end' },
  });
  const end = new Promise((resolve) => {
    daemon.once('error', resolve);
    daemon.once('close', resolve);
  });
  try {
    for (const latest = Date.now() + longestMs; daemon.exitCode === null && Date.now() < latest; ) {
      if (useDaemon(configuration)) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  } finally {
    daemon.kill('SIGTERM');
    await end;
    rmSync(folder, { recursive: true, force: true });
  }
  if (!isKept())
    process.stderr.write('The compiled code of the commands could not be kept; they start a little slower.\n');
}

/** False while it does not answer yet. */
function useDaemon(configuration) {
  const order = (...words) =>
    spawnSync('dist/supervisorctl.js', ['-c', configuration, ...words], { encoding: 'utf8', timeout: longestMs });
  if (order('status').status !== 0) return false;
  order('stop', 'all');
  order('start', 'all');
  order('restart', 'sleep:1');
  const killed = Number(order('pid', 'sleep:0').stdout);
  if (killed > 1) process.kill(killed, 'SIGKILL');
  order('status');
  return true;
}

/** What belongs to packs that are not there any more. */
function removeForeign() {
  if (!existsSync('dist/code')) return;
  for (const version of readdirSync('dist/code')) {
    for (const name of readdirSync(`dist/code/${version}`)) {
      if (!existsSync(`dist/chunks/${name.replace(/\.bin(\.\d+)?$/, '')}`)) rmSync(`dist/code/${version}/${name}`);
    }
  }
}

const sample = (folder) => `[supervisord]
logfile=${folder}/log
pidfile=${folder}/pid
childlogdir=${folder}
runtime_dir=${folder}/run

[unix_http_server]
file=${folder}/socket

[supervisorctl]
serverurl=unix://${folder}/socket

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

[program:sleep]
command=/bin/sleep 60
process_name=%(process_num)d
numprocs=2
startsecs=0
`;
