/** The connection a session has to its supervisor: made at the first call, and made again after an `open` or a login. */

import type { ControlClient } from '../../client/control-client.ts';
import type { ControlSpec } from '../../model/program-spec.ts';
import type { AddressOrigin, ServerAccess } from './context.ts';
import { withoutPassword } from './shown-address.ts';

export type ServerAddress = Pick<
  ControlSpec,
  'serverUrl' | 'username' | 'password' | 'tlsCa' | 'tlsCertificate' | 'tlsKey'
>;

/** Rejects with `ConnectionProblem`, or `ValueProblem` for an address of unknown kind. */
export type Connect = (address: ServerAddress) => Promise<ControlClient>;

/** Nothing is connected yet. */
export function createServerAccess(first: ServerAddress, firstOrigin: AddressOrigin, connect: Connect): ServerAccess {
  let address = first;
  let origin = firstOrigin;
  let client: Promise<ControlClient> | null = null;

  const connected = (): Promise<ControlClient> => {
    client ??= connect(address);
    return client;
  };
  const close = (): void => {
    client?.then(
      (open) => open.close(),
      // Whoever called has been told why there is no connection.
      () => undefined,
    );
    client = null;
  };

  return {
    get serverUrl() {
      return withoutPassword(address.serverUrl);
    },
    get origin() {
      return origin;
    },
    call: async (method, ...params) => (await connected()).call(method, ...params),
    followLog: async (options) => (await connected()).followLog(options),
    subscribe: async (options) => (await connected()).subscribe(options),
    open(serverUrl) {
      close();
      address = { ...address, serverUrl };
      origin = { kind: 'typed', configFile: origin.configFile };
    },
    login(username, password) {
      close();
      address = { ...address, username, password };
    },
    close,
  };
}
