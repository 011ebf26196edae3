/** Handles over the frame: a part is dragged by pointer, touch or arrow keys. */

import { makeButton } from "./elements";
import type { Playback } from "./playback";
import { clamped, nearest, type Position } from "./poses";

const ARROWS: Partial<Record<string, readonly [row: number, column: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};
const FAR = 4; // Pixels of the frame that an arrow key moves a part with Shift.

/** What happens to parts. */
export interface PartListener {
  /** A part was selected. */
  select(part: number): void;
  /** A part was taken hold of. */
  hold(part: number): void;
}

export class PartHandles {
  private handles: HTMLButtonElement[] = [];
  private positions: readonly Position[] = [];
  private pixel = 1; // Of the frame, in units of a position.
  private readonly keyed = new Map<number, Position>(); // Positions set by arrow keys.

  /**
   * @param container covers the frame exactly
   */
  constructor(
    private readonly container: HTMLElement,
    private readonly playback: Playback,
    private readonly listener: PartListener,
  ) {
    container.addEventListener("pointerdown", (event) => this.grab(event));
  }

  /** Makes a handle for each part of frames of a size. */
  setParts(numParts: number, imageSize: number): void {
    this.pixel = 2 / imageSize;
    this.keyed.clear();
    this.handles = Array.from({ length: numParts }, (_, part) => this.makeHandle(part));
    this.container.replaceChildren(...this.handles);
    this.show(null);
  }

  /** Puts the handles at the parts, or hides them. */
  show(positions: readonly Position[] | null): void {
    this.container.hidden = positions === null;
    this.positions = positions ?? [];
    this.positions.forEach(({ row, column }, part) => {
      const { style } = this.handles[part];
      style.top = `${50 * (row + 1)}%`;
      style.left = `${50 * (column + 1)}%`;
    });
  }

  /** Moves the focus to a part. */
  focus(part: number): void {
    this.handles[part]?.focus();
  }

  private makeHandle(part: number): HTMLButtonElement {
    const handle = makeButton(`Part ${part + 1}: drag it, or use the arrow keys`, () => undefined);
    handle.className = "handle";
    handle.dataset["index"] = String(part + 1);
    handle.addEventListener("focus", () => this.listener.select(part));
    handle.addEventListener("keydown", (event) => this.moveByKey(part, event));
    handle.addEventListener("keyup", ({ key }) => {
      if (key in ARROWS) {
        this.releaseKeyed(part);
      }
    });
    handle.addEventListener("blur", () => this.releaseKeyed(part));
    return handle;
  }

  private grab(event: PointerEvent): void {
    if (event.button !== 0 || this.positions.length === 0) {
      return;
    }
    event.preventDefault();
    const start = this.positionOf(event);
    const part = nearest(this.positions, start);
    const origin = this.positions[part];
    let position = origin;
    const move = (moved: PointerEvent) => {
      if (moved.pointerId === event.pointerId) {
        const { row, column } = this.positionOf(moved);
        position = clamped({
          row: origin.row + row - start.row,
          column: origin.column + column - start.column,
        });
      }
    };
    const end = (ended: PointerEvent) => {
      if (ended.pointerId === event.pointerId) {
        this.container.removeEventListener("pointermove", move);
        this.container.removeEventListener("pointerup", end);
        this.container.removeEventListener("pointercancel", end);
        this.handles[part].classList.remove("held");
        this.playback.release(part);
      }
    };
    this.container.setPointerCapture(event.pointerId);
    this.container.addEventListener("pointermove", move);
    this.container.addEventListener("pointerup", end);
    this.container.addEventListener("pointercancel", end);
    this.handles[part].classList.add("held");
    this.handles[part].focus({ preventScroll: true });
    this.playback.hold(part, () => position);
    this.listener.hold(part);
  }

  private moveByKey(part: number, event: KeyboardEvent): void {
    const direction = ARROWS[event.key];
    if (direction === undefined) {
      return;
    }
    event.preventDefault();
    const from = this.keyed.get(part) ?? this.positions[part];
    const distance = this.pixel * (event.shiftKey ? FAR : 1);
    const to = clamped({
      row: from.row + distance * direction[0],
      column: from.column + distance * direction[1],
    });
    this.keyed.set(part, to);
    this.show(this.positions.with(part, to));
    this.playback.hold(part, () => to);
    this.listener.hold(part);
  }

  private releaseKeyed(part: number): void {
    if (this.keyed.delete(part)) {
      this.playback.release(part);
    }
  }

  private positionOf({ clientX, clientY }: PointerEvent): Position {
    const box = this.container.getBoundingClientRect();
    return {
      row: (2 * (clientY - box.top)) / box.height - 1,
      column: (2 * (clientX - box.left)) / box.width - 1,
    };
  }
}
