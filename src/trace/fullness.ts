/** Finds who holds the most, at once: all who hold as many stand in one line, the one who has done so longest in front. */

export interface Holder<Self> {
  /** 0 = it stands in no line. */
  count: number;
  ahead: Self | null;
  behind: Self | null;
}

export class Fullness<Member extends Holder<Member>> {
  /** By number, the ends of each line. */
  readonly #first: (Member | null)[] = [];
  readonly #last: (Member | null)[] = [];
  #most = 0;

  /** One of those who hold the most; null when nobody holds anything. */
  get fullest(): Member | null {
    return this.#first[this.#most] ?? null;
  }

  /** It holds another number than before. */
  change(member: Member, count: number): void {
    if (member.count > 0) this.#leave(member);
    member.count = count;
    if (count > 0) this.#queue(member);
    if (count > this.#most) this.#most = count;
    while (this.#most > 0 && this.#first[this.#most] === null) this.#most -= 1;
  }

  #leave({ count, ahead, behind }: Member): void {
    if (ahead === null) this.#first[count] = behind;
    else ahead.behind = behind;
    if (behind === null) this.#last[count] = ahead;
    else behind.ahead = ahead;
  }

  #queue(member: Member): void {
    const { count } = member;
    while (this.#first.length <= count) {
      this.#first.push(null);
      this.#last.push(null);
    }
    const ahead = this.#last[count] ?? null;
    member.ahead = ahead;
    member.behind = null;
    if (ahead === null) this.#first[count] = member;
    else ahead.behind = member;
    this.#last[count] = member;
  }
}
