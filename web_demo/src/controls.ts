/** The controls of the page, and what they show. */

import type { Clip } from "./frame_source";
import { inkColors } from "./drawing";
import { DrawingPad } from "./drawing_pad";
import { element, fillRadios } from "./elements";
import { FrameRate } from "./frame_rate";
import { FrameView } from "./frame_view";
import { PartHandles } from "./part_handles";
import type { Shown } from "./playback";
import { PoseMap } from "./pose_map";
import { Prediction, type Screen } from "./prediction";
import { Thumbnails } from "./thumbnails";
import { CameraFrames, VideoFile } from "./video_source";

const PHASES = { observed: "Observed", predicted: "Predicted" };

export class Controls implements Screen {
  private readonly prediction = new Prediction(this);
  private readonly playback = this.prediction.playback;
  private readonly view = new FrameView(element("picture", HTMLCanvasElement));
  private readonly rate = new FrameRate();
  private readonly handles: PartHandles;
  private readonly map: PoseMap;
  private readonly pad: DrawingPad;
  private readonly clips: Thumbnails;
  private readonly contents: Thumbnails;
  private parts: HTMLInputElement[] = [];
  private own?: Clip; // What the visitor drew or filmed.
  private colors: number[][] | null = null;
  private shownBundle?: unknown;
  private lastShown?: Shown;

  /**
   * @param folder address of the bundles
   */
  constructor(private readonly folder: string) {
    const { prediction, playback } = this;
    this.handles = new PartHandles(element("handles", HTMLElement), playback, {
      select: (part) => this.select(part),
      hold: (part) => this.hold(part),
    });
    this.map = new PoseMap(element("map", HTMLCanvasElement), (part, path) => {
      const start = playback.now();
      playback.hold(part, (now) => path.positionAt(now - start));
      this.button("let-go").disabled = false;
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
    playback.isPaused = matchMedia("(prefers-reduced-motion: reduce)").matches;
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
    const select = element("bundle", HTMLSelectElement);
    select.replaceChildren(...names.map((name) => new Option(name.replaceAll("_", " "), name)));
    await this.prediction.open(`${this.folder}/${names[0]}`);
  }

  show(shown: Shown): void {
    const { bundle, playback } = this.prediction;
    if (bundle === undefined) {
      return;
    }
    const { numChannels, numPast } = bundle.signatures;
    const kind = shown.number > 0 ? "predicted" : "observed";
    this.view.show(shown.frame, numChannels);
    this.handles.show(shown.positions);
    if (shown.positions) {
      this.map.add(shown.positions);
    }
    const frame = element("frame", HTMLElement);
    if (frame.dataset["kind"] !== kind) {
      frame.dataset["kind"] = kind;
      element("status", HTMLElement).textContent = `${PHASES[kind]} frames`;
    }
    const number = shown.number > 0 ? shown.number : `${numPast + shown.number} of ${numPast}`;
    element("phase", HTMLElement).textContent = `${PHASES[kind]} frame ${number}`;
    this.rate.add(performance.now());
    const { milliseconds } = playback;
    const rate = this.rate.perSecond();
    element("milliseconds", HTMLElement).textContent =
      milliseconds > 0 ? `${milliseconds.toFixed(1)} ms` : "–";
    element("rate", HTMLElement).textContent = rate > 0 ? `${rate.toFixed(0)} fps` : "–";
    element("hint", HTMLElement).classList.toggle("ready", shown.positions !== null);
    this.lastShown = shown;
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
    this.button("let-go").disabled = true;
    element("variant", HTMLSelectElement).value = variant?.name ?? "";
    const clips = this.own ? [...examples, this.own] : examples;
    this.clips.show(clips, clip, signatures.numChannels);
    this.contents.show(clips, content, signatures.numChannels);
    this.colors = inkColors(examples as Float32Array[][], signatures.numChannels);
    const hasClips = examples.length > 0;
    this.button("draw").hidden = this.colors === null;
    this.button("video").hidden = this.button("camera").hidden = !hasClips || this.colors !== null;
    element("hint", HTMLElement).textContent =
      this.colors === null ? "Grab the figure and move it" : "Grab a digit and throw it";
    this.showPause();
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
    const variants = bundle.variants().map(
      (each) => new Option(`${each.name}, ${(each.bytes / 1e6).toFixed(1)} MB`, each.name),
    );
    element("variant", HTMLSelectElement).replaceChildren(...variants);
    const color = numChannels === 1 ? "gray" : "color";
    element("about", HTMLElement).textContent =
      `${name}: a DrNet of ${dataset}, ${imageSize} × ${imageSize} pixels, ${color}. ` +
      `It observes ${numPast} frames.`;
    element("map-panel", HTMLElement).hidden = positions === null;
    element("smooth-field", HTMLElement).hidden = positions === null;
    element("hint", HTMLElement).hidden = positions === null;
    const labels = (positions ?? []).map((_, part) => `Part ${part + 1}`);
    this.parts = fillRadios(element("parts", HTMLElement), labels, (part) => this.select(part));
  }

  private connect(): void {
    const { prediction, playback } = this;
    this.button("pause").addEventListener("click", () => this.setPaused(!playback.isPaused));
    this.button("restart").addEventListener("click", () => prediction.restart());
    const speed = element("speed", HTMLSelectElement);
    speed.addEventListener("change", () => (playback.speed = Number(speed.value)));
    const smooth = element("smooth", HTMLInputElement);
    smooth.addEventListener("change", () => (playback.isSmooth = smooth.checked));
    const bundle = element("bundle", HTMLSelectElement);
    bundle.addEventListener("change", () => {
      this.closePad();
      void prediction.open(`${this.folder}/${bundle.value}`);
    });
    const variant = element("variant", HTMLSelectElement);
    variant.addEventListener("change", () => prediction.setVariant(variant.value));
    this.button("circle").addEventListener("click", () => this.map.drawCircle());
    this.button("let-go").addEventListener("click", () => this.letGo());
    this.button("draw").addEventListener("click", () => this.openPad());
    this.button("camera").addEventListener("click", () => this.film(new CameraFrames()));
    const input = element("video-input", HTMLInputElement);
    this.button("video").addEventListener("click", () => input.click());
    input.addEventListener("change", () => {
      const file = input.files?.[0];
      input.value = ""; // The same file can be chosen again.
      if (file) {
        this.film(new VideoFile(file));
      }
    });
    addEventListener("keydown", (event) => this.onKey(event));
  }

  private onKey(event: KeyboardEvent): void {
    const { target, key, ctrlKey, metaKey, altKey } = event;
    const hasOwnKeys =
      target instanceof HTMLElement && target.closest("select, input, summary, button:not(.handle)");
    if (hasOwnKeys || ctrlKey || metaKey || altKey || this.pad.isOpen) {
      return;
    }
    if (key === " ") {
      event.preventDefault();
      this.setPaused(!this.playback.isPaused);
    } else if (key === "r" || key === "R") {
      this.prediction.restart();
    } else if (/^[1-9]$/.test(key)) {
      this.handles.focus(Number(key) - 1);
    }
  }

  private setPaused(isPaused: boolean): void {
    this.playback.isPaused = isPaused;
    this.rate.clear();
    this.showPause();
    element("status", HTMLElement).textContent = isPaused ? "Paused" : "Playing";
  }

  private showPause(): void {
    this.button("pause").textContent = this.playback.isPaused ? "Play" : "Pause";
  }

  private select(part: number): void {
    this.map.select(part);
    this.parts.forEach((input, index) => (input.checked = index === part));
  }

  private hold(part: number): void {
    this.map.removePath(part);
    this.select(part);
    element("hint", HTMLElement).hidden = true;
  }

  private letGo(): void {
    this.parts.forEach((_, part) => {
      this.map.removePath(part);
      this.playback.release(part);
    });
    this.button("let-go").disabled = true;
  }

  private film(source: VideoFile | CameraFrames): void {
    const before = this.prediction.clip;
    void this.prediction.playFrom(source).then(() => {
      const { clip } = this.prediction;
      if (clip && clip !== before) {
        this.own = clip;
        this.change();
      }
    });
  }

  private openPad(): void {
    const { bundle } = this.prediction;
    if (bundle && this.colors) {
      this.pad.open(bundle.signatures, this.colors);
      this.setPadOpen(true);
      element("phase", HTMLElement).textContent = "Draw the first frame";
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
    element("transport", HTMLElement).hidden = isOpen;
    element("hint", HTMLElement).classList.toggle("covered", isOpen);
    if (isOpen) {
      this.handles.show(null);
      element("frame", HTMLElement).dataset["kind"] = "drawn";
    }
  }

  private playOwn(clip: Clip): void {
    this.own = clip;
    this.setPadOpen(false);
    this.prediction.play(clip);
  }

  private button(id: string): HTMLButtonElement {
    return element(id, HTMLButtonElement);
  }
}
