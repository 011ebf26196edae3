/** Pixels of the screen, 0 to 255, to frames of a model, 0 to 1, and back. */

const LUMA = [0.299, 0.587, 0.114];

/** An image: red, green, blue and opacity of each pixel, row by row. */
export interface Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
}

/** Writes a frame into an image of its size. */
export function writePixels(frame: Float32Array, numChannels: number, { data }: Pixels): void {
  for (let i = 0; i < data.length / 4; i++) {
    for (let channel = 0; channel < 3; channel++) {
      data[4 * i + channel] = 255 * frame[numChannels * i + (channel % numChannels)];
    }
    data[4 * i + 3] = 255;
  }
}

/**
 * Makes a square frame of an image.
 *
 * The filter is Pillow's bilinear one with antialiasing, as for the training data: each pixel is
 * a mean weighted by a triangle two new pixels wide.
 *
 * @param side side of the frame, pixels
 * @param crops whether the largest centered square is cut out first; otherwise both axes are
 *     scaled to `side`
 */
export function toFrame(
  { data, width, height }: Pixels,
  side: number,
  crops: boolean,
  numChannels: number,
): Float32Array {
  const across = triangles(width, crops ? Math.min(width, height) : width, side);
  const down = triangles(height, crops ? Math.min(width, height) : height, side);
  const rows = new Float32Array(height * side * numChannels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < side; x++) {
      for (const [from, weight] of across[x]) {
        const at = 4 * (y * width + from);
        for (let channel = 0; channel < numChannels; channel++) {
          const value = numChannels === 1 ? luma(data, at) : data[at + channel];
          rows[(y * side + x) * numChannels + channel] += (weight * value) / 255;
        }
      }
    }
  }
  const frame = new Float32Array(side * side * numChannels);
  const length = side * numChannels;
  for (let y = 0; y < side; y++) {
    for (const [from, weight] of down[y]) {
      for (let i = 0; i < length; i++) {
        frame[y * length + i] += weight * rows[from * length + i];
      }
    }
  }
  return frame.map((value) => Math.min(1, value));
}

function luma(data: Uint8ClampedArray, at: number): number {
  return LUMA.reduce((sum, weight, channel) => sum + weight * data[at + channel], 0);
}

type Weights = [from: number, weight: number][];

/** Returns the weights of the old pixels in each new one, along one axis. */
function triangles(limit: number, length: number, side: number): Weights[] {
  const start = Math.floor((limit - length) / 2);
  const scale = length / side;
  const reach = Math.max(1, scale);
  return Array.from({ length: side }, (_, i) => {
    const center = start + (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(center - reach + 0.5));
    const last = Math.min(limit, Math.floor(center + reach + 0.5));
    const weights: Weights = [];
    for (let k = first; k < last; k++) {
      weights.push([k, Math.max(0, 1 - Math.abs(k + 0.5 - center) / reach)]);
    }
    const sum = weights.reduce((total, [, weight]) => total + weight, 0);
    return weights.map(([k, weight]) => [k, weight / sum]);
  });
}
