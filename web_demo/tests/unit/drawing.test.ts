import { expect, test } from "vitest";

import { centerOf, drawClip, inkColors, rasterize, type Point } from "../../src/drawing";
import { parseSignatures } from "../../src/signatures";
import { exampleValues } from "../support/example_signatures";

const SIZE = 64;
const values = exampleValues();
values.image_size = SIZE;
values.functions["prime"].inputs["past"].shape = [null, 3, SIZE, SIZE, 3];
values.functions["step"].outputs["frame"].shape = [null, SIZE, SIZE, 3];
const SIGNATURES = parseSignatures(JSON.stringify(values));

/** Returns the centroid of a channel of a frame, and its sum. */
function ink(frame: Float32Array, channel: number): Point & { sum: number } {
  let [sum, x, y] = [0, 0, 0];
  for (let i = 0; i < SIZE * SIZE; i++) {
    const value = frame[3 * i + channel];
    sum += value;
    x += value * ((i % SIZE) + 0.5);
    y += value * (Math.floor(i / SIZE) + 0.5);
  }
  return { sum, x: x / sum, y: y / sum };
}

const LINE: Point[] = [
  { x: 24, y: 32 },
  { x: 40, y: 32 },
];

test("a stroke covers its length times its width, with soft edges", () => {
  const coverage = rasterize([LINE], { x: 0, y: 0 }, SIZE);
  const total = coverage.reduce((sum, value) => sum + value, 0);
  expect(total).toBeGreaterThan(16 * 3.2);
  expect(total).toBeLessThan(16 * 3.2 + 4 * 3.2);
  expect(coverage.some((value) => value > 0 && value < 1)).toBe(true);
  expect(Math.max(...coverage)).toBe(1);
});

test("a drawing moves by its velocity, also by fractions of a pixel", () => {
  const velocity = { x: 1.5, y: -0.75 };
  const clip = drawClip([{ color: [0, 1, 0], strokes: [LINE], velocity }], SIGNATURES);
  expect(clip).toHaveLength(3);
  clip.forEach((frame, t) => {
    const { x, y } = ink(frame, 1);
    expect(x).toBeCloseTo(32 + 1.5 * t, 1);
    expect(y).toBeCloseTo(32 - 0.75 * t, 1);
    expect(ink(frame, 0).sum).toBe(0);
  });
});

test("a drawing bounces off the walls as the digits do", () => {
  const velocity = { x: -4, y: 0 };
  const near = LINE.map(({ x, y }) => ({ x: x - 11, y }));
  const clip = drawClip([{ color: [1, 0, 0], strokes: [near], velocity }], SIGNATURES);
  const centers = clip.map((frame) => ink(frame, 0).x);
  expect(centers[0]).toBeCloseTo(21, 1);
  expect(centers[1]).toBeCloseTo(17, 1);
  expect(centers[2]).toBeCloseTo(16, 1); // Half of the box of a digit.
});

test("a drawing is made as large as a digit at most", () => {
  const large = LINE.map(({ x, y }) => ({ x: 3 * (x - 32) + 32, y }));
  const velocity = { x: 0, y: 0 };
  const [frame] = drawClip([{ color: [1, 0, 0], strokes: [large], velocity }], SIGNATURES);
  const columns = Array.from({ length: SIZE }, (_, x) => frame[3 * (32 * SIZE + x)]);
  expect(columns.filter((value) => value > 0).length).toBeLessThan(SIZE / 2);
});

test("what is drawn last is in front", () => {
  const velocity = { x: 0, y: 0 };
  const sketch = { strokes: [LINE], velocity };
  const both = [
    { ...sketch, color: [1, 0, 0] },
    { ...sketch, color: [0, 1, 0] },
  ];
  const [frame] = drawClip(both, SIGNATURES);
  const middle = 3 * (32 * SIZE + 32);
  expect(Array.from(frame.slice(middle, middle + 3))).toEqual([0, 1, 0]);
});

test("the middle of a drawing is that of its box", () => {
  expect(centerOf([LINE, [{ x: 30, y: 40 }]])).toEqual({ x: 32, y: 36 });
});

test("the colors of a data set of digits are found, and no others", () => {
  const frame = new Float32Array(3 * 100);
  frame.set([1, 0, 0], 30);
  frame.set([0, 0.95, 0.02], 60);
  frame.set([0.5, 0.5, 0], 90); // An edge.
  frame.set([0.07, 0, 0.02], 120); // Its end.
  expect(inkColors([[frame]], 3)).toEqual([
    [1, 0, 0],
    [0, 1, 0],
  ]);
  expect(inkColors([[new Float32Array(100).fill(0.6)]], 1)).toBeNull();
  expect(inkColors([], 3)).toBeNull();
});
