import { expect, test } from "vitest";

import { FrameRate } from "../../src/frame_rate";
import { PosePath } from "../../src/pose_path";
import {
  between,
  clamped,
  FASTEST,
  nearest,
  positionsOf,
  slowed,
  withPositions,
} from "../../src/poses";

const INDICES = [
  [2, 3],
  [0, 1],
] as const;
const POSE = Float32Array.of(0.1, 0.2, 0.3, 0.4, 9);

test("positions are where the signatures say", () => {
  const [first, second] = positionsOf(POSE, INDICES);
  expect(first.row).toBeCloseTo(0.3);
  expect(second.column).toBeCloseTo(0.2);
});

test("a part is moved in a copy of the pose", () => {
  const moved = withPositions(POSE, INDICES, new Map([[0, { row: -1, column: 0.5 }]]));
  expect(Array.from(moved.slice(2))).toEqual([-1, 0.5, 9]);
  expect(POSE[2]).toBeCloseTo(0.3);
});

test("between two poses", () => {
  expect(Array.from(between(Float32Array.of(0, 4), Float32Array.of(1, 0), 0.25))).toEqual([0.25, 3]);
});

test("a part that was too fast is slowed, and the last pose stays", () => {
  const poses = [0, 0.1, 0.9].map((row) => Float32Array.of(0, 0.5, row, 0, 9));
  const result = slowed(poses, INDICES);
  expect(Array.from(result[2])).toEqual(Array.from(poses[2]));
  expect(result[1][2]).toBeCloseTo(0.9 - FASTEST);
  expect(result[0][2]).toBeCloseTo(0.9 - FASTEST - 0.1);
  result.forEach((pose) => expect(Array.from(pose.slice(0, 2))).toEqual([0, 0.5]));
  expect(slowed(poses, [])).toEqual(poses);
});

test("the nearest part, and positions inside of the frame", () => {
  const positions = [
    { row: 0, column: 0 },
    { row: 0.5, column: 0.5 },
  ];
  expect(nearest(positions, { row: 0.4, column: 0.9 })).toBe(1);
  expect(clamped({ row: -3, column: 0.2 })).toEqual({ row: -1, column: 0.2 });
});

test("an open path is followed there and back, as fast as it was drawn", () => {
  const path = new PosePath([
    { row: 0, column: 0, at: 1000 },
    { row: 0, column: 0.5, at: 1100 },
    { row: 1, column: 0.5, at: 1300 },
  ]);
  expect(path.positionAt(0)).toEqual({ row: 0, column: 0 });
  expect(path.positionAt(50)).toEqual({ row: 0, column: 0.25 });
  expect(path.positionAt(200)).toEqual({ row: 0.5, column: 0.5 });
  expect(path.positionAt(400)).toEqual({ row: 0.5, column: 0.5 });
  expect(path.positionAt(650)).toEqual({ row: 0, column: 0.25 });
});

test("a closed path is a loop, and a dot stays", () => {
  const corner = { row: 0.5, column: 0 };
  const path = new PosePath([
    { row: 0, column: 0, at: 0 },
    { ...corner, at: 100 },
    { row: 0, column: 0.1, at: 200 },
  ]);
  expect(path.positionAt(100)).toEqual(corner);
  expect(path.positionAt(300)).toEqual(corner);
  expect(new PosePath([{ ...corner, at: 5 }]).positionAt(77)).toMatchObject(corner);
});

test("the frame rate is that of the last frames", () => {
  const rate = new FrameRate();
  expect(rate.perSecond()).toBe(0);
  for (let t = 0; t < 100; t++) {
    rate.add(t < 50 ? 1000 * t : 50_000 + 20 * t);
  }
  expect(rate.perSecond()).toBeCloseTo(50);
  rate.clear();
  expect(rate.perSecond()).toBe(0);
});
