/** Output of one channel on its way to the system's log, which takes whole lines, each with the name of its process. */

const newline = 0x0a;

/** A line that goes on without end is cut here. */
const longestLineBytes = 8 * 1024;

const nothing = Buffer.alloc(0);

export class SyslogLines {
  readonly #prefix: Uint8Array;
  readonly #send: (line: Uint8Array) => void;
  #begun: Buffer = nothing;

  constructor(process: string, send: (line: Uint8Array) => void) {
    this.#prefix = Buffer.from(`${process} `);
    this.#send = send;
  }

  push(bytes: Uint8Array): void {
    let rest = Buffer.concat([this.#begun, bytes]);
    for (let end = rest.indexOf(newline); end !== -1; end = rest.indexOf(newline)) {
      this.#sendLine(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
    }
    while (rest.length >= longestLineBytes) {
      this.#sendLine(rest.subarray(0, longestLineBytes));
      rest = rest.subarray(longestLineBytes);
    }
    this.#begun = Buffer.from(rest);
  }

  /** The last line may have no end. */
  end(): void {
    if (this.#begun.length > 0) this.#sendLine(this.#begun);
    this.#begun = nothing;
  }

  #sendLine(line: Uint8Array): void {
    this.#send(Buffer.concat([this.#prefix, line]));
  }
}
