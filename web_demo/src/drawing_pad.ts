/** A pad over the frame, on which digits are drawn and given a velocity. */

import { centerOf, rasterize, drawClip, type Point, type Sketch } from "./drawing";
import { element, fillRadios, makeButton } from "./elements";
import type { Clip } from "./frame_source";
import { FrameView } from "./frame_view";
import { FASTEST } from "./poses";
import { frameSize, type ModelSignatures } from "./signatures";

const ARROW = 5; // Frames: an arrow ends where its digit will be then.
const FAR = 4; // Of the steps of an arrow key with Shift.
// Velocities before an arrow is pulled, of the fastest one.
const VELOCITIES: readonly Point[] = [
  { x: 0.7, y: -0.5 },
  { x: -0.6, y: 0.6 },
  { x: 0.4, y: 0.8 },
];
const SVG = "http://www.w3.org/2000/svg";

interface Layer {
  readonly color: readonly number[];
  readonly knob: HTMLButtonElement;
  readonly line: SVGLineElement;
  strokes: Point[][];
  velocity: Point;
}

export class DrawingPad {
  private readonly pad = element("pad", HTMLElement);
  private readonly tools = element("pad-tools", HTMLElement);
  private readonly view = new FrameView(element("pad-canvas", HTMLCanvasElement));
  private readonly arrows = element("pad-arrows", SVGSVGElement);
  private layers: Layer[] = [];
  private current = 0;
  private signatures?: ModelSignatures;

  /**
   * @param onStart called with the clip that was drawn
   * @param onClose called when the pad is left without one
   */
  constructor(
    private readonly onStart: (clip: Clip) => void,
    private readonly onClose: () => void,
  ) {
    this.pad.addEventListener("pointerdown", (event) => this.beginStroke(event));
    element("pad-start", HTMLButtonElement).addEventListener("click", () => this.start());
    element("pad-cancel", HTMLButtonElement).addEventListener("click", () => {
      this.close();
      this.onClose();
    });
    element("pad-clear", HTMLButtonElement).addEventListener("click", () => this.clear());
    element("pad-sample", HTMLButtonElement).addEventListener("click", () =>
      this.drawHeart(this.current),
    );
  }

  get isOpen(): boolean {
    return !this.pad.hidden;
  }

  /** Opens an empty pad with the colors of a data set. */
  open(signatures: ModelSignatures, colors: readonly (readonly number[])[]): void {
    this.signatures = signatures;
    this.current = 0;
    const names = colors.map(colorName);
    this.layers = colors.map((color, index) => this.makeLayer(color, index, names[index]));
    this.arrows.replaceChildren(...this.layers.map(({ line }) => line));
    this.pad.querySelectorAll("button").forEach((knob) => knob.remove());
    this.pad.append(...this.layers.map(({ knob }) => knob));
    fillRadios(element("pad-colors", HTMLElement), names, (index) => (this.current = index));
    this.pad.hidden = this.tools.hidden = false;
    this.clear();
    // A model of two digits makes one up where it sees none.
    for (let index = 1; index < colors.length; index++) {
      this.drawHeart(index);
    }
  }

  close(): void {
    this.pad.hidden = this.tools.hidden = true;
  }

  private start(): void {
    const sketches = this.sketches();
    if (this.signatures && sketches.length > 0) {
      this.close();
      this.onStart(drawClip(sketches, this.signatures));
    }
  }

  private sketches(): Sketch[] {
    return this.layers.filter(({ strokes }) => strokes.length > 0);
  }

  private get side(): number {
    return this.signatures?.imageSize ?? 1;
  }

  /** The greatest speed, pixels a frame: a position has two units in the frame's side. */
  private get fastest(): number {
    return (FASTEST * this.side) / 2;
  }

  private clear(): void {
    this.layers.forEach((layer, index) => {
      layer.strokes = [];
      const { x, y } = VELOCITIES[index % VELOCITIES.length];
      layer.velocity = { x: x * this.fastest, y: y * this.fastest };
    });
    this.paint();
  }

  private drawHeart(index: number): void {
    const { side } = this;
    const layer = this.layers[index];
    const center = side * (index === 0 ? 0.35 : 0.65);
    const stroke = Array.from({ length: 41 }, (_, i) => {
      const angle = (2 * Math.PI * i) / 40;
      const y = 13 * Math.cos(angle) - 5 * Math.cos(2 * angle) - 2 * Math.cos(3 * angle);
      return {
        x: center + 0.011 * side * 16 * Math.sin(angle) ** 3,
        y: center - 0.011 * side * (y - Math.cos(4 * angle)),
      };
    });
    layer.strokes = [stroke];
    this.paint();
  }

  private beginStroke(event: PointerEvent): void {
    if (event.button !== 0 || event.target instanceof HTMLButtonElement) {
      return;
    }
    event.preventDefault();
    const stroke = [this.pointOf(event)];
    this.layers[this.current].strokes.push(stroke);
    this.follow(this.pad, event, (moved) => {
      stroke.push(this.pointOf(moved));
      this.paint();
    });
    this.paint();
  }

  private makeLayer(color: readonly number[], index: number, name: string): Layer {
    const label = `Velocity of what is ${name}: pull the arrow, or use the arrow keys`;
    const knob = makeButton(label, () => undefined);
    knob.className = "knob";
    const line = document.createElementNS(SVG, "line");
    const layer: Layer = { color, knob, line, strokes: [], velocity: VELOCITIES[index % 3] };
    knob.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      event.stopPropagation();
      knob.focus({ preventScroll: true });
      this.follow(knob, event, (moved) => {
        const center = centerOf(layer.strokes);
        const tip = this.pointOf(moved);
        this.setVelocity(layer, (tip.x - center.x) / ARROW, (tip.y - center.y) / ARROW);
      });
    });
    knob.addEventListener("keydown", (event) => {
      const step = (this.side / 640) * (event.shiftKey ? FAR : 1);
      const moves: Partial<Record<string, readonly [number, number]>> = {
        ArrowLeft: [-step, 0],
        ArrowRight: [step, 0],
        ArrowUp: [0, -step],
        ArrowDown: [0, step],
      };
      const move = moves[event.key];
      if (move) {
        event.preventDefault();
        this.setVelocity(layer, layer.velocity.x + move[0], layer.velocity.y + move[1]);
      }
    });
    return layer;
  }

  private setVelocity(layer: Layer, x: number, y: number): void {
    const excess = Math.max(1, Math.hypot(x, y) / this.fastest);
    layer.velocity = { x: x / excess, y: y / excess };
    this.paint();
  }

  /** Calls back for each move of a pointer until it is lifted. */
  private follow(
    target: HTMLElement,
    { pointerId }: PointerEvent,
    onMove: (event: PointerEvent) => void,
  ): void {
    const move = (event: PointerEvent) => {
      if (event.pointerId === pointerId) {
        onMove(event);
      }
    };
    const end = () => {
      target.removeEventListener("pointermove", move);
      target.removeEventListener("lostpointercapture", end);
    };
    target.setPointerCapture(pointerId);
    target.addEventListener("pointermove", move);
    target.addEventListener("lostpointercapture", end);
  }

  private paint(): void {
    if (this.signatures === undefined) {
      return;
    }
    const { numChannels } = this.signatures;
    const { side } = this;
    const frame = new Float32Array(frameSize(this.signatures));
    for (const { color, strokes, knob, line, velocity } of this.layers) {
      knob.hidden = strokes.length === 0;
      line.style.display = knob.hidden ? "none" : "";
      if (knob.hidden) {
        continue;
      }
      rasterize(strokes, { x: 0, y: 0 }, side).forEach((covered, pixel) => {
        color.forEach((value, channel) => {
          const at = pixel * numChannels + channel;
          frame[at] += covered * (value - frame[at]);
        });
      });
      const center = centerOf(strokes);
      const tip = { x: center.x + ARROW * velocity.x, y: center.y + ARROW * velocity.y };
      const percent = (value: number) => `${(100 * value) / side}%`;
      line.setAttribute("x1", percent(center.x));
      line.setAttribute("y1", percent(center.y));
      line.setAttribute("x2", percent(tip.x));
      line.setAttribute("y2", percent(tip.y));
      knob.style.left = percent(tip.x);
      knob.style.top = percent(tip.y);
    }
    this.view.show(frame, numChannels);
    element("pad-start", HTMLButtonElement).disabled = this.sketches().length === 0;
  }

  private pointOf({ clientX, clientY }: PointerEvent): Point {
    const box = this.pad.getBoundingClientRect();
    return {
      x: (this.side * (clientX - box.left)) / box.width,
      y: (this.side * (clientY - box.top)) / box.height,
    };
  }
}

function colorName(color: readonly number[]): string {
  const names: Record<string, string> = {
    "1": "White",
    "1,1,1": "White",
    "1,0,0": "Red",
    "0,1,0": "Green",
    "0,0,1": "Blue",
    "1,1,0": "Yellow",
    "1,0,1": "Magenta",
    "0,1,1": "Cyan",
  };
  return names[color.join()] ?? "Ink";
}
