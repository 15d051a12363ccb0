/** The little of the daemon's log that the servers write to. */

export interface ServerLog {
  critical(message: string): void;
  error(message: string): void;
  warn(message: string): void;
  debug(message: string): void;
}
