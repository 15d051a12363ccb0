/** A daemon of its own with the live page open, watched for everything that a page of ours must not do. */
import type { Page } from 'playwright-core';
import { type Daemon, type DaemonOptions, startDaemon } from '../helpers/daemon.ts';
import { type Bridge, openBridge } from './bridge.ts';
import type { PageOptions, TestBrowser } from './browser.ts';

export interface LiveVisit extends AsyncDisposable {
  readonly daemon: Daemon;
  readonly page: Page;
  readonly bridge: Bridge;
  /** Errors of scripts, violations of the policy, and requests to anywhere else. */
  readonly complaints: readonly string[];
}

export interface LiveOptions extends PageOptions {
  readonly config: NonNullable<DaemonOptions['config']>;
  readonly size?: { readonly width: number; readonly height: number };
  /** Behind the address: `#/web:web/log`. */
  readonly hash?: string;
}

export async function visitLive(browser: TestBrowser, options: LiveOptions): Promise<LiveVisit> {
  const daemon = await startDaemon({ config: options.config });
  const bridge = await openBridge(daemon.sandbox.path('supervisor.sock'));
  const page = await browser.open({ ...options, scripts: true });
  const complaints: string[] = [];
  const leave = async (): Promise<void> => {
    await page.context().close();
    await bridge[Symbol.asyncDispose]();
    await daemon[Symbol.asyncDispose]();
  };
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    const isOfNetwork = /ERR_CONNECTION|WebSocket connection to/.test(message.text());
    if (message.type() === 'error' && !isOfNetwork) complaints.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(bridge.address)) complaints.push(`request: ${request.url()}`);
  });
  try {
    await page.setViewportSize(options.size ?? { width: 1440, height: 900 });
    await page.goto(`${bridge.address}/${options.hash ?? ''}`);
    await page.getByRole('grid', { name: 'Programs' }).waitFor();
    return { daemon, page, bridge, complaints, [Symbol.asyncDispose]: leave };
  } catch (error) {
    await leave();
    throw error;
  }
}

export const rowOf = (page: Page, name: string) => page.locator(`.row.process[data-key="${name}"]`);

/** Waits until a program is shown in a state. */
export const untilState = (page: Page, name: string, state: string): Promise<void> =>
  rowOf(page, name).locator('.state', { hasText: state }).waitFor();
