/** Light or dark: what the system prefers, until somebody says otherwise; that is remembered in this browser. */

const key = 'statevisor-theme';
const prefersDark = matchMedia('(prefers-color-scheme: dark)');

const isDark = (): boolean =>
  (document.documentElement.dataset.theme ?? (prefersDark.matches ? 'dark' : 'light')) === 'dark';

export function restoreTheme(): void {
  const kept = remembered();
  if (kept === 'light' || kept === 'dark') document.documentElement.dataset.theme = kept;
}

export function toggleTheme(): void {
  const theme = isDark() ? 'light' : 'dark';
  document.documentElement.dataset.theme = theme;
  try {
    localStorage.setItem(key, theme);
  } catch {
    // Where nothing may be kept it lasts as long as the page.
  }
}

function remembered(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
