import { expect, test } from "vitest";

import { toFrame, writePixels } from "../../src/pixels";

function image(width: number, height: number, at: (x: number, y: number) => number[]) {
  const pixels = Array.from({ length: width * height }, (_, i) => [
    ...at(i % width, Math.floor(i / width)),
    255,
  ]);
  return { data: Uint8ClampedArray.from(pixels.flat()), width, height };
}

test("pixels of the right size are kept", () => {
  const picture = image(2, 2, (x, y) => [255 * x, 255 * y, 51]);
  const expected = [0, 0, 0.2, 1, 0, 0.2, 0, 1, 0.2, 1, 1, 0.2];
  const frame = toFrame(picture, 2, false, 3);
  frame.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 6));
  const back = image(2, 2, () => [0, 0, 0]);
  writePixels(frame, 3, back);
  expect(back.data).toEqual(picture.data);
});

test("a gray model sees the brightness, and its frames are gray", () => {
  const frame = toFrame(image(1, 1, () => [255, 0, 0]), 1, false, 1);
  expect(frame[0]).toBeCloseTo(0.299, 6);
  const back = image(1, 1, () => [0, 0, 0]);
  writePixels(Float32Array.of(0.6), 1, back);
  expect(Array.from(back.data)).toEqual([153, 153, 153, 255]);
});

test("a larger picture is averaged, and a constant one stays so", () => {
  const stripes = toFrame(image(64, 64, (x) => [255 * (x % 2), 0, 0]), 8, false, 3);
  for (let i = 0; i < 64; i++) {
    expect(stripes[3 * i]).toBeCloseTo(0.5, 1);
  }
  const gray = toFrame(image(13, 29, () => [77, 77, 77]), 8, false, 1);
  gray.forEach((value) => expect(value).toBeCloseTo(77 / 255, 5));
});

test("a wide picture is cropped in its middle, or squashed", () => {
  const picture = image(12, 4, (x) => (x >= 4 && x < 8 ? [255, 255, 255] : [0, 0, 0]));
  expect(Math.min(...toFrame(picture, 4, true, 1))).toBeGreaterThan(0.85);
  expect(Math.min(...toFrame(picture, 4, false, 1))).toBeLessThan(0.1);
});
