/** The address of a request, taken apart as Supervisor does: decoded first, matched by prefix afterwards. */

export interface RequestPath {
  /** Decoded, beginning with `/`. */
  readonly path: string;
  /** As it was sent, without `?`. */
  readonly query: string;
}

/** `target` stands in the request line; proxies may put the whole URL there. */
export function parseTarget(target: string): RequestPath {
  const local = target.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/#.*$/s, '');
  const question = local.indexOf('?');
  const path = question === -1 ? local : local.slice(0, question);
  return {
    path: `/${decodePercent(path).replace(/^\/+/, '')}`,
    query: question === -1 ? '' : local.slice(question + 1),
  };
}

/** What is no valid escape stays as it is. */
const decodePercent = (text: string): string =>
  text.replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString());
