/**
 * A headless browser for tests, from the package registry alone. It is unpacked once, beside the packages; what it needs of
 * the system and lacks there it brings along, as far as it can.
 */
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Page } from 'playwright-core';
import { inRepository } from '../helpers/sandbox.ts';

const run = promisify(execFile);

export type FoundBrowser =
  | { readonly kind: 'found'; readonly program: string; readonly env: Readonly<Record<string, string>> }
  /** `reason` tells people what this machine lacks. */
  | { readonly kind: 'absent'; readonly reason: string };

/** Looks whether the browser runs on this machine, and unpacks it before if nobody has. */
export async function findBrowser(): Promise<FoundBrowser> {
  try {
    const folder = await unpack();
    return await firstThatRuns(join(folder, 'chromium'), [
      { FONTCONFIG_FILE: join(folder, 'fonts.conf') },
      { FONTCONFIG_FILE: join(folder, 'fonts.conf'), LD_LIBRARY_PATH: join(folder, 'al2023/lib') },
    ]);
  } catch (error) {
    return { kind: 'absent', reason: firstLine(error) };
  }
}

/** Tests may do this beside each other: who is first wins. */
async function unpack(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@sparticuz/chromium');
  const cache = inRepository('node_modules/.cache/statevisor-tests');
  const folder = join(cache, `chromium-${await packageVersion(entry)}`);
  if (existsSync(folder)) return folder;
  mkdirSync(cache, { recursive: true });
  const staging = mkdtempSync(join(cache, 'unpacking-'));
  try {
    // The package unpacks to where temporary files are, and its libraries only where it takes the machine for a bare one.
    const env = { ...process.env, TMPDIR: staging, AWS_LAMBDA_JS_RUNTIME: 'nodejs20.x' };
    const script = `const { default: chromium } = await import(${JSON.stringify(entry)}); await chromium.executablePath();`;
    await run(process.execPath, ['--input-type=module', '-e', script], { env });
    writeFileSync(join(staging, 'fonts.conf'), fontConfiguration(join(folder, 'fonts')));
    renameSync(staging, folder);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

async function packageVersion(entry: string): Promise<string> {
  for (let folder = dirname(entry); ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    const manifest = existsSync(path) ? createRequire(import.meta.url)(path) : {};
    if (typeof manifest.version === 'string') return manifest.version;
    if (folder === dirname(folder)) throw new Error(`no package.json above ${entry}`);
  }
}

const fontConfiguration = (folder: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${folder}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${folder}/cache</cachedir>
</fontconfig>
`;

async function firstThatRuns(
  program: string,
  environments: readonly Readonly<Record<string, string>>[],
): Promise<FoundBrowser> {
  let reason = '';
  for (const env of environments) {
    try {
      await run(program, ['--version'], { env: { ...process.env, ...env } });
      return { kind: 'found', program, env };
    } catch (error) {
      reason = (error as { readonly stderr?: string }).stderr?.trim() || firstLine(error);
    }
  }
  return { kind: 'absent', reason };
}

const firstLine = (error: unknown): string =>
  String(error instanceof Error ? error.message : error).split('\n')[0] ?? '';

export interface TestBrowser extends AsyncDisposable {
  /** A page in a context of its own, which runs no scripts unless it is told to. */
  open(options?: PageOptions): Promise<Page>;
}

export interface PageOptions {
  readonly colorScheme?: 'light' | 'dark';
  readonly scripts?: boolean;
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly reducedMotion?: 'reduce' | 'no-preference';
}

export async function launchBrowser(found: FoundBrowser): Promise<TestBrowser> {
  if (found.kind === 'absent') throw new Error(found.reason);
  const home = mkdtempSync(join(tmpdir(), 'statevisor-browser-'));
  const inherited = Object.entries(process.env).filter(([, value]) => value !== undefined) as [string, string][];
  const env = { ...Object.fromEntries(inherited), ...found.env, HOME: home };
  const browser = await chromium.launch({ executablePath: found.program, env, args: ['--disable-gpu'] });
  return {
    open: async ({ colorScheme = 'light', scripts = false, credentials, reducedMotion = 'no-preference' } = {}) => {
      const context = await browser.newContext({
        colorScheme,
        reducedMotion,
        javaScriptEnabled: scripts,
        ...(credentials === undefined ? {} : { httpCredentials: credentials }),
      });
      return await context.newPage();
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
