/** Positions of parts in a pose. */

import type { PositionIndices } from "./signatures";

/**
 * The greatest speed of a part, in units of a position a frame: a sixteenth of the frame's side, as
 * of the digits of Moving MNIST.
 */
export const FASTEST = 1 / 8;

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

/**
 * Returns poses, oldest first, in which no part moves faster than those of the data do.
 *
 * The last one stays as it is, and where a part was too fast it is put nearer to it before: a
 * part that was thrown goes on in its direction at a speed that the model knows.
 */
export function slowed(
  poses: readonly Float32Array[],
  indices: readonly PositionIndices[],
): Float32Array[] {
  const result = [poses[poses.length - 1]];
  for (let t = poses.length - 2; t >= 0; t--) {
    const later = positionsOf(result[0], indices);
    const moved = positionsOf(poses[t + 1], indices).map((to, part) => {
      const from = positionsOf(poses[t], indices)[part];
      const [row, column] = [to.row - from.row, to.column - from.column];
      const excess = Math.max(1, Math.hypot(row, column) / FASTEST);
      return { row: later[part].row - row / excess, column: later[part].column - column / excess };
    });
    result.unshift(withPositions(poses[t], indices, new Map(moved.entries())));
  }
  return result;
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
