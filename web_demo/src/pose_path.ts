/** A path through pose space, and the position on it at any time. */

import type { Position } from "./poses";

const CLOSED = 0.2; // Ends nearer than this are one point: the path is a loop.

/** A position, and when it was drawn, milliseconds. */
export interface PathPoint extends Position {
  readonly at: number;
}

/** A path that was drawn: played as fast as it was drawn, again and again. */
export class PosePath {
  private readonly isClosed: boolean;

  /** Holds at least one point, oldest first. */
  constructor(readonly points: readonly PathPoint[]) {
    const [first, last] = [points[0], points[points.length - 1]];
    this.isClosed = Math.hypot(first.row - last.row, first.column - last.column) < CLOSED;
  }

  /** Returns the position at a time, milliseconds; an open path is followed there and back. */
  positionAt(milliseconds: number): Position {
    const start = this.points[0].at;
    const duration = this.points[this.points.length - 1].at - start;
    if (duration === 0) {
      return this.points[0];
    }
    const turns = milliseconds / duration;
    const phase = turns - Math.floor(turns);
    const isReturning = !this.isClosed && Math.floor(turns) % 2 === 1;
    return this.at(start + duration * (isReturning ? 1 - phase : phase));
  }

  private at(time: number): Position {
    const next = this.points.findIndex((point) => point.at >= time);
    const [a, b] = [this.points[Math.max(0, next - 1)], this.points[Math.max(0, next)]];
    const fraction = b.at > a.at ? (time - a.at) / (b.at - a.at) : 0;
    return {
      row: a.row + fraction * (b.row - a.row),
      column: a.column + fraction * (b.column - a.column),
    };
  }
}
