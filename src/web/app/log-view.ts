/** The end of a log, which follows what is written: coloured as the program wished, searched, held still on request. */

import { type AnsiReader, createAnsiReader } from './ansi.ts';
import { element, fill, setText } from './elements.ts';
import type { Feed, Link } from './link.ts';
import { createLogLines, type LogLine, type LogLines } from './log-lines.ts';
import { count } from './wording.ts';

export interface LogView {
  readonly node: HTMLElement;
  /** null for the daemon's own log. Looking at the same one again changes nothing. */
  follow(process: string | null): void;
  stop(): void;
}

const mostLines = 2000;
const tailBytes = 64 * 1024;

type Channel = 'stdout' | 'stderr';

export function createLogView(link: Link): LogView {
  const text = element('div', {
    class: 'log-lines',
    role: 'log',
    'aria-live': 'off',
    tabindex: 0,
    'aria-label': 'Log',
  });
  const empty = element('p', { class: 'empty', hidden: true });
  const search = element('input', {
    type: 'search',
    placeholder: 'Search the log',
    'aria-label': 'Search the log',
    oninput: () => redraw(),
  });
  const found = element('span', { class: 'quiet' });
  const pause = element(
    'button',
    { type: 'button', class: 'small', 'aria-pressed': 'false', onclick: () => setPaused(!isPaused) },
    'Pause',
  );
  const path = element('span', { class: 'path quiet' });
  const channels = (['stdout', 'stderr'] as const).map((name) =>
    element(
      'button',
      { type: 'button', role: 'radio', 'aria-checked': String(name === 'stdout'), onclick: () => choose(name) },
      name,
    ),
  );
  const chooser = element('span', { class: 'segmented', role: 'radiogroup', 'aria-label': 'Channel' }, ...channels);
  const node = element(
    'div',
    { class: 'log-view' },
    element('div', { class: 'log-tools' }, chooser, search, found, pause, path),
    text,
    empty,
  );
  let shown: { readonly process: string | null; readonly channel: Channel } | null = null;
  let channel: Channel = 'stdout';
  let end = (): void => {};
  let lines: LogLines = createLogLines(mostLines);
  let ansi: AnsiReader = createAnsiReader();
  let isPaused = false;
  let waiting = 0;
  let isAtEnd = true;
  const drawn = new Map<number, HTMLElement>();

  text.addEventListener('scroll', () => {
    isAtEnd = text.scrollHeight - text.scrollTop - text.clientHeight < 24;
  });

  function begin(process: string | null, from: Channel): void {
    end();
    shown = { process, channel: from };
    clear();
    const feed: Feed = {
      request: () => {
        clear();
        return process === null ? ['subscribe.mainLog', tailBytes] : ['subscribe.log', process, from, tailBytes];
      },
      onBegin: (reply) => {
        const place = (reply as { readonly path?: unknown }).path;
        setText(path, typeof place === 'string' ? place : '');
        showEmpty('Nothing was written yet.');
      },
      onNotification: (method, [bytes]) => {
        if (method === 'log.bytes' && bytes instanceof Uint8Array) add(bytes);
      },
      onRefused: ({ message }) => {
        setText(path, '');
        const hasNone = message.startsWith('NO_FILE');
        showEmpty(hasNone ? `There is no log of ${from}: it is switched off, or goes elsewhere.` : message);
      },
    };
    end = link.subscribe(feed);
  }

  function clear(): void {
    lines = createLogLines(mostLines);
    ansi = createAnsiReader();
    drawn.clear();
    waiting = 0;
    text.replaceChildren();
    setText(found, '');
    showEmpty('');
    isAtEnd = true;
  }

  function showEmpty(words: string): void {
    setText(empty, words);
    empty.hidden = lines.lines.length > 0 || words === '';
    text.hidden = !empty.hidden;
  }

  function add(bytes: Uint8Array): void {
    const changed = lines.add(bytes);
    if (changed.length === 0) return;
    showEmpty('');
    if (isPaused) {
      waiting += changed.length;
      setText(pause, `Go on (${count(waiting, 'new line')})`);
      return;
    }
    draw(changed);
  }

  function draw(changed: readonly LogLine[]): void {
    const wasAtEnd = isAtEnd;
    for (const line of changed) {
      const known = drawn.get(line.number);
      const node = known ?? element('div', { class: 'log-line' });
      paint(node, line.text);
      if (known === undefined) text.append(node);
      drawn.set(line.number, node);
    }
    for (const [number, line] of drawn) {
      if (drawn.size <= mostLines) break;
      drawn.delete(number);
      line.remove();
    }
    countFound();
    if (wasAtEnd) text.scrollTop = text.scrollHeight;
  }

  function paint(line: HTMLElement, written: string): void {
    const spans = ansi.read(written.replace(/\r$/, '').replace(/^.*\r/, ''));
    fill(
      line,
      ...spans.map(({ text: words, style }) => (style === '' ? words : element('span', { class: style }, words))),
    );
    const wanted = search.value.toLowerCase();
    line.classList.toggle('found', wanted !== '' && (line.textContent ?? '').toLowerCase().includes(wanted));
    line.classList.toggle('passed', wanted !== '' && !line.classList.contains('found'));
  }

  function redraw(): void {
    ansi = createAnsiReader();
    drawn.clear();
    text.replaceChildren();
    waiting = 0;
    draw(lines.lines);
  }

  function countFound(): void {
    setText(found, search.value === '' ? '' : count(text.querySelectorAll('.found').length, 'line'));
  }

  function setPaused(wanted: boolean): void {
    isPaused = wanted;
    pause.setAttribute('aria-pressed', String(isPaused));
    setText(pause, isPaused ? 'Go on' : 'Pause');
    if (!isPaused) redraw();
  }

  function choose(name: Channel): void {
    channel = name;
    for (const button of channels) button.setAttribute('aria-checked', String(button.textContent === name));
    if (shown !== null && shown.channel !== name) begin(shown.process, name);
  }

  return {
    node,
    follow: (process) => {
      chooser.hidden = process === null;
      if (shown?.process === process && shown.channel === channel) return;
      if (isPaused) setPaused(false);
      begin(process, channel);
    },
    stop: () => {
      end();
      end = () => {};
      shown = null;
    },
  };
}
