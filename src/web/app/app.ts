/**
 * The live page. It takes the place of the plain one as soon as it knows all programs; where it cannot be live, the plain one
 * stays as it is.
 */

import { type Action, act, describeTarget, isOffered, mayAct, type Target } from './actions.ts';
import { createBanner } from './banner.ts';
import { createDialogs } from './dialogs.ts';
import { element } from './elements.ts';
import { followPrograms, followTrace, followWhy, readClock, readRole } from './feeds.ts';
import { listenToKeys } from './keyboard.ts';
import { type Link, openLink } from './link.ts';
import { createOutputDialog } from './output-dialog.ts';
import { createPanel } from './panel.ts';
import { type Route, readRoute, type Tab, tabs, writeRoute } from './route.ts';
import { stateNameOf } from './state-style.ts';
import { createStore, type Store } from './store.ts';
import { createTable } from './table.ts';
import { restoreTheme, toggleTheme } from './theme.ts';
import { createTimeBar } from './time-bar.ts';
import { createToasts } from './toasts.ts';
import { createTopBar } from './top-bar.ts';

function begin(): void {
  const store = createStore();
  const address = new URL('rpc', document.baseURI.replace(/[?#].*$/, ''));
  address.protocol = address.protocol.replace('http', 'ws');
  const link = openLink({
    address: address.href,
    onState: (state) => {
      store.set({ link: state });
      if (state.kind === 'open') void readRole(link, store).catch(() => {});
    },
  });
  let isShown = false;
  followPrograms(link, store, () => {});
  store.on(['processes'], () => {
    if (isShown) return;
    isShown = true;
    void loadStyles().then(() => show(store, link));
  });
}

/** Not by the plain page, whose looks they would change where no scripts run. Without them the page would be no use. */
function loadStyles(): Promise<void> {
  return new Promise((resolve) => {
    const href = new URL('app.css', import.meta.url).href;
    document.head.append(element('link', { rel: 'stylesheet', href, onload: () => resolve() }));
  });
}

function show(store: Store, link: Link): void {
  restoreTheme();
  const toasts = createToasts();
  const dialogs = createDialogs();
  const output = createOutputDialog(link);
  const [daemon, host] = readOrigin();

  const go = (change: Partial<Route>): void => {
    const route = { ...store.route, ...change };
    const hash = writeRoute(route);
    if (hash !== location.hash) history.replaceState(null, '', `${location.pathname}${hash}`);
    store.set({ route });
  };
  const onAction = (action: Action, target: Target): void => {
    void order(action, target);
  };
  async function order(action: Action, target: Target): Promise<void> {
    const concernsMany = target.kind !== 'process' && action !== 'start';
    if (concernsMany && !(await dialogs.ask(`${capital(action)} ${describeTarget(target)}?`, capital(action)))) return;
    try {
      const problems = await act(link, action, target);
      if (problems.length > 0) toasts.bad(`${capital(action)} ${describeTarget(target)}:\n${problems.join('\n')}`);
      else toasts.good(`${describeTarget(target)}: ${done[action]}`);
    } catch (error) {
      toasts.bad(
        `${capital(action)} ${describeTarget(target)}: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  const table = createTable({
    store,
    onAction,
    onOpen: (key) => {
      store.set({ cursor: key });
      go({ process: key, isOpen: true });
    },
  });
  const topBar = createTopBar({
    store,
    daemon,
    host,
    onAction,
    onAll: () => go({ process: null, isOpen: true, tab: 'chart' }),
    onTheme: toggleTheme,
    onHelp: dialogs.help,
  });
  const close = (): void => go({ process: null, isOpen: false, tab: 'chart' });
  const panel = createPanel({
    store,
    link,
    onAction,
    onTab: (tab) => go({ tab, isOpen: true }),
    onClose: close,
    onOutput: (record) => void output.open(record, store.records),
    onFilter: (state) => {
      const name = stateNameOf(state);
      if (name !== null) store.set({ filter: { ...store.filter, states: new Set([name]) } });
    },
  });
  const timeBar = createTimeBar(store);
  const app = element(
    'div',
    { class: 'app' },
    topBar.node,
    createBanner(store, link).node,
    table.node,
    panel.node,
    timeBar.node,
  );
  store.on(['route'], () => {
    app.classList.toggle('panel-open', store.route.isOpen);
  });
  document.body.replaceChildren(app, toasts.node, dialogs.node, output.node);
  document.documentElement.classList.add('live');
  document.querySelector('link[href$="supervisor.css"]')?.remove();

  const move = (step: number): void => {
    const keys = table.keys();
    const at = keys.indexOf(store.cursor);
    const next = keys[at === -1 ? (step > 0 ? 0 : keys.length - 1) : Math.min(keys.length - 1, Math.max(0, at + step))];
    if (next === undefined) return;
    store.set({ cursor: next });
    if (store.route.process !== null) go({ process: next });
    table.reveal(true);
  };
  const press = (action: Action): void => {
    const process = store.processes.get(store.cursor || (store.route.process ?? ''));
    if (process === undefined || store.moment !== null) return;
    const name = process.group === process.name ? process.name : `${process.group}:${process.name}`;
    const wanted = action === 'restart' && isOffered('start', process.statename) ? 'start' : action;
    if (!mayAct(store.role)) toasts.bad('Your role may look at everything and change nothing.');
    else if (isOffered(wanted, process.statename)) onAction(wanted, { kind: 'process', name });
    else toasts.bad(`${name} is ${process.statename}: there is nothing to ${wanted}.`);
  };
  topBar.search.addEventListener('keydown', ({ key }) => {
    if (key !== 'Enter') return;
    store.set({ cursor: '' });
    move(1);
  });
  const openTab = (tab: Tab) => (): void => go({ tab, isOpen: true });
  listenToKeys({
    '/': () => topBar.search.select(),
    j: () => move(1),
    k: () => move(-1),
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => {
      if (store.cursor !== '') go({ process: store.cursor, isOpen: true });
    },
    s: () => press('start'),
    x: () => press('stop'),
    r: () => press('restart'),
    f: () => app.classList.toggle('panel-wide'),
    t: toggleTheme,
    l: () => store.set({ moment: null }),
    '[': () => timeBar.step(-1),
    ']': () => timeBar.step(1),
    '?': dialogs.help,
    Escape: () => {
      const isSearching = document.activeElement === topBar.search;
      if (toasts.dismiss()) return;
      if (isSearching || store.filter.text !== '' || store.filter.states.size > 0) {
        topBar.search.value = '';
        topBar.search.blur();
        store.set({ filter: { text: '', states: new Set() } });
      } else if (store.moment !== null) store.set({ moment: null });
      else if (app.classList.contains('panel-wide')) app.classList.remove('panel-wide');
      else if (store.route.isOpen) close();
    },
    ...Object.fromEntries(tabs.map((tab, index) => [String(index + 1), openTab(tab)])),
  });

  followTrace(link, store);
  followWhy(link, store);
  void readClock(store).catch(() => {});
  const route = readRoute(location.hash);
  store.set({ route, cursor: route.process ?? '' });
  store.tellAll();
  addEventListener('hashchange', () => {
    const route = readRoute(location.hash);
    // Keys act on what is looked at.
    store.set({ route, cursor: route.process ?? store.cursor });
  });
}

const done: Readonly<Record<Action, string>> = { start: 'started', stop: 'stopped', restart: 'restarted' };

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

/** The plain page says which daemon it is of. */
function readOrigin(): readonly [daemon: string, host: string] {
  const line = document.querySelector('#header p');
  const daemon = line?.querySelector('b')?.textContent ?? 'supervisor';
  const host = /\bon (\S+), pid/.exec(line?.textContent ?? '')?.[1] ?? location.hostname;
  return [daemon, host];
}

begin();
