/** One XML-RPC call as a client sends it, and the reply as it came: bytes are compared, so nothing is parsed. */
import { request } from 'node:http';

export type RpcValue = string | number | boolean | readonly RpcValue[] | { readonly [key: string]: RpcValue };

export interface HttpReply {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Calls a method over the unix socket at `socketPath`. */
export async function rpcCall(socketPath: string, method: string, params: readonly RpcValue[]): Promise<HttpReply> {
  return await post(socketPath, callText(method, params));
}

/** Sends a body to `/RPC2`. */
export async function post(socketPath: string, body: string): Promise<HttpReply> {
  return await new Promise((resolve, reject) => {
    const headers = { 'Content-Type': 'text/xml', 'Content-Length': Buffer.byteLength(body) };
    const call = request({ socketPath, path: '/RPC2', method: 'POST', headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const type = response.headers['content-type'] ?? 'none';
        resolve({ status: response.statusCode ?? 0, type, body: Buffer.concat(chunks).toString() });
      });
    });
    call.on('error', reject);
    call.end(body);
  });
}

function callText(method: string, params: readonly RpcValue[]): string {
  const list = params.map((param) => `<param>${valueText(param)}</param>`).join('');
  return `<?xml version='1.0'?><methodCall><methodName>${method}</methodName><params>${list}</params></methodCall>`;
}

function valueText(value: RpcValue): string {
  if (typeof value === 'string') return `<value><string>${escaped(value)}</string></value>`;
  if (typeof value === 'number') return `<value><int>${value}</int></value>`;
  if (typeof value === 'boolean') return `<value><boolean>${Number(value)}</boolean></value>`;
  if (isList(value)) return `<value><array><data>${value.map(valueText).join('')}</data></array></value>`;
  const members = Object.entries(value).map(
    ([name, member]) => `<member><name>${name}</name>${valueText(member)}</member>`,
  );
  return `<value><struct>${members.join('')}</struct></value>`;
}

const isList = (value: object): value is readonly RpcValue[] => Array.isArray(value);

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
