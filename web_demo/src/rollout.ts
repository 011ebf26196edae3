/** An endless prediction: content is encoded once, and each step costs the same. */

import type { Runner, Tensors } from "./model_runner";
import { frameSize, sizeOf, type ModelSignatures } from "./signatures";
import type { Step } from "./worker_messages";

const MEMORY = /^(hidden|carry)\d+$/; // Of the LSTM's layers.

/**
 * Content and state of a prediction, in the runtime's memory.
 *
 * The outputs of a step are the inputs of the next: nothing is copied but the frame and the pose.
 * Calls must not overlap.
 */
export class Rollout {
  private content: Tensors = {};
  private state: Tensors = {};

  constructor(
    private readonly runner: Runner,
    private readonly signatures: ModelSignatures,
  ) {}

  /** Encodes content and poses of `numPast` observed frames; returns the next pose. */
  async prime(frames: Float32Array): Promise<Float32Array> {
    const primed = await this.observe(frames);
    this.replace("content", pick(primed, this.signatures.content));
    this.replace("state", pick(primed, this.signatures.state));
    return values(this.state["pose"]);
  }

  /** Takes the content of other frames; the motion continues as it was. */
  async replaceContent(frames: Float32Array): Promise<null> {
    const primed = await this.observe(frames);
    this.replace("content", pick(primed, this.signatures.content));
    free(pick(primed, this.signatures.state));
    return null;
  }

  /** Draws the frame of a pose, and predicts the next pose from it. */
  async step(pose: Float32Array): Promise<Step> {
    const start = performance.now();
    const outputs = await this.run(pose);
    this.replace("state", pick(outputs, this.signatures.state));
    const frame = take(outputs["frame"]);
    const milliseconds = performance.now() - start;
    return { frame, nextPose: values(this.state["pose"]), milliseconds };
  }

  /**
   * Forgets the motion and observes poses: draws the frame of the last, and predicts the next.
   *
   * It begins as where `prime` observes the poses of frames: the LSTM's memory is zeros, and what
   * else is in the state, such as poses before, is that of a clip that stood still.
   */
  async observePoses(poses: readonly Float32Array[]): Promise<Step> {
    const start = performance.now();
    this.replace("state", this.zeros(this.signatures.state));
    for (let i = 0; i < this.numPosesBefore(); i++) {
      await this.step(poses[0]);
    }
    const memory = this.zeros(this.signatures.state.filter((name) => MEMORY.test(name)));
    free(pick(this.state, Object.keys(memory)));
    this.state = { ...this.state, ...memory };
    let step: Step | undefined;
    for (const pose of poses) {
      step = await this.step(pose);
    }
    if (step === undefined) {
      throw new Error("there are no poses");
    }
    return { ...step, milliseconds: (performance.now() - start) / poses.length };
  }

  /** Draws the frame of a pose; the motion stays as it was. */
  async draw(pose: Float32Array): Promise<Float32Array> {
    const outputs = await this.run(pose);
    const frame = values(outputs["frame"]);
    free(outputs);
    return frame;
  }

  close(): void {
    this.replace("content", {});
    this.replace("state", {});
    this.runner.close();
  }

  private zeros(names: readonly string[]): Tensors {
    const { shapes } = this.signatures;
    const zero = (name: string) =>
      this.runner.tensor(new Float32Array(sizeOf(shapes[name])), shapes[name]);
    return Object.fromEntries(names.map((name) => [name, zero(name)]));
  }

  /** Returns how many poses the state holds besides the current one. */
  private numPosesBefore(): number {
    const { state, shapes } = this.signatures;
    const others = state.filter((name) => name !== "pose" && !MEMORY.test(name));
    const sizes = others.map((name) => sizeOf(shapes[name]) / sizeOf(shapes["pose"]));
    return Math.ceil(Math.max(0, ...sizes));
  }

  private async run(pose: Float32Array): Promise<Tensors> {
    if (!("pose" in this.state)) {
      throw new Error("no frames were observed yet; call prime() first");
    }
    const given = this.runner.tensor(pose, this.signatures.shapes["pose"]);
    try {
      return await this.runner.run("step", { ...this.content, ...this.state, pose: given });
    } finally {
      given.delete();
    }
  }

  private async observe(frames: Float32Array): Promise<Tensors> {
    const { imageSize, numChannels, numPast, primeFunction } = this.signatures;
    if (frames.length !== numPast * frameSize(this.signatures)) {
      throw new Error(`${frames.length} values are not ${numPast} frames`);
    }
    const shape = [1, numPast, imageSize, imageSize, numChannels];
    const past = this.runner.tensor(frames, shape);
    try {
      return await this.runner.run(primeFunction, { past });
    } finally {
      past.delete();
    }
  }

  private replace(kind: "content" | "state", tensors: Tensors): void {
    free(this[kind]);
    this[kind] = tensors;
  }
}

function pick(tensors: Tensors, names: readonly string[]): Tensors {
  return Object.fromEntries(names.map((name) => [name, tensors[name]]));
}

function free(tensors: Tensors): void {
  Object.values(tensors).forEach((tensor) => tensor.delete());
}

function values(tensor: Tensors[string]): Float32Array {
  return tensor.toTypedArray() as Float32Array;
}

function take(tensor: Tensors[string]): Float32Array {
  const taken = values(tensor);
  tensor.delete();
  return taken;
}
