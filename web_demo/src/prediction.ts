/** A prediction and the choices behind it: bundle, variant, source and content. */

import { ModelBundle, type Variant } from "./bundle";
import { sentence } from "./demo_error";
import { readExamples, type Clip, type FrameSource } from "./frame_source";
import { Playback, type Shown, type Viewer } from "./playback";
import { VideoPredictor } from "./video_predictor";

/** Shows the state of a `Prediction`. */
export interface Screen {
  /** Shows a frame. */
  show(shown: Shown): void;
  /** Shows the choices anew. */
  change(): void;
  /** Shows a message, or none; playback continues. */
  tell(message: string): void;
}

/** Frames are read from a source and played, and then predicted without end. */
export class Prediction implements Viewer {
  readonly playback: Playback;
  /** The example clips of the bundle. */
  examples: Clip[] = [];
  /** The clip that is played, and the one whose content is shown. */
  clip?: Clip;
  content?: Clip;
  bundle?: ModelBundle;
  variant?: Variant;

  private readonly predictor = new VideoPredictor();
  private source?: FrameSource;
  private opened: Promise<unknown> = Promise.resolve();
  private turn = 0;

  constructor(private readonly screen: Screen) {
    const { predictor } = this;
    this.playback = new Playback(
      {
        step: (pose) => predictor.call("step", pose),
        observePoses: (poses) => predictor.call("observePoses", poses),
        draw: (pose) => predictor.call("draw", pose),
      },
      this,
    );
  }

  /** Opens a bundle and plays its first clip. */
  async open(folder: string): Promise<void> {
    const turn = this.begin("Loading…");
    try {
      const bundle = await ModelBundle.open(folder);
      const examples = readExamples(bundle);
      if (turn !== this.turn) {
        return;
      }
      this.openVariant(bundle, bundle.variants()[0]);
      this.examples = [];
      this.clip = undefined;
      this.screen.change();
      const clips = await examples;
      if (turn === this.turn) {
        this.examples = clips;
        this.play(clips[0]);
      }
    } catch (error) {
      this.failIn(turn, error);
    }
  }

  /** Plays a clip from its first observed frame. */
  play(clip: Clip): void {
    this.begin("");
    this.clip = clip;
    this.content = clip;
    this.restart();
  }

  /**
   * Reads a clip from a source and plays it. If it cannot be read, the old one restarts.
   *
   * @returns the clip, if it is played
   */
  async playFrom(source: FrameSource): Promise<Clip | undefined> {
    const { bundle } = this;
    if (bundle === undefined) {
      return undefined;
    }
    const turn = this.begin("Reading the video…");
    this.source = source;
    const frames: Float32Array[] = [];
    const { numPast } = bundle.signatures;
    try {
      const clip = await source.read(bundle.signatures, (frame) => {
        frames.push(frame);
        if (turn === this.turn) {
          this.show({ frame, number: frames.length - numPast, positions: null });
        }
      });
      if (turn === this.turn) {
        this.play(clip);
        return clip;
      }
    } catch (error) {
      if (turn === this.turn) {
        this.restart();
        this.screen.tell(sentence(error));
      }
    }
    return undefined;
  }

  /** Restarts at the first observed frame. */
  restart(): void {
    const { bundle, clip, content } = this;
    if (bundle === undefined || clip === undefined) {
      return;
    }
    const primed = this.opened.then(async () => {
      const pose = await this.predictor.call("prime", joined(clip));
      if (content && content !== clip) {
        await this.predictor.call("replaceContent", joined(content));
      }
      return pose;
    });
    this.playback.begin(bundle.signatures, clip, primed);
    this.screen.change();
  }

  /** Continues from the current frame with the content of another clip. */
  async swapContent(clip: Clip): Promise<void> {
    const turn = this.turn;
    this.content = clip;
    this.screen.change();
    try {
      await this.opened;
      await this.predictor.call("replaceContent", joined(clip));
      this.playback.redraw();
    } catch (error) {
      this.failIn(turn, error);
    }
  }

  /** Restarts at the first observed frame with another variant of the model. */
  setVariant(name: string): void {
    const variant = this.bundle?.variants().find((each) => each.name === name);
    if (this.bundle === undefined || variant === undefined) {
      return;
    }
    if (this.clip === undefined) {
      // The bundle is still read, and will be played with this variant.
      this.openVariant(this.bundle, variant);
    } else {
      this.begin("");
      this.openVariant(this.bundle, variant);
      this.restart();
    }
  }

  show(shown: Shown): void {
    this.screen.show(shown);
  }

  /** Stops playback and shows an error. */
  fail(error: unknown): void {
    this.playback.stop();
    this.screen.tell(sentence(error));
  }

  private begin(message: string): number {
    this.playback.stop();
    this.source?.close();
    this.source = undefined;
    this.screen.tell(message);
    return ++this.turn;
  }

  private openVariant(bundle: ModelBundle, variant: Variant): void {
    this.bundle = bundle;
    this.variant = variant;
    this.playback.milliseconds = 0;
    this.opened = bundle.read(variant.file).then((model) => {
      const input = { model, signatures: bundle.signatures };
      return this.predictor.call("open", input, [model]);
    });
    const turn = this.turn;
    this.opened.catch((error: unknown) => this.failIn(turn, error));
  }

  private failIn(turn: number, error: unknown): void {
    if (turn === this.turn) {
      this.fail(error);
    }
  }
}

function joined(clip: Clip): Float32Array {
  const values = new Float32Array(clip.length * clip[0].length);
  clip.forEach((frame, t) => values.set(frame, t * frame.length));
  return values;
}
