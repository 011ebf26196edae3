/** Shows observed frames and then predicted ones without end, at their rate or another. */

import { between, positionsOf, slowed, withPositions, type Position } from "./poses";
import type { ModelSignatures } from "./signatures";
import type { Step } from "./worker_messages";

const LONGEST_GAP = 100; // Milliseconds: a page that was hidden does not catch up.
const SMOOTHING = 0.1; // Weight of a new time in the running mean.

/** What draws frames and predicts poses: the worker. */
export interface Stepper {
  step(pose: Float32Array): Promise<Step>;
  observePoses(poses: readonly Float32Array[]): Promise<Step>;
  draw(pose: Float32Array): Promise<Float32Array>;
}

/** A frame, and what is known of it. */
export interface Shown {
  readonly frame: Float32Array;
  /** Observed up to 0, predicted from 1 on. */
  readonly number: number;
  /** Where the parts are, or `null` where the pose is not known or has no positions. */
  readonly positions: readonly Position[] | null;
}

/** Gives the position of a part that is held, at a time of the playback. */
export type Grip = (milliseconds: number) => Position;

/** Listens to a playback. */
export interface Viewer {
  show(shown: Shown): void;
  /** The model failed; the playback has stopped. */
  fail(error: unknown): void;
}

/** The clock of a prediction. `tick` is to be called for each picture of the screen. */
export class Playback {
  /** Times the rate of the data; Infinity is a step for each picture of the screen. */
  speed = 1;
  /** Whether frames between the predicted ones are drawn, at poses between theirs. */
  isSmooth = true;
  isPaused = false;
  /** The running mean of the model's time for a step; 0 before the first. */
  milliseconds = 0;

  private readonly grips = new Map<number, { grip: Grip; isEnding: boolean }>();
  private signatures?: ModelSignatures;
  private past: readonly Float32Array[] = [];
  private number = 0;
  private pose?: Float32Array; // Of the frame with the number `number`, if it is predicted.
  private nextPose?: Float32Array;
  private drawnPose?: Float32Array;
  private poses: Float32Array[] = []; // Of the last predicted frames, as many as are observed.
  private clock = 0;
  private due = 0;
  private lastTick?: number;
  private isBusy = false;
  private isDirty = false;
  private run = 0;

  constructor(
    private readonly stepper: Stepper,
    private readonly viewer: Viewer,
  ) {}

  /**
   * Begins with the first observed frame.
   *
   * @param past the observed frames
   * @param primed the first predicted pose, when the model has observed them
   */
  begin(
    signatures: ModelSignatures,
    past: readonly Float32Array[],
    primed: Promise<Float32Array>,
  ): void {
    this.stop();
    this.signatures = signatures;
    this.past = past;
    this.number = -past.length;
    this.due = this.clock;
    const run = this.run;
    primed.then(
      (pose) => {
        if (run === this.run) {
          this.nextPose = pose;
        }
      },
      (error: unknown) => this.fail(run, error),
    );
  }

  /** Stops until the next `begin`; the frame of a running step is dropped. */
  stop(): void {
    this.run++;
    this.past = [];
    this.number = 0;
    this.grips.clear();
    this.poses = [];
    this.pose = this.nextPose = this.drawnPose = undefined;
  }

  /** Holds a part: its position is the grip's until it is released. */
  hold(part: number, grip: Grip): void {
    this.grips.set(part, { grip, isEnding: false });
  }

  /**
   * Releases a part at the next step.
   *
   * The LSTM then observes where the parts were seen last, as it observed the first frames: its
   * own memory is of a motion that did not take place.
   */
  release(part: number): void {
    const held = this.grips.get(part);
    if (held) {
      held.isEnding = true;
    }
  }

  /** Returns whether a part is held. */
  isHeld(part: number): boolean {
    return this.grips.get(part)?.isEnding === false;
  }

  /** Returns the time of the playback, milliseconds: it stands still in a pause. */
  now(): number {
    return this.clock;
  }

  /** Draws the frame anew, as after a change of content. */
  redraw(): void {
    this.isDirty = true;
  }

  /** Shows what is due at a time of the page, milliseconds. */
  tick(now: number): void {
    const elapsed = Math.min(now - (this.lastTick ?? now), LONGEST_GAP);
    this.lastTick = now;
    if (!this.isPaused) {
      this.clock += elapsed * (Number.isFinite(this.speed) ? this.speed : 1);
    }
    if (this.isBusy || this.signatures === undefined) {
      return;
    }
    const isDue = !this.isPaused && (this.clock >= this.due || this.speed === Infinity);
    if (this.number < 0 && this.clock >= this.due) {
      this.observe();
    } else if (this.number >= 0 && this.nextPose && isDue) {
      void this.advance(this.nextPose);
    } else if (this.pose) {
      void this.drawBetween(this.pose);
    }
  }

  private get interval(): number {
    return 1000 / (this.signatures?.frameRate ?? 1);
  }

  private observe(): void {
    if (this.isPaused && this.number > -this.past.length) {
      return; // A clip that begins in a pause shows its first frame.
    }
    this.number++;
    this.due += this.interval;
    const frame = this.past[this.past.length - 1 + this.number];
    this.viewer.show({ frame, number: this.number, positions: null });
  }

  private async advance(next: Float32Array): Promise<void> {
    const ending = [...this.grips].filter(([, { isEnding }]) => isEnding);
    const pose = this.gripped(next);
    const poses = [...this.poses, pose].slice(-this.past.length);
    const indices = this.signatures?.positions ?? [];
    const step = await this.ask(() =>
      ending.length > 0
        ? this.stepper.observePoses(slowed(poses, indices))
        : this.stepper.step(pose),
    );
    if (step === undefined) {
      return;
    }
    ending.forEach(([part, held]) => {
      if (this.grips.get(part) === held) {
        this.grips.delete(part);
      }
    });
    this.number++;
    this.due = Math.max(this.due + this.interval, this.clock);
    this.poses = poses;
    this.pose = pose;
    this.nextPose = step.nextPose;
    const weight = this.milliseconds === 0 ? 1 : SMOOTHING;
    this.milliseconds += weight * (step.milliseconds - this.milliseconds);
    this.show(step.frame, pose);
  }

  private async drawBetween(pose: Float32Array): Promise<void> {
    const isBetween = this.isSmooth && this.speed !== Infinity && this.signatures?.positions;
    const left = Math.min(1, Math.max(0, (this.due - this.clock) / this.interval));
    const drawn = this.gripped(
      isBetween && this.nextPose ? between(pose, this.nextPose, 1 - left) : pose,
    );
    if (!this.isDirty && this.drawnPose?.every((value, i) => value === drawn[i])) {
      return;
    }
    this.isDirty = false;
    const frame = await this.ask(() => this.stepper.draw(drawn));
    if (frame) {
      this.show(frame, drawn);
    }
  }

  private show(frame: Float32Array, pose: Float32Array): void {
    this.drawnPose = pose;
    const indices = this.signatures?.positions;
    const positions = indices ? positionsOf(pose, indices) : null;
    this.viewer.show({ frame, number: this.number, positions });
  }

  private gripped(pose: Float32Array): Float32Array {
    const held = new Map<number, Position>();
    this.grips.forEach(({ grip }, part) => held.set(part, grip(this.clock)));
    return withPositions(pose, this.signatures?.positions ?? [], held);
  }

  /** Asks the model; returns nothing if the answer comes too late, or is an error. */
  private async ask<Answer>(call: () => Promise<Answer>): Promise<Answer | undefined> {
    const run = this.run;
    this.isBusy = true;
    try {
      const answer = await call();
      return run === this.run ? answer : undefined;
    } catch (error) {
      this.fail(run, error);
      return undefined;
    } finally {
      this.isBusy = false;
    }
  }

  private fail(run: number, error: unknown): void {
    if (run === this.run) {
      this.stop();
      this.viewer.fail(error);
    }
  }
}
