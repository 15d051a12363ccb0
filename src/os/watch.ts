/** The looking out for something to read, that can be broken off for a while or for good. */

export interface Watch {
  /** Reports nothing until `resume`; what happened meanwhile is reported then. */
  pause(): void;
  resume(): void;
  close(): void;
}
