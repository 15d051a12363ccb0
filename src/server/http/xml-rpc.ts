/** A body that was sent to `/RPC2` → the reply: decodes the call, runs it through the dispatch, encodes what comes of it. */

import type { Dispatch, Session } from '../../commands/method.ts';
import { Fault } from '../../model/errors.ts';
import { quoteText } from '../../model/python-text.ts';
import { decodeXmlCall } from '../../protocol/xml-rpc-reader.ts';
import type { XmlLimits } from '../../protocol/xml-rpc-tree.ts';
import { encodeXmlFault, encodeXmlResult } from '../../protocol/xml-rpc-writer.ts';
import type { ServerLog } from '../server-log.ts';
import { errorReply, type Reply, reply } from './reply.ts';

export interface XmlRpcOptions {
  readonly dispatch: Dispatch;
  readonly session: Session;
  readonly log: ServerLog;
  readonly limits: XmlLimits;
}

/** Faults are successful replies; Supervisor answers 400 only to what is no call, and 500 to its own defects. */
export async function answerXmlRpc(body: Uint8Array, options: XmlRpcOptions): Promise<Reply> {
  const { dispatch, session, log, limits } = options;
  const call = decodeXmlCall(body, limits);
  switch (call.kind) {
    case 'invalid':
      log.error(`XML-RPC request data ${shown(body)} is invalid: unmarshallable (it ${call.reason})`);
      return errorReply(400);
    case 'no-method':
      log.error(`XML-RPC request data ${shown(body)} is invalid: no method name`);
      return errorReply(400);
    case 'call':
      try {
        return xmlReply(encodeXmlResult(await dispatch(call.method, call.params, session)));
      } catch (error) {
        if (error instanceof Fault) return xmlReply(encodeXmlFault({ code: error.code, message: error.text }));
        const defect = error instanceof Error ? error.stack : String(error);
        log.critical(`Handling XML-RPC request with data ${shown(body)} raised an unexpected exception: ${defect}`);
        return errorReply(500);
      }
    default:
      return call satisfies never;
  }
}

const xmlReply = (body: Uint8Array): Reply => reply(200, 'text/xml', body);

const shownBytes = 200;

/** Cut, so that a peer cannot fill the log. */
function shown(body: Uint8Array): string {
  const text = quoteText(Buffer.from(body.subarray(0, shownBytes)).toString());
  return body.length > shownBytes ? `${text}…` : text;
}
