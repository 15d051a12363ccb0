// Runs the commands once, so that they keep what was compiled for a start and for a request beside themselves.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const place = `dist/code/${process.versions.v8}-${process.arch}`;
/** What each start of a daemon and each request need; the rest comes with its first use. */
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
  const daemon = spawn('dist/supervisord.js', ['-n', '-s', '-c', configuration], { stdio: 'ignore' });
  const end = new Promise((resolve) => {
    daemon.once('error', resolve);
    daemon.once('close', resolve);
  });
  try {
    for (const latest = Date.now() + longestMs; !isKept() && daemon.exitCode === null && Date.now() < latest; ) {
      if (existsSync(join(folder, 'socket')))
        spawnSync('dist/supervisorctl.js', ['-c', configuration, 'status'], { stdio: 'ignore' });
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
startsecs=0
`;
