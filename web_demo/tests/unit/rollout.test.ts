import { beforeEach, expect, test } from "vitest";

import type { Runner, Tensors } from "../../src/model_runner";
import { Rollout } from "../../src/rollout";
import { parseSignatures } from "../../src/signatures";
import { exampleValues } from "../support/example_signatures";

const SIGNATURES = parseSignatures(JSON.stringify(exampleValues()));

/** Adds one to every value of the state; counts the tensors that are not deleted. */
class FakeRunner implements Runner {
  live = 0;
  lastInputs: Record<string, number[]> = {};
  isClosed = false;

  tensor(values: Float32Array) {
    this.live++;
    let isDeleted = false;
    return {
      toTypedArray: () => values.slice(),
      delete: () => {
        expect(isDeleted).toBe(false);
        isDeleted = true;
        this.live--;
      },
    } as unknown as Tensors[string];
  }

  run(name: string, inputs: Tensors): Promise<Tensors> {
    this.lastInputs = Object.fromEntries(
      Object.entries(inputs).map(([key, tensor]) => [key, Array.from(tensor.toTypedArray())]),
    );
    if (name === "prime") {
      const first = this.lastInputs["past"][0];
      return Promise.resolve({
        content_map1: this.tensor(Float32Array.of(first)),
        pose: this.tensor(Float32Array.of(first, 0, 0, 0)),
        hidden1: this.tensor(Float32Array.of(0)),
      });
    }
    const { pose, hidden1 } = this.lastInputs;
    return Promise.resolve({
      frame: this.tensor(Float32Array.from(pose)),
      pose: this.tensor(Float32Array.from(pose, (value) => value + 1)),
      hidden1: this.tensor(Float32Array.of(hidden1[0] + 1)),
    });
  }

  close() {
    this.isClosed = true;
  }
}

let runner: FakeRunner;
let rollout: Rollout;
const frames = (value: number) => new Float32Array(3 * 192).fill(value);

beforeEach(() => {
  runner = new FakeRunner();
  rollout = new Rollout(runner, SIGNATURES);
});

test("a step draws the pose that it is given and goes on from there", async () => {
  expect(Array.from(await rollout.prime(frames(3)))).toEqual([3, 0, 0, 0]);
  const step = await rollout.step(Float32Array.of(7, 7, 7, 7));
  expect(Array.from(step.frame)).toEqual([7, 7, 7, 7]);
  expect(Array.from(step.nextPose)).toEqual([8, 8, 8, 8]);
  expect(step.milliseconds).toBeGreaterThanOrEqual(0);
  await rollout.step(step.nextPose);
  expect(runner.lastInputs["hidden1"]).toEqual([1]);
});

test("poses are observed from a state of zeros", async () => {
  await rollout.prime(frames(3));
  await rollout.step(Float32Array.of(0, 0, 0, 0));
  const poses = [1, 2].map((value) => new Float32Array(4).fill(value));
  const step = await rollout.observePoses(poses);
  expect(Array.from(step.frame)).toEqual([2, 2, 2, 2]);
  expect(Array.from(step.nextPose)).toEqual([3, 3, 3, 3]);
  expect(runner.lastInputs["hidden1"]).toEqual([1]); // After one of them.
  expect(runner.lastInputs["content_map1"]).toEqual([3]);
});

test("poses before are those of a clip that stood still", async () => {
  const values = exampleValues();
  const before = { shape: [null, 8], dtype: "float32" }; // Two poses.
  values.state.push("past_poses");
  values.functions["prime"].outputs["past_poses"] = before;
  values.functions["step"].inputs["past_poses"] = before;
  values.functions["step"].outputs["past_poses"] = before;
  const inputs: Record<string, number[]>[] = [];
  class Remembering extends FakeRunner {
    override async run(name: string, given: Tensors) {
      const outputs: Tensors = await super.run(name, given);
      inputs.push(this.lastInputs);
      const past = name === "prime" ? [9, 9, 9, 9, 9, 9, 9, 9] : this.lastInputs["past_poses"];
      const pose = this.lastInputs["pose"] ?? [];
      const next = Float32Array.from([...past, ...pose].slice(-8));
      return { ...outputs, past_poses: this.tensor(next) };
    }
  }
  runner = new Remembering();
  rollout = new Rollout(runner, parseSignatures(JSON.stringify(values)));
  await rollout.prime(frames(3));
  const { live } = runner;
  inputs.length = 0;
  await rollout.observePoses([Float32Array.of(1, 1, 1, 1), Float32Array.of(2, 2, 2, 2)]);
  const [first, second] = inputs.slice(-2);
  expect(inputs).toHaveLength(4);
  expect(first["past_poses"]).toEqual([1, 1, 1, 1, 1, 1, 1, 1]);
  expect(first["hidden1"][0]).toBe(0);
  expect(second["hidden1"]).toEqual([1]);
  expect(runner.live).toBe(live);
});

test("a frame is drawn without a step of the state", async () => {
  await rollout.prime(frames(3));
  expect(Array.from(await rollout.draw(Float32Array.of(1, 2, 3, 4)))).toEqual([1, 2, 3, 4]);
  await rollout.step(Float32Array.of(0, 0, 0, 0));
  expect(runner.lastInputs["hidden1"]).toEqual([0]);
});

test("content is replaced and the state stays", async () => {
  await rollout.prime(frames(3));
  await rollout.step(Float32Array.of(0, 0, 0, 0));
  await rollout.replaceContent(frames(5));
  await rollout.step(Float32Array.of(0, 0, 0, 0));
  expect(runner.lastInputs["content_map1"]).toEqual([5]);
  expect(runner.lastInputs["hidden1"]).toEqual([1]);
});

test("memory stays the same, and is freed at the end", async () => {
  await rollout.prime(frames(0));
  const { live } = runner;
  for (let i = 0; i < 5; i++) {
    await rollout.step(Float32Array.of(0, 0, 0, 0));
    await rollout.draw(Float32Array.of(0, 0, 0, 0));
    await rollout.observePoses([Float32Array.of(0, 0, 0, 0)]);
    await rollout.replaceContent(frames(1));
    await rollout.prime(frames(2));
  }
  expect(runner.live).toBe(live);
  rollout.close();
  expect(runner.live).toBe(0);
  expect(runner.isClosed).toBe(true);
});

test("frames that are too few, and a step before any, are errors", async () => {
  await expect(rollout.prime(new Float32Array(192))).rejects.toThrow("not 3 frames");
  await expect(rollout.step(Float32Array.of(0, 0, 0, 0))).rejects.toThrow("prime()");
});
