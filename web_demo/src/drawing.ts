/** Digits of one's own: strokes to the frames of a clip in which they fly and bounce. */

import { frameSize, type ModelSignatures } from "./signatures";

// The digits of Moving MNIST, as fractions of the frame's side: the box that bounces off the
// walls, the digit in its middle, and the width of a stroke.
const BOX = 1 / 2;
const DIGIT = 0.38;
const STROKE = 0.05;

/** A place in a frame, or a movement a frame, pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What was drawn in one color, and how it moves. */
export interface Sketch {
  /** Red, green and blue, or gray: as many values as the model has channels. */
  readonly color: readonly number[];
  readonly strokes: readonly (readonly Point[])[];
  readonly velocity: Point;
}

/** Returns the middle of what was drawn. */
export function centerOf(strokes: Sketch["strokes"]): Point {
  const { left, right, top, bottom } = bounds(strokes);
  return { x: (left + right) / 2, y: (top + bottom) / 2 };
}

/** Returns the colors of a data set that draws in pure colors on black, else `null`. */
export function inkColors(clips: readonly (readonly Float32Array[])[], numChannels: number): number[][] | null {
  const colors = new Map<string, number[]>();
  let [black, all] = [0, 0];
  for (const frame of clips.flat()) {
    for (let i = 0; i < frame.length; i += numChannels) {
      const color = Array.from(frame.subarray(i, i + numChannels));
      all++;
      if (Math.max(...color) < 0.05) {
        black++;
      } else if (Math.max(...color) > 0.9 && color.every((value) => value < 0.1 || value > 0.9)) {
        const pure = color.map(Math.round);
        colors.set(pure.join(), pure);
      }
    }
  }
  const isSparse = all > 0 && black > all / 2;
  return isSparse && colors.size > 0 ? [...colors.values()].sort().reverse() : null;
}

/** Draws the frames that a model observes, one after the other in one array. */
export function drawClip(sketches: readonly Sketch[], signatures: ModelSignatures): Float32Array[] {
  const { imageSize, numChannels, numPast } = signatures;
  const drawn = sketches.filter(({ strokes }) => strokes.length > 0);
  const fitted = drawn.map((sketch) => ({ ...sketch, strokes: fit(sketch.strokes, imageSize) }));
  const paths = fitted.map((sketch) => bounce(sketch, imageSize, numPast));
  return Array.from({ length: numPast }, (_, t) => {
    const frame = new Float32Array(frameSize(signatures));
    fitted.forEach(({ color, strokes }, i) => {
      const coverage = rasterize(strokes, paths[i][t], imageSize);
      for (let pixel = 0; pixel < coverage.length; pixel++) {
        for (let channel = 0; channel < numChannels; channel++) {
          const at = pixel * numChannels + channel;
          frame[at] += coverage[pixel] * (color[channel] - frame[at]);
        }
      }
    });
    return frame;
  });
}

/** Returns how much of each pixel strokes cover, moved by an offset. */
export function rasterize(strokes: Sketch["strokes"], offset: Point, size: number): Float32Array {
  const coverage = new Float32Array(size * size);
  const radius = (STROKE * size) / 2;
  for (const stroke of strokes) {
    stroke.forEach((end, i) => {
      const start = stroke[Math.max(0, i - 1)];
      const reach = radius + 1;
      const [left, right] = span(start.x, end.x, offset.x, reach, size);
      const [top, bottom] = span(start.y, end.y, offset.y, reach, size);
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const pixel = { x: x + 0.5 - offset.x, y: y + 0.5 - offset.y };
          const covered = Math.min(1, Math.max(0, radius + 0.5 - distance(pixel, start, end)));
          coverage[y * size + x] = Math.max(coverage[y * size + x], covered);
        }
      }
    });
  }
  return coverage;
}

/** Returns strokes that are as large as a digit at most, around the same middle. */
function fit(strokes: Sketch["strokes"], size: number): Point[][] {
  const { left, right, top, bottom } = bounds(strokes);
  const center = centerOf(strokes);
  const scale = Math.min(1, (DIGIT * size) / Math.max(right - left, bottom - top));
  const scaled = (value: number, middle: number) => middle + scale * (value - middle);
  return strokes.map((stroke) =>
    stroke.map(({ x, y }) => ({ x: scaled(x, center.x), y: scaled(y, center.y) })),
  );
}

/** Returns how far a sketch has moved in each frame. */
function bounce({ strokes, velocity }: Sketch, size: number, numFrames: number): Point[] {
  const center = centerOf(strokes);
  const x = bounceAlong(center.x, velocity.x, size, numFrames);
  const y = bounceAlong(center.y, velocity.y, size, numFrames);
  return x.map((value, t) => ({ x: value - center.x, y: y[t] - center.y }));
}

/** Returns the middle of the box in each frame; it stops at a wall, and turns round. */
function bounceAlong(center: number, velocity: number, size: number, numFrames: number): number[] {
  const margin = (BOX * size) / 2;
  const inside = (value: number) => Math.min(size - margin, Math.max(margin, value));
  const centers: number[] = [];
  let at = inside(center);
  let speed = velocity;
  for (let t = 0; t < numFrames; t++) {
    centers.push(at);
    const next = at + speed;
    at = inside(next);
    speed = at === next ? speed : -speed;
  }
  return centers;
}

function bounds(strokes: Sketch["strokes"]) {
  const points = strokes.flat();
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => y)];
  return {
    left: Math.min(...xs),
    right: Math.max(...xs),
    top: Math.min(...ys),
    bottom: Math.max(...ys),
  };
}

function span(a: number, b: number, offset: number, reach: number, size: number): [number, number] {
  const from = Math.floor(Math.min(a, b) + offset - reach);
  const to = Math.ceil(Math.max(a, b) + offset + reach);
  return [Math.max(0, from), Math.min(size, to)];
}

/** Returns the distance of a point from a line between two points. */
function distance(point: Point, start: Point, end: Point): number {
  const [dx, dy] = [end.x - start.x, end.y - start.y];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : ((point.x - start.x) * dx + (point.y - start.y) * dy) / length;
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(point.x - start.x - t * dx, point.y - start.y - t * dy);
}
