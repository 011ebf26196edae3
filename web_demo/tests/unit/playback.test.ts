import { beforeEach, expect, test } from "vitest";

import { Playback, type Shown, type Stepper } from "../../src/playback";
import { FASTEST } from "../../src/poses";
import { parseSignatures } from "../../src/signatures";
import { exampleValues } from "../support/example_signatures";

const SIGNATURES = parseSignatures(JSON.stringify(exampleValues())); // 10 frames a second.
const PAST = [0, 1, 2].map((value) => new Float32Array(192).fill(value));
const FIRST_POSE = Float32Array.of(0, 0, 0, 0);
const VELOCITY = 0.125;

/** Moves every part by the same distance in each step; a frame is its pose. */
class FakeModel implements Stepper {
  readonly steps: Float32Array[] = [];
  readonly draws: Float32Array[] = [];
  readonly observed: Float32Array[][] = [];
  failure?: Error;

  step(pose: Float32Array) {
    if (this.failure) {
      return Promise.reject(this.failure);
    }
    this.steps.push(pose);
    const nextPose = pose.map((value) => value + VELOCITY);
    return Promise.resolve({ frame: pose, nextPose, milliseconds: 2 });
  }

  observePoses(poses: readonly Float32Array[]) {
    this.observed.push([...poses]);
    return this.step(poses[poses.length - 1]);
  }

  draw(pose: Float32Array) {
    this.draws.push(pose);
    return Promise.resolve(pose);
  }
}

let model: FakeModel;
let shown: Shown[];
let errors: unknown[];
let playback: Playback;
let now: number;

beforeEach(() => {
  model = new FakeModel();
  shown = [];
  errors = [];
  now = 0;
  playback = new Playback(model, {
    show: (one) => shown.push(one),
    fail: (error) => errors.push(error),
  });
  playback.isSmooth = false;
  playback.begin(SIGNATURES, PAST, Promise.resolve(FIRST_POSE));
});

/** Runs a screen of 50 pictures a second. */
async function run(milliseconds: number): Promise<void> {
  for (const end = now + milliseconds; now < end; now += 20) {
    playback.tick(now);
    await Promise.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const numbers = () => shown.map(({ number }) => number);

test("observed frames come first, then predicted ones at the rate of the data", async () => {
  await run(620);
  expect(numbers()).toEqual([-2, -1, 0, 1, 2, 3, 4]);
  expect(shown.slice(0, 3).map(({ frame }) => frame)).toEqual(PAST);
  expect(shown[2].positions).toBeNull();
  expect(shown[4].positions).toEqual([
    { row: VELOCITY, column: VELOCITY },
    { row: VELOCITY, column: VELOCITY },
  ]);
  expect(playback.milliseconds).toBe(2);
});

test.each([
  [2, 4],
  [0.5, 1],
])("at speed %d the rate is another", async (speed, expected) => {
  await run(320);
  const before = model.steps.length;
  playback.speed = speed;
  await run(200);
  expect(model.steps.length - before).toBe(expected);
});

test("at full speed every picture of the screen is a step", async () => {
  await run(300);
  const before = model.steps.length;
  playback.speed = Infinity;
  await run(200);
  expect(model.steps.length - before).toBe(10);
});

test("a pause holds, and time does not pass in it", async () => {
  await run(400);
  const before = shown.length;
  playback.isPaused = true;
  await run(1000);
  expect(shown).toHaveLength(before);
  playback.isPaused = false;
  await run(100);
  expect(shown).toHaveLength(before + 1);
});

test("a smooth playback draws the poses between", async () => {
  playback.isSmooth = true;
  await run(400); // Frame 1 since 300.
  const pose = shown.at(-1)?.frame[0] ?? 0;
  expect(pose).toBeGreaterThan(0.5 * VELOCITY);
  expect(pose).toBeLessThan(VELOCITY);
  expect(shown.at(-1)?.number).toBe(1);
  expect(model.steps.map((step) => step[0])).toEqual([0]);
});

test("a part that is held is where it is held, and goes on from there", async () => {
  await run(420);
  playback.hold(1, () => ({ row: -0.5, column: 0.5 }));
  await run(20);
  expect(Array.from(model.draws[0])).toEqual([VELOCITY, VELOCITY, -0.5, 0.5]);
  await run(80);
  expect(Array.from(model.steps[2])).toEqual([2 * VELOCITY, 2 * VELOCITY, -0.5, 0.5]);
  expect(playback.isHeld(1)).toBe(true);
  playback.release(1);
  expect(playback.isHeld(1)).toBe(false);
  await run(200);
  // The model observes where it was seen last, as many poses as frames; then it moves it.
  expect(model.observed).toHaveLength(1);
  const [first, second, third] = model.observed[0].map((pose) => Array.from(pose.slice(2)));
  expect([second, third]).toEqual([
    [-0.5, 0.5],
    [-0.5, 0.5],
  ]);
  // It jumped when it was taken hold of, which no part does.
  expect(Math.hypot(first[0] + 0.5, first[1] - 0.5)).toBeCloseTo(FASTEST);
  expect(model.steps.slice(3, 5).map((pose) => Array.from(pose.slice(2)))).toEqual([
    [-0.5, 0.5],
    [-0.5 + VELOCITY, 0.5 + VELOCITY],
  ]);
});

test("a part is moved in a pause, too", async () => {
  await run(420);
  playback.isPaused = true;
  playback.hold(0, () => ({ row: 0.25, column: 0.75 }));
  await run(40);
  expect(model.draws.map((pose) => Array.from(pose.slice(0, 2)))).toEqual([[0.25, 0.75]]);
  playback.release(0);
  playback.isPaused = false;
  await run(100);
  expect(Array.from(model.steps[2].slice(0, 2))).toEqual([0.25, 0.75]);
});

test("new content is drawn in a pause", async () => {
  await run(420);
  playback.isPaused = true;
  playback.redraw();
  await run(60);
  expect(model.draws).toHaveLength(1);
});

test("a failure stops the playback and is reported once", async () => {
  await run(420);
  model.failure = new Error("no");
  await run(400);
  expect(errors).toEqual([model.failure]);
});

test("what was asked before another begin is dropped", async () => {
  await run(420);
  shown.length = 0;
  playback.begin(SIGNATURES, PAST, Promise.reject(new Error("first")));
  playback.begin(SIGNATURES, PAST, Promise.resolve(FIRST_POSE));
  await run(320);
  expect(numbers()).toEqual([-2, -1, 0, 1]);
  expect(errors).toEqual([]);
});
