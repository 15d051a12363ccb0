/** The faults of the control interface: one table of codes, and the error that carries one to a client. */

/** Fault name → code, as Supervisor; FORBIDDEN is ours alone. `SUCCESS` appears only inside batch results. */
export const faultCodes = {
  UNKNOWN_METHOD: 1,
  INCORRECT_PARAMETERS: 2,
  BAD_ARGUMENTS: 3,
  SIGNATURE_UNSUPPORTED: 4,
  SHUTDOWN_STATE: 6,
  BAD_NAME: 10,
  BAD_SIGNAL: 11,
  NO_FILE: 20,
  NOT_EXECUTABLE: 21,
  FAILED: 30,
  ABNORMAL_TERMINATION: 40,
  SPAWN_ERROR: 50,
  ALREADY_STARTED: 60,
  NOT_RUNNING: 70,
  SUCCESS: 80,
  ALREADY_ADDED: 90,
  STILL_RUNNING: 91,
  CANT_REREAD: 92,
  FORBIDDEN: 403,
} as const;

export type FaultName = keyof typeof faultCodes;

/** A refusal of a control request. `text` is Supervisor's faultString: `NAME` or `NAME: extra`. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: number;
  readonly text: string;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
    this.text = text;
  }

  /** The fault of that name, with the caller's own words behind it. */
  static of(name: FaultName, extra?: string | number): Fault {
    return new Fault(faultCodes[name], extra === undefined ? name : `${name}: ${extra}`);
  }
}
