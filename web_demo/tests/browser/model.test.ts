/** The model in the browser computes what Keras does. */

import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

import { expect, test } from "vitest";

import { parseSignatures } from "../../src/signatures";
import type { Calls, CallName, Reply } from "../../src/worker_messages";
import { BUNDLE, golden, ROOT, useBrowser } from "../support/demo_page";

const TOLERANCE = 1e-4;
const KTH = join(ROOT, "bundles", "kth");
// Errors of float16 weights grow over a roll-out; export/drift.py measures them.
const VARIANTS = [
  { bundle: BUNDLE, file: "drnet.tflite", tolerance: TOLERANCE },
  { bundle: BUNDLE, file: "drnet_float16.tflite", tolerance: 0.2 },
  { bundle: KTH, file: "drnet_float16.tflite", tolerance: 0.05 },
];
const browser = useBrowser();

test.for(VARIANTS)("$bundle $file predicts the golden frames", async (variant, { skip }) => {
  const { bundle, file, tolerance } = variant;
  skip(!existsSync(join(bundle, file)), "this bundle was not exported");
  const demo = await browser.open();
  await demo.reach(1);
  const worker = demo.page.workers()[0].url();
  const signatures = parseSignatures(readFileSync(join(bundle, "signatures.json"), "utf8"));
  const arrays = golden(bundle);
  const past = arrays.get("roll_out/inputs/past");
  const future = arrays.get("roll_out/outputs/future");
  if (!past || !future) {
    throw new Error("golden.npz has no roll-out");
  }
  const input = {
    worker,
    signatures,
    model: `bundles/${basename(bundle)}/${file}`,
    past: Array.from(past.values),
    numFrames: future.shape[1],
  };
  const frames = await demo.page.evaluate(async ({ worker, signatures, model, past, numFrames }) => {
    const thread = new Worker(worker);
    const call = <Name extends CallName>(name: Name, input: Calls[Name]["takes"]) =>
      new Promise<Calls[Name]["answers"]>((resolve, reject) => {
        thread.onmessage = ({ data }: MessageEvent<Reply>) =>
          "error" in data ? reject(new Error(data.error)) : resolve(data.answer);
        thread.postMessage({ id: 1, name, input });
      });
    await call("open", { model: await (await fetch(model)).arrayBuffer(), signatures });
    let pose = await call("prime", Float32Array.from(past));
    const frames: number[][] = [];
    for (let i = 0; i < numFrames; i++) {
      const drawn = await call("draw", pose);
      const { frame, nextPose } = await call("step", pose);
      if (drawn.some((value, k) => value !== frame[k])) {
        throw new Error("the frame of a pose is another than that of the step");
      }
      pose = nextPose;
      frames.push(Array.from(frame));
    }
    thread.terminate();
    return frames;
  }, input);
  const predicted = frames.flat();
  expect(predicted).toHaveLength(future.values.length);
  const error = Math.max(...frames.map((frame, t) => largestError(frame, future.values, t)));
  expect(error).toBeLessThan(tolerance);
});

function largestError(frame: number[], expected: Float32Array, t: number): number {
  const offset = t * frame.length;
  return frame.reduce((most, value, i) => Math.max(most, Math.abs(value - expected[offset + i])), 0);
}
