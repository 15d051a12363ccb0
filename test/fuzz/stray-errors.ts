/** Errors that nobody catches. They end a daemon or a command, so they fail the check during which they appear. */

const stray: string[] = [];
let listening = false;

/** From now on they are kept instead of ending the process. */
export function keepStrayErrors(): void {
  if (listening) return;
  listening = true;
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      stray.push(`${event}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    });
  }
}

/** What has come since the last time. */
export const takeStrayErrors = (): readonly string[] => stray.splice(0);
