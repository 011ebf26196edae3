/** Pause, restart, speed and smoothness, by buttons and keys. */

import { element } from "./elements";
import type { Playback } from "./playback";
import type { Readout } from "./readout";

/** What keys do besides. */
export interface KeyListener {
  restart(): void;
  /** Moves the focus to a part. */
  focusPart(part: number): void;
}

export class Transport {
  private readonly group = element("transport", HTMLElement);
  private readonly pause = element("pause", HTMLButtonElement);

  constructor(
    private readonly playback: Playback,
    private readonly readout: Readout,
    private readonly listener: KeyListener,
  ) {
    this.pause.addEventListener("click", () => this.togglePause());
    element("restart", HTMLButtonElement).addEventListener("click", () => listener.restart());
    const speed = element("speed", HTMLSelectElement);
    speed.addEventListener("change", () => (playback.speed = Number(speed.value)));
    const smooth = element("smooth", HTMLInputElement);
    smooth.addEventListener("change", () => (playback.isSmooth = smooth.checked));
    addEventListener("keydown", (event) => this.onKey(event));
    playback.isPaused = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.show();
  }

  /** Shows the controls, or hides them and their keys. */
  setHidden(isHidden: boolean): void {
    this.group.hidden = isHidden;
  }

  private togglePause(): void {
    this.playback.isPaused = !this.playback.isPaused;
    this.readout.clearRate();
    this.readout.say(this.playback.isPaused ? "Paused" : "Playing");
    this.show();
  }

  private show(): void {
    this.pause.textContent = this.playback.isPaused ? "Play" : "Pause";
  }

  private onKey(event: KeyboardEvent): void {
    const { target, key } = event;
    const isIn = (selector: string) =>
      target instanceof Element && target.closest(selector) !== null;
    const isShortcut = event.ctrlKey || event.metaKey || event.altKey;
    if (isIn("select, input") || isShortcut || this.group.hidden) {
      return;
    }
    if (key === " ") {
      if (!isIn("a, button:not(.handle), summary")) {
        event.preventDefault();
        this.togglePause();
      }
    } else if (key === "r" || key === "R") {
      this.listener.restart();
    } else if (/^[1-9]$/.test(key)) {
      this.listener.focusPart(Number(key) - 1);
    }
  }
}
