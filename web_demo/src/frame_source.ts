/** Where observed frames come from. */

import type { ModelBundle } from "./bundle";
import { DemoError } from "./demo_error";
import { toFrame, type Pixels } from "./pixels";
import type { ModelSignatures } from "./signatures";

/** Observed frames, oldest first. */
export type Clip = readonly Float32Array[];

/** Reads the frames that a model observes. */
export interface FrameSource {
  /**
   * Reads the frames.
   *
   * @param onFrame called with each frame, for those that take their time
   * @throws DemoError they cannot be read
   */
  read(signatures: ModelSignatures, onFrame: (frame: Float32Array) => void): Promise<Clip>;
  /** Stops reading. */
  close(): void;
}

/** Reads all example clips of a bundle. */
export function readExamples(bundle: ModelBundle): Promise<Clip[]> {
  return Promise.all(
    bundle.examples().map((files) =>
      Promise.all(files.map(async (file) => readImage(file, await bundle.read(file), bundle))),
    ),
  );
}

async function readImage(
  file: string,
  bytes: ArrayBuffer,
  { signatures }: ModelBundle,
): Promise<Float32Array> {
  let bitmap: ImageBitmap;
  try {
    bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }), {
      colorSpaceConversion: "none",
    });
  } catch (error) {
    throw new DemoError(`${file} is no picture; export the bundle again.`, { cause: error });
  }
  const pixels = pixelsOf(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  return frameOf(pixels, signatures);
}

/** Makes a frame of a picture, as the training data were made. */
export function frameOf(pixels: Pixels, signatures: ModelSignatures): Float32Array {
  const { imageSize, cropsToSquare, numChannels } = signatures;
  return toFrame(pixels, imageSize, cropsToSquare, numChannels);
}

/** Returns the pixels of a picture, or of a video's current one. */
export function pixelsOf(image: CanvasImageSource, width: number, height: number): Pixels {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (context === null) {
    throw new DemoError("The browser gave no canvas; close some pages and try again.");
  }
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
