/** What the tests use of two clients from npm that bring no types. */

declare module 'xmlrpc' {
  interface Client {
    methodCall(method: string, params: readonly unknown[], callback: (error: unknown, value: unknown) => void): void;
  }
  interface Address {
    readonly host?: string;
    readonly port?: number;
    readonly socketPath?: string;
    readonly path: string;
    readonly basic_auth?: { readonly user: string; readonly pass: string };
  }
  const xmlrpc: { createClient(address: Address): Client };
  export = xmlrpc;
}

declare module 'supervisord' {
  type Method = (...paramsAndCallback: readonly unknown[]) => void;
  export function connect(address: string): Readonly<Record<string, Method>>;
}
