/** What the page and the worker that runs the model say to each other. */

import type { ModelSignatures } from "./signatures";

/** Calls of the worker: what each takes, and what it answers. */
export interface Calls {
  /** Loads a model; an earlier one is closed. */
  open: { takes: { model: ArrayBuffer; signatures: ModelSignatures }; answers: null };
  /** Observes frames, oldest first, one after the other: content and motion are theirs. */
  prime: { takes: Float32Array; answers: Float32Array };
  /** Takes the content of other frames; the motion continues as it was. */
  replaceContent: { takes: Float32Array; answers: null };
  /** Draws the frame of a pose, and predicts the next pose from it. */
  step: { takes: Float32Array; answers: Step };
  /**
   * Forgets the motion and observes poses, one after the other: draws the frame of the last, and
   * predicts the next pose from all.
   */
  observePoses: { takes: readonly Float32Array[]; answers: Step };
  /** Draws the frame of a pose; the motion stays as it was. */
  draw: { takes: Float32Array; answers: Float32Array };
}

/** The answer of a step. */
export interface Step {
  readonly frame: Float32Array;
  readonly nextPose: Float32Array;
  /** Time that the model took. */
  readonly milliseconds: number;
}

export type CallName = keyof Calls;

/** A call, and the number that its reply has. */
export type Request = {
  [Name in CallName]: { id: number; name: Name; input: Calls[Name]["takes"] };
}[CallName];

/** The reply to a call: its answer, or a sentence that says why there is none. */
export type Reply = { id: number; answer: Calls[CallName]["answers"] } | { id: number; error: string };
