/** Observed frames of a video file, or of the camera. */

import { DemoError } from "./demo_error";
import { frameOf, pixelsOf, type Clip, type FrameSource } from "./frame_source";
import type { ModelSignatures } from "./signatures";

const LONGEST_WAIT = 10_000; // Milliseconds for a picture of a video, or of a camera.

/** The beginning of a video file, sampled at the model's frame rate. */
export class VideoFile implements FrameSource {
  private readonly video = makeVideo();

  constructor(private readonly file: File) {}

  async read(signatures: ModelSignatures, onFrame: (frame: Float32Array) => void): Promise<Clip> {
    const { video } = this;
    video.src = URL.createObjectURL(this.file);
    try {
      await happens(video, "loadeddata", "The video cannot be read; choose another.");
      const { numPast, frameRate } = signatures;
      const needed = (numPast - 1) / frameRate;
      if (!(video.duration >= needed)) {
        throw new DemoError(
          `The video lasts ${video.duration.toFixed(1)} s; the model observes ` +
            `${needed.toFixed(1)} s: choose a longer one.`,
        );
      }
      const frames: Float32Array[] = [];
      for (let i = 0; i < numPast; i++) {
        // The middle of a frame: at its edge a browser may show the one before.
        const sought = happens(video, "seeked", "The video cannot be read to its end.");
        video.currentTime = Math.min(video.duration, (i + 0.5) / frameRate);
        await sought;
        frames.push(currentFrame(video, signatures));
        onFrame(frames[i]);
      }
      return frames;
    } finally {
      this.close();
    }
  }

  close(): void {
    URL.revokeObjectURL(this.video.src);
    this.video.removeAttribute("src");
  }
}

/** The next frames of the camera, at the model's frame rate. */
export class CameraFrames implements FrameSource {
  private readonly video = makeVideo();
  private stream?: MediaStream;

  async read(signatures: ModelSignatures, onFrame: (frame: Float32Array) => void): Promise<Clip> {
    try {
      this.stream = await openCamera();
      this.video.srcObject = this.stream;
      const started = happens(this.video, "playing", "The camera sends no pictures.");
      await this.video.play();
      await started;
      const { numPast, frameRate } = signatures;
      const frames: Float32Array[] = [];
      const start = performance.now();
      while (frames.length < numPast) {
        // From the first frame on, not from the last: errors of the timer do not add up.
        const due = start + (1000 * frames.length) / frameRate;
        await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
        frames.push(currentFrame(this.video, signatures));
        onFrame(frames[frames.length - 1]);
      }
      return frames;
    } finally {
      this.close();
    }
  }

  close(): void {
    this.stream?.getTracks().forEach((track) => track.stop());
    this.video.srcObject = null;
  }
}

async function openCamera(): Promise<MediaStream> {
  // Browsers give no cameras to pages from other machines without https.
  if (!("mediaDevices" in navigator)) {
    throw new DemoError("The camera needs https, or a page of this machine.");
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (error) {
    const isRefused = (error as Error).name === "NotAllowedError";
    throw new DemoError(
      isRefused
        ? "The camera was refused. Allow it in the browser's settings of this page, or choose a clip."
        : "No camera was found, or another program uses it. Choose a clip or a video.",
      { cause: error },
    );
  }
}

function makeVideo(): HTMLVideoElement {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  return video;
}

function currentFrame(video: HTMLVideoElement, signatures: ModelSignatures): Float32Array {
  return frameOf(pixelsOf(video, video.videoWidth, video.videoHeight), signatures);
}

/** Waits for an event of a video; anything else is an error with this message. */
function happens(video: HTMLVideoElement, event: string, otherwise: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new DemoError(otherwise));
    const timer = setTimeout(fail, LONGEST_WAIT);
    const options = { once: true };
    video.addEventListener("error", fail, options);
    video.addEventListener(
      event,
      () => {
        clearTimeout(timer);
        video.removeEventListener("error", fail);
        resolve();
      },
      options,
    );
  });
}
