/** What is said of the current frame: its number, the model's time, and the frame rate. */

import { element } from "./elements";
import { FrameRate } from "./frame_rate";
import type { Shown } from "./playback";
import type { ModelSignatures } from "./signatures";

const KINDS = { observed: "Observed", predicted: "Predicted" };

export class Readout {
  private readonly frame = element("frame", HTMLElement);
  private readonly phase = element("phase", HTMLElement);
  private readonly status = element("status", HTMLElement);
  private readonly milliseconds = element("milliseconds", HTMLElement);
  private readonly perSecond = element("rate", HTMLElement);
  private readonly rate = new FrameRate();

  /**
   * Describes a frame.
   *
   * @param milliseconds mean time of the model for a step, 0 if there was none
   */
  show({ number }: Shown, { numPast }: ModelSignatures, milliseconds: number): void {
    const kind = number > 0 ? "predicted" : "observed";
    if (this.frame.dataset["kind"] !== kind) {
      this.frame.dataset["kind"] = kind;
      this.say(`${KINDS[kind]} frames`);
    }
    const count = number > 0 ? number : `${numPast + number} of ${numPast}`;
    this.phase.textContent = `${KINDS[kind]} frame ${count}`;
    this.milliseconds.textContent = milliseconds > 0 ? `${milliseconds.toFixed(1)} ms` : "–";
    this.rate.add(performance.now());
    const rate = this.rate.perSecond();
    this.perSecond.textContent = rate > 0 ? `${rate.toFixed(0)} fps` : "–";
  }

  /** Says that a drawing is made, in place of a frame. */
  showDrawing(): void {
    this.frame.dataset["kind"] = "drawn";
    this.phase.textContent = "Draw, and pull the arrows";
  }

  /** Tells screen readers something. */
  say(text: string): void {
    this.status.textContent = text;
  }

  /** Forgets the frame rate, as after a pause. */
  clearRate(): void {
    this.rate.clear();
  }
}
