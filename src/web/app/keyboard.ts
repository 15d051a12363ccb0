/** Single keys for everything that is done often, unless somebody is writing, or means a shortcut of the browser. */

export type Keys = Readonly<Record<string, () => void>>;

export function listenToKeys(keys: Keys): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]') !== null) return;
    const isWriting = event.target instanceof HTMLInputElement && event.target.type === 'search';
    const isPressing = event.target instanceof HTMLButtonElement && event.key === 'Enter';
    if ((isWriting && event.key !== 'Escape') || isPressing) return;
    const run = keys[event.key];
    if (run === undefined) return;
    event.preventDefault();
    run();
  });
}
