/** The rate of the last frames shown. */

const NUM_FRAMES = 30;

export class FrameRate {
  private times: number[] = [];

  /** Counts a frame that is shown at a time, milliseconds. */
  add(now: number): void {
    this.times.push(now);
    if (this.times.length > NUM_FRAMES) {
      this.times.shift();
    }
  }

  /** Forgets all frames, as after a pause. */
  clear(): void {
    this.times = [];
  }

  /** Returns frames a second, 0 before the second frame. */
  perSecond(): number {
    const span = (this.times.at(-1) ?? 0) - (this.times[0] ?? 0);
    return span === 0 ? 0 : (1000 * (this.times.length - 1)) / span;
  }
}
