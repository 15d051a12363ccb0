/** Loaded into a daemon before its own code: a wall clock that is off by as many milliseconds as a file says. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const RealDate = Date;
const file = join(process.env.BLACKBOX_FOLDER ?? '', 'clock-offset');

function offset() {
  try {
    return Number(readFileSync(file, 'latin1'));
  } catch {
    return 0;
  }
}

globalThis.Date = class extends RealDate {
  constructor(...fields) {
    if (fields.length === 0) super(RealDate.now() + offset());
    else super(...fields);
  }

  static now() {
    return RealDate.now() + offset();
  }
};
