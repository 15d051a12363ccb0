/** What is looked at, as the part of the address behind `#`: a reload or a bookmark leads back to it. Pure. */

export type Tab = 'chart' | 'timeline' | 'log' | 'tree';

export const tabs: readonly Tab[] = ['chart', 'timeline', 'log', 'tree'];

export interface Route {
  /** `group:name`; null when the daemon as a whole is looked at. */
  readonly process: string | null;
  readonly tab: Tab;
  /** The panel is open; where there is room for it, it is always. */
  readonly isOpen: boolean;
}

export const home: Route = { process: null, tab: 'chart', isOpen: false };

/** `#/`, `#/web:web_0/log`, `#//tree` */
export function readRoute(hash: string): Route {
  const [, process = '', tab = ''] = hash.replace(/^#/, '').split('/');
  const known = tabs.find((name) => name === tab);
  return {
    process: process === '' ? null : decode(process),
    tab: known ?? 'chart',
    isOpen: process !== '' || known !== undefined,
  };
}

export const writeRoute = ({ process, tab, isOpen }: Route): string =>
  isOpen ? `#/${process === null ? '' : encodeURIComponent(process)}/${tab}` : '#/';

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
