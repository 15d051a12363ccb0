import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../src/config/problem.ts';
import { processStates } from '../../src/model/process-state.ts';
import {
  createBench,
  FakeControl,
  FakeGroup,
  FakeProcess,
  groupOf,
  groupSpec,
  lone,
  outcomeOf,
  processSpec,
} from './fake-control.ts';

const invalid = new ConfigError([
  {
    message: 'File contains no section headers.',
    reason: 'no section',
    file: '/etc/supervisord.conf',
    line: 1,
    section: null,
    key: null,
    value: null,
    expected: null,
  },
]);

describe('reloadConfig', () => {
  test('answers the three lists in one list', async () => {
    const { call, control } = createBench();
    control.rereadResult = () => ({ added: ['a'], changed: ['b', 'c'], removed: [] });
    expect(await call('supervisor.reloadConfig')).toEqual([[['a'], ['b', 'c'], []]]);
  });

  test('an invalid configuration is a fault, a defect is not', async () => {
    const { call, control } = createBench();
    control.rereadResult = () => {
      throw invalid;
    };
    expect(await outcomeOf(call('supervisor.reloadConfig'))).toBe('CANT_REREAD: File contains no section headers.');
    control.rereadResult = () => {
      throw new TypeError('defect');
    };
    await expect(call('supervisor.reloadConfig')).rejects.toThrow(TypeError);
  });
});

test('a restart with an invalid configuration is refused', async () => {
  const { call, control } = createBench();
  control.restart = () => {
    throw invalid;
  };
  expect(await outcomeOf(call('supervisor.restart'))).toBe('CANT_REREAD: File contains no section headers.');
});

describe('groups', () => {
  test('addProcessGroup activates a configured group that is not active', async () => {
    const { call, control } = createBench(lone('a'));
    control.configured = [...control.configured, groupSpec('b', [])];
    expect(await outcomeOf(call('supervisor.addProcessGroup', 'a'))).toBe('ALREADY_ADDED: a');
    expect(await outcomeOf(call('supervisor.addProcessGroup', 'nope'))).toBe('BAD_NAME: nope');
    expect(await call('supervisor.addProcessGroup', 'b')).toBe(true);
    expect(control.asked).toEqual(['activate b']);
  });

  test('an active group that is not configured any more cannot be added', async () => {
    const { call, control } = createBench(lone('a'));
    control.configured = [];
    expect(await outcomeOf(call('supervisor.addProcessGroup', 'a'))).toBe('BAD_NAME: a');
  });

  test('a group whose log cannot be made is a failure with the reason', async () => {
    const { call, control } = createBench();
    control.configured = [groupSpec('b', [])];
    control.activate = () => {
      throw Object.assign(new Error("EACCES: permission denied, open '/logs/b'"), { code: 'EACCES' });
    };
    expect(await outcomeOf(call('supervisor.addProcessGroup', 'b'))).toBe(
      "FAILED: EACCES: permission denied, open '/logs/b'",
    );
  });

  test.each(processStates)('removeProcessGroup with a process in %s', async (state) => {
    const { call, control } = createBench(groupOf('g', { a: 'STOPPED', b: state }));
    const removable = ['STOPPED', 'EXITED', 'FATAL', 'UNKNOWN'].includes(state);
    const outcome = await outcomeOf(call('supervisor.removeProcessGroup', 'g'));
    expect(outcome).toBe(removable ? 'true' : 'STILL_RUNNING: g');
    expect(control.asked).toEqual(removable ? ['deactivate g'] : []);
    expect(await outcomeOf(call('supervisor.removeProcessGroup', 'nope'))).toBe('BAD_NAME: nope');
  });
});

describe('getAllConfigInfo', () => {
  test("has Supervisor's fields in Supervisor's order", async () => {
    const { call } = createBench(lone('cat'));
    expect(await outcomeOf(call('supervisor.getAllConfigInfo'))).toBe(
      '[{"autostart":true,"autorestart":"unexpected","directory":"none","uid":"none","command":"/bin/cat",' +
        '"exitcodes":[0],"group":"cat","group_prio":999,"inuse":true,"killasgroup":false,"name":"cat",' +
        '"process_prio":999,"redirect_stderr":false,"startretries":3,"startsecs":1,"stdout_capture_maxbytes":0,' +
        '"stdout_events_enabled":false,"stdout_logfile":"none","stdout_logfile_backups":10,' +
        '"stdout_logfile_maxbytes":52428800,"stdout_syslog":false,"stopsignal":15,"stopwaitsecs":10,' +
        '"stderr_capture_maxbytes":0,"stderr_events_enabled":false,"stderr_logfile":"none",' +
        '"stderr_logfile_backups":10,"stderr_logfile_maxbytes":52428800,"stderr_syslog":false,"serverurl":"none"}]',
    );
  });

  test('tells what is set', async () => {
    const output = { maxBytes: 1, backups: 2, captureMaxBytes: 3, eventsEnabled: true, syslog: true } as const;
    const spec = processSpec('g', 'p', {
      autorestart: 'never',
      directory: '/srv',
      user: { name: 'www', uid: 33, gid: 33 },
      serverUrl: 'unix:///s.sock',
      startMs: 2500,
      stdout: { ...output, logfile: { kind: 'file', path: '/out.log' } },
      stderr: { ...output, logfile: { kind: 'auto', path: '/tmp/err.log' } },
    });
    const { call, control } = createBench();
    control.configured = [groupSpec('g', [spec, { ...spec, name: 'o', autorestart: 'always' }], 5)];
    expect(await call('supervisor.getAllConfigInfo')).toMatchObject([
      { name: 'o', autorestart: true },
      {
        name: 'p',
        autorestart: false,
        directory: '/srv',
        uid: 33,
        group: 'g',
        group_prio: 5,
        inuse: false,
        startsecs: 2.5,
        stdout_capture_maxbytes: 3,
        stdout_events_enabled: true,
        stdout_logfile: '/out.log',
        stdout_logfile_backups: 2,
        stdout_logfile_maxbytes: 1,
        stdout_syslog: true,
        stderr_logfile: '/tmp/err.log',
        serverurl: 'unix:///s.sock',
      },
    ]);
  });

  test('an AUTO log is shown by its file while the group runs this very configuration, else as auto', async () => {
    const none = processSpec('g', 'p').stdout;
    const spec = processSpec('g', 'p', { stdout: { ...none, logfile: { kind: 'auto', path: null } } });
    const group = groupSpec('g', [spec]);
    const process = new FakeProcess(spec);
    process.stdout.path = '/tmp/p-stdout---supervisor-abcdefgh.log';
    const control = new FakeControl([new FakeGroup(group, [process])]);
    const bench = createBench(...control.active);
    const logfile = async () => {
      const [row] = (await bench.call('supervisor.getAllConfigInfo')) as readonly { stdout_logfile: string }[];
      return row?.stdout_logfile;
    };
    expect(await logfile()).toBe('/tmp/p-stdout---supervisor-abcdefgh.log');
    bench.control.configured = [structuredClone(group)];
    expect(await logfile()).toBe('auto');
  });
});
