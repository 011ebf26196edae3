/** Positions of parts in a pose. */

import type { PositionIndices } from "./signatures";

/** From -1, the frame's upper or left edge, to 1, the lower or right one. */
export interface Position {
  readonly row: number;
  readonly column: number;
}

/** Returns the position of each part. */
export function positionsOf(pose: Float32Array, indices: readonly PositionIndices[]): Position[] {
  return indices.map(([row, column]) => ({ row: pose[row], column: pose[column] }));
}

/** Returns a copy of a pose in which some parts, by their numbers, are elsewhere. */
export function withPositions(
  pose: Float32Array,
  indices: readonly PositionIndices[],
  positions: ReadonlyMap<number, Position>,
): Float32Array {
  const moved = pose.slice();
  for (const [part, { row, column }] of positions) {
    moved[indices[part][0]] = row;
    moved[indices[part][1]] = column;
  }
  return moved;
}

/** Returns the pose a fraction of the way from one to the other. */
export function between(from: Float32Array, to: Float32Array, fraction: number): Float32Array {
  return from.map((value, i) => value + fraction * (to[i] - value));
}

/** Returns a position that is inside of the frame. */
export function clamped({ row, column }: Position): Position {
  const clamp = (value: number) => Math.min(1, Math.max(-1, value));
  return { row: clamp(row), column: clamp(column) };
}

/** Returns the number of the part that is nearest to a position. */
export function nearest(positions: readonly Position[], to: Position): number {
  const distances = positions.map((p) => Math.hypot(p.row - to.row, p.column - to.column));
  return distances.indexOf(Math.min(...distances));
}
