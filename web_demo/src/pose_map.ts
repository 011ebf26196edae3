/** A map of the parts' positions: their trails, and paths that are drawn on it. */

import { context2d } from "./elements";
import { clamped, type Position } from "./poses";
import { PosePath, type PathPoint } from "./pose_path";

const TRAIL = 400; // Positions, of which a smooth playback shows sixty a second.
const TRAIL_SHADES = 24;
const CIRCLE = { points: 48, radius: 0.45, milliseconds: 4000 };

/** Draws the map, and reports each path that was drawn on it. */
export class PoseMap {
  private readonly context: CanvasRenderingContext2D;
  private trails: Position[][] = [];
  private paths = new Map<number, PosePath>();
  private drawn: PathPoint[] = [];
  private selected = 0;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly onPath: (part: number, path: PosePath) => void,
  ) {
    this.context = context2d(canvas);
    canvas.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      this.drawn = [this.pointOf(event)];
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.drawn.length > 0) {
        this.drawn.push(this.pointOf(event));
        this.paint();
      }
    });
    canvas.addEventListener("pointerup", () => this.finish());
    canvas.addEventListener("pointercancel", () => (this.drawn = []));
  }

  /** Forgets all trails and paths. */
  setParts(numParts: number): void {
    this.trails = Array.from({ length: numParts }, () => []);
    this.paths.clear();
    this.drawn = [];
    this.selected = 0;
  }

  /** Chooses the part that the next path is for. */
  select(part: number): void {
    this.selected = part;
  }

  /** Adds the positions of a frame to the trails. */
  add(positions: readonly Position[]): void {
    positions.forEach((position, part) => {
      this.trails[part].push(position);
      this.trails[part].splice(0, this.trails[part].length - TRAIL);
    });
    this.paint();
  }

  /** Draws a circle as the selected part's path. */
  drawCircle(): void {
    const { points, radius, milliseconds } = CIRCLE;
    this.drawn = Array.from({ length: points + 1 }, (_, i) => {
      const angle = (2 * Math.PI * i) / points;
      const at = (milliseconds * i) / points;
      return { row: radius * Math.sin(angle), column: radius * Math.cos(angle), at };
    });
    this.finish();
  }

  /** Removes a part's path. */
  removePath(part: number): void {
    this.paths.delete(part);
    this.paint();
  }

  private finish(): void {
    if (this.drawn.length > 1) {
      const path = new PosePath(this.drawn);
      this.paths.set(this.selected, path);
      this.onPath(this.selected, path);
    }
    this.drawn = [];
    this.paint();
  }

  private paint(): void {
    const { canvas, context } = this;
    const side = Math.round(canvas.clientWidth * devicePixelRatio);
    if (canvas.width !== side) {
      canvas.width = canvas.height = side;
    }
    const style = getComputedStyle(canvas);
    const color = (part: number) => style.getPropertyValue(`--part-${(part % 4) + 1}`);
    const unit = side / 200; // Line widths, whatever the size.
    context.clearRect(0, 0, side, side);
    context.lineCap = context.lineJoin = "round";
    this.trails.forEach((trail, part) => {
      context.strokeStyle = context.fillStyle = color(part);
      context.lineWidth = 1.5 * unit;
      // Few lines: one for each position would take longer than the model.
      const length = Math.ceil(trail.length / TRAIL_SHADES);
      for (let i = 0; i < trail.length; i += length) {
        context.globalAlpha = 0.7 * ((i + length) / (trail.length + length)) ** 2;
        this.line(trail.slice(Math.max(0, i - 1), i + length));
      }
      context.globalAlpha = 1;
      const last = trail.at(-1);
      if (last) {
        context.beginPath();
        context.arc(this.toPixel(last.column), this.toPixel(last.row), 5 * unit, 0, 2 * Math.PI);
        context.fill();
      }
    });
    context.setLineDash([4 * unit, 4 * unit]);
    context.lineWidth = 2 * unit;
    this.paths.forEach((path, part) => {
      context.strokeStyle = color(part);
      this.line(path.points);
    });
    context.setLineDash([]);
    context.strokeStyle = color(this.selected);
    this.line(this.drawn);
  }

  private line(points: readonly Position[]): void {
    this.context.beginPath();
    points.forEach(({ row, column }) =>
      this.context.lineTo(this.toPixel(column), this.toPixel(row)),
    );
    this.context.stroke();
  }

  private toPixel(coordinate: number): number {
    return (this.canvas.width * (coordinate + 1)) / 2;
  }

  private pointOf({ clientX, clientY, timeStamp }: PointerEvent): PathPoint {
    const box = this.canvas.getBoundingClientRect();
    const position = clamped({
      row: (2 * (clientY - box.top)) / box.height - 1,
      column: (2 * (clientX - box.left)) / box.width - 1,
    });
    return { ...position, at: timeStamp };
  }
}
