/** Shows frames on a canvas, in the model's own pixels. */

import { context2d } from "./elements";
import { writePixels } from "./pixels";

export class FrameView {
  private readonly context: CanvasRenderingContext2D;
  private image = new ImageData(1, 1);

  constructor(private readonly canvas: HTMLCanvasElement) {
    this.context = context2d(canvas);
  }

  /** Shows a square frame of values from 0 to 1. */
  show(frame: Float32Array, numChannels: number): void {
    const side = Math.round(Math.sqrt(frame.length / numChannels));
    if (this.image.width !== side) {
      this.canvas.width = this.canvas.height = side;
      this.image = new ImageData(side, side);
    }
    writePixels(frame, numChannels, this.image);
    this.context.putImageData(this.image, 0, 0);
  }
}
