import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { supervisorctlPath, supervisordPath } from '../helpers/sandbox.ts';

/** Says of each pack that a command loads whether V8 took the compiled code that was found for it. */
const asksV8 = `
const vm = require('node:vm');
const { Script } = vm;
vm.Script = class extends Script {
  constructor(source, options) {
    super(source, options);
    process._rawDebug('rejected: ' + this.cachedDataRejected);
  }
};
`;

describe('the compiled code that the build has kept', () => {
  it.each([supervisordPath, supervisorctlPath])('is taken by V8 under the flags of %s', (path) => {
    const folder = mkdtempSync(join(tmpdir(), 'statevisor-kept-'));
    try {
      const hook = join(folder, 'asks-v8.cjs');
      writeFileSync(hook, asksV8);
      const words = path === supervisordPath ? ['--version'] : ['version'];
      const { stderr } = spawnSync(process.execPath, ['--require', hook, path, ...words], { encoding: 'utf8' });
      expect(stderr.match(/rejected: \w+/g)).toContain('rejected: false');
      expect(stderr).not.toContain('rejected: true');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
