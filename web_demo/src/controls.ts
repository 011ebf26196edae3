/** The controls of the page, and what they show of the prediction. */

import { inkColors } from "./drawing";
import { DrawingPad } from "./drawing_pad";
import { element, fillRadios } from "./elements";
import type { Clip, FrameSource } from "./frame_source";
import { FrameView } from "./frame_view";
import { PartHandles } from "./part_handles";
import type { Shown } from "./playback";
import { PoseMap } from "./pose_map";
import { Prediction, type Screen } from "./prediction";
import { Readout } from "./readout";
import { Thumbnails } from "./thumbnails";
import { Transport } from "./transport";
import { CameraFrames, VideoFile } from "./video_source";

export class Controls implements Screen {
  private readonly prediction = new Prediction(this);
  private readonly view = new FrameView(element("picture", HTMLCanvasElement));
  private readonly readout = new Readout();
  private readonly transport: Transport;
  private readonly handles: PartHandles;
  private readonly map: PoseMap;
  private readonly pad: DrawingPad;
  private readonly clips: Thumbnails;
  private readonly contents: Thumbnails;
  private readonly hint = element("hint", HTMLElement);
  private parts: HTMLInputElement[] = [];
  private own?: Clip; // What the visitor drew or filmed.
  private colors: number[][] | null = null;
  private shownBundle?: unknown;
  private lastShown?: Shown;

  /**
   * @param folder address of the bundles
   */
  constructor(private readonly folder: string) {
    const { prediction } = this;
    const { playback } = prediction;
    this.handles = new PartHandles(element("handles", HTMLElement), playback, {
      select: (part) => this.select(part),
      hold: (part) => this.hold(part),
    });
    this.transport = new Transport(playback, this.readout, {
      restart: () => prediction.restart(),
      focusPart: (part) => this.handles.focus(part),
    });
    this.map = new PoseMap(element("map", HTMLCanvasElement), (part, path) => {
      const start = playback.now();
      playback.hold(part, (now) => path.positionAt(now - start));
      button("let-go").disabled = false;
      this.hint.hidden = true;
    });
    this.pad = new DrawingPad(
      (clip) => this.playOwn(clip),
      () => this.closePad(),
    );
    this.clips = new Thumbnails(element("clips", HTMLElement), "Watch clip", (clip) => {
      this.closePad();
      prediction.play(clip);
    });
    this.contents = new Thumbnails(element("contents", HTMLElement), "Content of clip", (clip) => {
      void prediction.swapContent(clip);
    });
    this.connect();
    const tick = (now: number) => {
      if (!this.pad.isOpen) {
        playback.tick(now);
      }
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  /** Offers bundles and opens the first of them. */
  async open(names: readonly string[]): Promise<void> {
    const options = names.map((name) => new Option(name.replaceAll("_", " "), name));
    element("bundle", HTMLSelectElement).replaceChildren(...options);
    await this.prediction.open(`${this.folder}/${names[0]}`);
  }

  show(shown: Shown): void {
    const { bundle, playback } = this.prediction;
    if (bundle === undefined) {
      return;
    }
    this.lastShown = shown;
    this.view.show(shown.frame, bundle.signatures.numChannels);
    this.handles.show(shown.positions);
    if (shown.positions) {
      this.map.add(shown.positions);
    }
    this.hint.classList.toggle("ready", shown.positions !== null);
    this.readout.show(shown, bundle.signatures, playback.milliseconds);
  }

  change(): void {
    const { bundle, variant, examples, clip, content } = this.prediction;
    if (bundle === undefined) {
      return;
    }
    if (bundle !== this.shownBundle) {
      this.shownBundle = bundle;
      this.showBundle();
    }
    const { signatures } = bundle;
    const parts = signatures.positions?.length ?? 0;
    this.map.setParts(parts);
    this.handles.setParts(parts, signatures.imageSize);
    this.select(0);
    button("let-go").disabled = true;
    element("variant", HTMLSelectElement).value = variant?.name ?? "";
    const clips = this.own ? [...examples, this.own] : examples;
    this.clips.show(clips, clip, signatures.numChannels);
    this.contents.show(clips, content, signatures.numChannels);
    this.colors = inkColors(examples, signatures.numChannels);
    const hasDigits = this.colors !== null;
    button("draw").hidden = !hasDigits;
    button("video").hidden = button("camera").hidden = examples.length === 0 || hasDigits;
    this.hint.textContent = hasDigits ? "Grab a digit and throw it" : "Grab the figure and move it";
  }

  tell(message: string): void {
    element("message", HTMLElement).textContent = message;
  }

  private showBundle(): void {
    const { bundle } = this.prediction;
    if (bundle === undefined) {
      return;
    }
    const { name, dataset, imageSize, numChannels, numPast, positions } = bundle.signatures;
    this.own = undefined;
    const variants = bundle
      .variants()
      .map((each) => new Option(`${each.name}, ${(each.bytes / 1e6).toFixed(1)} MB`, each.name));
    element("variant", HTMLSelectElement).replaceChildren(...variants);
    const color = numChannels === 1 ? "gray" : "color";
    element("about", HTMLElement).textContent =
      `${name}: trained on ${dataset.replaceAll("_", " ")}, ${imageSize} × ${imageSize} pixels ` +
      `in ${color}. It observes ${numPast} frames.`;
    for (const id of ["map-panel", "smooth-field", "hint"]) {
      element(id, HTMLElement).hidden = positions === null;
    }
    const labels = (positions ?? []).map((_, part) => `Part ${part + 1}`);
    this.parts = fillRadios(element("parts", HTMLElement), labels, (part) => this.select(part));
  }

  private connect(): void {
    const bundle = element("bundle", HTMLSelectElement);
    bundle.addEventListener("change", () => {
      this.closePad();
      void this.prediction.open(`${this.folder}/${bundle.value}`);
    });
    const variant = element("variant", HTMLSelectElement);
    variant.addEventListener("change", () => this.prediction.setVariant(variant.value));
    button("circle").addEventListener("click", () => this.map.drawCircle());
    button("let-go").addEventListener("click", () => this.letGo());
    button("draw").addEventListener("click", () => this.openPad());
    button("camera").addEventListener("click", () => void this.film(new CameraFrames()));
    const input = element("video-input", HTMLInputElement);
    button("video").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      input.value = ""; // The same file can be chosen again.
      if (file) {
        void this.film(new VideoFile(file));
      }
    });
  }

  private select(part: number): void {
    this.map.select(part);
    this.parts.forEach((input, index) => (input.checked = index === part));
  }

  private hold(part: number): void {
    this.map.removePath(part);
    this.select(part);
    this.hint.hidden = true;
  }

  private letGo(): void {
    this.parts.forEach((_, part) => {
      this.map.removePath(part);
      this.prediction.playback.release(part);
    });
    button("let-go").disabled = true;
  }

  private async film(source: FrameSource): Promise<void> {
    const clip = await this.prediction.playFrom(source);
    if (clip) {
      this.own = clip;
      this.change();
    }
  }

  private openPad(): void {
    const { bundle } = this.prediction;
    if (bundle && this.colors) {
      this.pad.open(bundle.signatures, this.colors);
      this.setPadOpen(true);
      this.readout.showDrawing();
    }
  }

  private closePad(): void {
    this.pad.close();
    this.setPadOpen(false);
    if (this.lastShown) {
      this.show(this.lastShown);
    }
  }

  private setPadOpen(isOpen: boolean): void {
    this.transport.setHidden(isOpen);
    this.hint.classList.toggle("covered", isOpen);
    if (isOpen) {
      this.handles.show(null);
    }
  }

  private playOwn(clip: Clip): void {
    this.own = clip;
    this.setPadOpen(false);
    this.prediction.play(clip);
  }
}

function button(id: string): HTMLButtonElement {
  return element(id, HTMLButtonElement);
}
