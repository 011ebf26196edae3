/** The values of a small `signatures.json`. */

interface Tensor {
  shape: (number | null)[];
  dtype: string;
}

const PAST: Tensor = { shape: [null, 3, 8, 8, 3], dtype: "float32" };
const FRAME: Tensor = { shape: [null, 8, 8, 3], dtype: "float32" };
const STATE = {
  pose: { shape: [null, 4], dtype: "float32" },
  hidden1: { shape: [null, 6], dtype: "float32" },
};
const CONTENT = { content_map1: { shape: [null, 2, 5], dtype: "float32" } };

interface Signature {
  inputs: Record<string, Tensor>;
  outputs: Record<string, Tensor>;
}

/** Returns new values each time, to be changed. */
export function exampleValues() {
  const functions: Record<string, Signature> = {
    prime: { inputs: { past: PAST }, outputs: { ...CONTENT, ...STATE } },
    step: { inputs: { ...CONTENT, ...STATE }, outputs: { frame: FRAME, ...STATE } },
  };
  return structuredClone({
    format_version: 4,
    name: "small",
    dataset: "moving_mnist",
    image_size: 8,
    num_channels: 3,
    color_order: "rgb",
    num_past: 3,
    max_future: 1000,
    frame_rate: 10,
    resize: "squash",
    content: ["content_map1"],
    state: ["pose", "hidden1"],
    positions: [
      [0, 1],
      [2, 3],
    ],
    functions,
  });
}
