/** The bridge to an inspector, loaded only where one is wanted. */

import type { AnyActorRef } from 'xstate';
import { withoutSecrets } from '../model/secrets.ts';
import type { BridgeOptions } from './inspector-bridge.ts';

/** `url`: null for none. Returns the function that ends it. */
export function inspectFrom(
  root: AnyActorRef,
  url: string | null,
  options: Pick<BridgeOptions, 'now' | 'log'>,
): () => void {
  if (url === null) return () => {};
  let closed = false;
  let close: (() => void) | null = null;
  import('./inspector-bridge.ts')
    .then(({ openInspectorBridge }) => {
      if (!closed) close = openInspectorBridge({ ...options, root, url });
    })
    .catch((error: unknown) => {
      options.log.warn(
        `inspector ${withoutSecrets(url)}: internal error: ${error instanceof Error ? error.stack : String(error)}`,
      );
    });
  return () => {
    closed = true;
    close?.();
  };
}
