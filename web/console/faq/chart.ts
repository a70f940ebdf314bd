/** Scales and paths of the report's plots. */

export interface Frame {
  width: number;
  height: number;
  left: number;
  bottom: number;
  top: number;
  right: number;
}

export const FRAME: Frame = { width: 480, height: 280, left: 52, bottom: 40, top: 12, right: 16 };

/** Maps [low, high] to [from, to]; a span of nothing to the middle. */
export function scale(low: number, high: number, from: number, to: number): (value: number) => number {
  return (value) => (high === low ? (from + to) / 2 : from + ((value - low) / (high - low)) * (to - from));
}

export function xScale(high: number, frame = FRAME): (value: number) => number {
  return scale(0, high, frame.left, frame.width - frame.right);
}

export function yScale(high: number, frame = FRAME): (value: number) => number {
  return scale(0, high, frame.height - frame.bottom, frame.top);
}

/** "M1,2L3,4", with one digit after the point. */
export function path(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], index) => `${index ? "L" : "M"}${x.toFixed(1)},${y.toFixed(1)}`).join("");
}

/** The band between two lines: along the upper one and back along the lower. */
export function band(
  upper: readonly (readonly [number, number])[],
  lower: readonly (readonly [number, number])[],
): string {
  return upper.length ? `${path([...upper, ...[...lower].reverse()])}Z` : "";
}

/** Marks of an axis from 0 to at least `high`: four to six steps of 1, 2 or 5 times a power of ten. */
export function ticks(high: number): number[] {
  if (!(high > 0)) {
    return [0, 1];
  }
  const power = 10 ** Math.floor(Math.log10(high / 5));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => high / size <= 6) ?? 10 * power;
  const count = Math.ceil(high / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}
