import { scaleBand, scaleLinear } from "@visx/scale";

export interface Box {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/**
 * A line's scale: room above and below what was seen, and never less of it than a fiftieth of the
 * value, so that what changed little looks so.
 */
export function lineScale(values: number[], box: Box) {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = Math.max((most - least) * 0.15, most * 0.02) || 1;
  return scaleLinear<number>({
    domain: [Math.max(0, least - room), most + room],
    range: [box.bottom, box.top],
  });
}

/** The scale of bars: from nothing. */
export function barScale(values: number[], box: Box) {
  return scaleLinear<number>({
    domain: [0, Math.max(...values) || 1],
    range: [box.bottom, box.top],
  });
}

/** One place a point, from left to right, at most `widest` pixels each. */
export function placeScale(count: number, box: Box, widest: number) {
  const width = Math.min(box.right - box.left, Math.max(1, count) * widest);
  return scaleBand<number>({
    domain: Array.from({ length: count }, (_, index) => index),
    range: [box.left, box.left + width],
    paddingInner: 0.28,
    paddingOuter: 0.14,
  });
}
