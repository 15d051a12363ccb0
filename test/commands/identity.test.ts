import { expect, test } from 'vitest';
import { createBench } from './fake-control.ts';

test.each<[string, unknown]>([
  ['getAPIVersion', '3.0'],
  ['getVersion', '3.0'],
  ['getSupervisorVersion', '4.2.5'],
  ['getIdentification', 'supervisor'],
  ['getState', { statecode: 1, statename: 'RUNNING' }],
  ['getPID', 4242],
])('%s answers %j', async (method, answer) => {
  expect(await createBench().call(`supervisor.${method}`)).toEqual(answer);
});
