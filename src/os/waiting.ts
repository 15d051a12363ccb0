/** The waiting for one descriptor that stands for many. There are two ways to do it, a fast one and one that always works. */

export interface WaitingOptions {
  /** Of an epoll set. It belongs to the waiting, and is closed when that has ended. */
  readonly fd: number;
  /** Called while the descriptor can be read; says whether there was something. */
  readonly onReady: () => boolean;
  /** Hears why there will be no more reports. */
  readonly onDefect: (error: unknown) => void;
}

export interface Waiting {
  /** Nothing is reported any more. */
  close(): void;
}
