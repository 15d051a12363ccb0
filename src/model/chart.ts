/**
 * A statechart as data: read off a machine and laid out when the product is built, so that the page, the client and the
 * documentation draw the same picture without a machine or a layout engine at hand.
 */

/** What `charts.json` holds: the chart of every machine. */
export interface ChartFile {
  /** Of the shapes in this file. A higher one adds fields and values only. */
  readonly version: 1;
  readonly charts: readonly Chart[];
}

/** All lengths in pixels of the picture's own coordinates, from its upper left corner. */
export interface Chart {
  /** `process`, `group`, `supervisor`, `pool`, `listener`. */
  readonly machine: string;
  readonly width: number;
  readonly height: number;
  /** Parents before their children. */
  readonly states: readonly ChartState[];
  readonly transitions: readonly ChartTransition[];
}

export interface ChartState {
  /** As in trace records: `alive.STARTING.proving`. '' is the machine itself. */
  readonly path: string;
  /** The last word of the path; the machine's name for the machine itself. */
  readonly name: string;
  /** Path of the state around it; null for the machine itself. */
  readonly parent: string | null;
  readonly kind: 'atomic' | 'compound' | 'final';
  /** It is the first state of the one around it. */
  readonly isInitial: boolean;
  readonly entry: readonly string[];
  readonly exit: readonly string[];
  /** Actors that live as long as the state. */
  readonly invokes: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface ChartTransition {
  /** Unique in the chart, and the same as long as the machine is. */
  readonly id: string;
  readonly source: string;
  /** Path of the state it leads to; null when the state stays. */
  readonly target: string | null;
  /** Type of the event as in trace records: `process.start`, `after backoff`, `always`. */
  readonly event: string;
  /** '' when it always applies. */
  readonly guard: string;
  readonly actions: readonly string[];
  /** Of several with the same source and event the first that applies is taken. */
  readonly order: number;
  /** Where the line runs, bends included; empty for those that stay, which are listed in their state. */
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly label: { readonly x: number; readonly y: number; readonly width: number; readonly height: number } | null;
}
