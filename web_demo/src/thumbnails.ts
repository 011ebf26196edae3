/** A row of clips to choose from, each shown by one of its frames. */

import { makeButton } from "./elements";
import type { Clip } from "./frame_source";
import { FrameView } from "./frame_view";

export class Thumbnails {
  private clips: readonly Clip[] = [];
  private buttons: HTMLButtonElement[] = [];

  /**
   * @param label what a clip is called, before its number
   */
  constructor(
    private readonly container: HTMLElement,
    private readonly label: string,
    private readonly onChoose: (clip: Clip) => void,
  ) {}

  /** Shows clips, and which of them is chosen. */
  show(clips: readonly Clip[], chosen: Clip | undefined, numChannels: number): void {
    if (clips.length !== this.clips.length || clips.some((clip, i) => clip !== this.clips[i])) {
      this.clips = clips;
      this.buttons = clips.map((clip, i) => this.makeThumbnail(clip, i, numChannels));
      this.container.replaceChildren(...this.buttons);
    }
    this.buttons.forEach((button, i) =>
      button.setAttribute("aria-pressed", String(clips[i] === chosen)),
    );
  }

  private makeThumbnail(clip: Clip, index: number, numChannels: number): HTMLButtonElement {
    const button = makeButton(`${this.label} ${index + 1}`, () => this.onChoose(clip));
    button.className = "thumbnail";
    const canvas = document.createElement("canvas");
    new FrameView(canvas).show(clip[0], numChannels);
    button.append(canvas);
    return button;
  }
}
