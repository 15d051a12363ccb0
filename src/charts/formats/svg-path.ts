/** Lines with right angles, their corners rounded. */

interface Point {
  readonly x: number;
  readonly y: number;
}

const radius = 6;

/** The `d` of a path through all points. */
export function pathOfPoints(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  let path = `M${first.x} ${first.y}`;
  let before = first;
  rest.forEach((corner, index) => {
    const next = rest[index + 1];
    if (next === undefined) {
      path += `L${corner.x} ${corner.y}`;
      return;
    }
    const size = Math.min(radius, distance(before, corner) / 2, distance(corner, next) / 2);
    const start = towards(corner, before, size);
    const end = towards(corner, next, size);
    path += `L${start.x} ${start.y}Q${corner.x} ${corner.y} ${end.x} ${end.y}`;
    before = corner;
  });
  return path;
}

const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);

function towards(from: Point, to: Point, by: number): Point {
  const whole = distance(from, to);
  if (whole === 0) return from;
  return { x: round(from.x + ((to.x - from.x) * by) / whole), y: round(from.y + ((to.y - from.y) * by) / whole) };
}

const round = (length: number): number => Math.round(length * 10) / 10;
