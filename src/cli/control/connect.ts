/** Chooses the way to a server by its address. The protocol is loaded only when it is needed. */

import { ConnectionProblem } from '../../client/control-client.ts';
import { ValueProblem } from './failure.ts';
import type { Connect } from './server-access.ts';

const unixScheme = 'unix://';

/** Connects to `unix://<path>`. */
export const connectToServer: Connect = async ({ serverUrl, username, password }) => {
  if (serverUrl.startsWith(unixScheme)) {
    const { connectMsgpack } = await import('../../client/msgpack-client.ts');
    return connectMsgpack({ path: serverUrl.slice(unixScheme.length), username, password });
  }
  if (serverUrl.startsWith('http://')) {
    throw new ConnectionProblem(
      'refused',
      `${serverUrl} cannot be reached by this version, which speaks to unix:// addresses only`,
    );
  }
  throw new ValueProblem(`Unknown protocol for serverurl ${serverUrl}`);
};
