import { expect, it } from 'vitest';
import { foreignInterfaceNotices, mainInterfaceNames } from '../src/rpc-interfaces.ts';

const main = 'supervisor.rpcinterface:make_main_rpcinterface';

const spec = {
  rpcInterfaces: [
    { name: 'supervisor', factory: main },
    { name: 'twiddler', factory: 'supervisor_twiddler.rpcinterface:make_twiddler_rpcinterface' },
    { name: 'again', factory: main },
    { name: 'mine', factory: 'my.plugin:make' },
  ],
};

it("gives the names of the sections that have Supervisor's own factory", () => {
  expect(mainInterfaceNames(spec)).toEqual(['supervisor', 'again']);
  expect(foreignInterfaceNotices({ rpcInterfaces: [] })).toEqual([]);
});

it('warns of each factory of somebody else, and says what replaces it where that is known', () => {
  expect(foreignInterfaceNotices(spec)).toEqual([
    {
      level: 'warn',
      message:
        "[rpcinterface:twiddler]: the factory 'supervisor_twiddler.rpcinterface:make_twiddler_rpcinterface' is Python code " +
        'and cannot be loaded here; the methods twiddler.* do not exist; change the configuration file instead, and call ' +
        'supervisor.reloadConfig, addProcessGroup and removeProcessGroup, or supervisorctl update',
    },
    {
      level: 'warn',
      message:
        "[rpcinterface:mine]: the factory 'my.plugin:make' is Python code and cannot be loaded here; the methods mine.* do " +
        'not exist',
    },
  ]);
});
