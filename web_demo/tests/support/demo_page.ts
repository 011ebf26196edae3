/** The built page in a real browser. */

import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { preview, type PreviewServer } from "vite";

import { readNpz } from "./npz";

export const ROOT = join(import.meta.dirname, "../..");
export const BUNDLE = join(ROOT, "bundles", "moving_mnist");
const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
// The browser tells of every machine without a graphics processor, which the model does not
// need, and that these tests read the canvas often.
const HARMLESS = /WebGPU|GPU adapter|GPU stall due to ReadPixels|willReadFrequently/;

/** Returns the golden inputs and outputs of a bundle. */
export function golden(bundle = BUNDLE) {
  return readNpz(readFileSync(join(bundle, "golden.npz")));
}

function findChromium(): string {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  const candidates = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = process.env["CHROMIUM"] ?? candidates.find((path) => existsSync(path));
  if (found === undefined) {
    throw new Error(
      `the browser tests need ${NAMES.slice(0, 3).join(", ")} on PATH, or its path in CHROMIUM: ` +
        "apt-get install chromium",
    );
  }
  return found;
}

/** Serves the page and starts a browser for the tests of a file. */
export function useBrowser(...flags: string[]): {
  open(options?: BrowserContextOptions, prepare?: (page: Page) => Promise<unknown>): Promise<DemoPage>;
  address(): string;
} {
  let server: PreviewServer;
  let browser: Browser;
  const pages: DemoPage[] = [];
  const address = () => server.resolvedUrls?.local[0] ?? "";

  beforeAll(async () => {
    server = await preview({ root: ROOT, logLevel: "error", preview: { port: 0 } });
    const args = ["--no-sandbox", ...flags];
    browser = await chromium.launch({ executablePath: findChromium(), args });
  });
  afterEach(async () => {
    for (const demo of pages.splice(0)) {
      await demo.page.context().close();
      expect(demo.errors, "errors on the console").toEqual([]);
    }
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
  });

  return {
    address,
    async open(options = {}, prepare) {
      const context = await browser.newContext({
        viewport: { width: 1200, height: 1000 },
        ...options,
      });
      const page = await context.newPage();
      const demo = new DemoPage(page);
      pages.push(demo);
      await page.addInitScript(countStarts);
      await prepare?.(page);
      await page.goto(address());
      return demo;
    },
  };
}

/** Counts in the page how often a clip began: on a busy machine one is over before it is seen. */
function countStarts(): void {
  const counter = { starts: 0 };
  Object.assign(globalThis, { counter });
  addEventListener("DOMContentLoaded", () => {
    const phase = document.getElementById("phase") ?? document.body;
    const count = () => (counter.starts += Number(phase.textContent.startsWith("Observed frame 1 ")));
    new MutationObserver(count).observe(phase, { childList: true });
  });
}

export class DemoPage {
  /** What the console has said: warnings, errors, and exceptions. */
  readonly errors: string[] = [];

  constructor(readonly page: Page) {
    page.on("pageerror", (error) => this.errors.push(error.message));
    page.on("console", (message) => {
      const isBad = ["error", "warning"].includes(message.type());
      if (isBad && !HARMLESS.test(message.text())) {
        this.errors.push(message.text());
      }
    });
  }

  /** Returns and forgets the errors that a test expects. */
  takeErrors(): string[] {
    return this.errors.splice(0);
  }

  /** Returns the number of the predicted frame, 0 while frames are observed. */
  async number(): Promise<number> {
    const phase = await this.page.textContent("#phase");
    return Number(/Predicted frame (\d+)/.exec(phase ?? "")?.[1] ?? 0);
  }

  /** Waits for a predicted frame. */
  async reach(number: number): Promise<void> {
    await expect.poll(() => this.number(), { timeout: 60_000 }).toBeGreaterThanOrEqual(number);
  }

  /** Does something, and waits until a clip has begun since. */
  async begins(action: () => Promise<unknown>): Promise<void> {
    const starts = () =>
      this.page.evaluate(
        () => (globalThis as unknown as { counter: { starts: number } }).counter.starts,
      );
    const before = await starts();
    await action();
    await expect.poll(starts, { timeout: 60_000 }).toBeGreaterThan(before);
  }

  async pause(): Promise<void> {
    await this.page.click("#pause:text('Pause')");
  }

  /** Returns the pixels of the frame: red, green, blue and opacity of each. */
  pixels(): Promise<number[]> {
    return this.page.evaluate(() => {
      const canvas = document.getElementById("picture") as HTMLCanvasElement;
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? {
        data: [],
      };
      return Array.from(data);
    });
  }

  /** Returns the centroid of a color channel of the frame, pixels, and its sum. */
  async ink(channel: number): Promise<{ x: number; y: number; sum: number }> {
    const pixels = await this.pixels();
    const side = Math.sqrt(pixels.length / 4);
    let [sum, x, y] = [0, 0, 0];
    for (let i = 0; i < side * side; i++) {
      const value = pixels[4 * i + channel];
      sum += value;
      x += value * ((i % side) + 0.5);
      y += value * (Math.floor(i / side) + 0.5);
    }
    return { x: x / sum, y: y / sum, sum };
  }

  /** Returns where the middle of a part's handle is, in pixels of the page. */
  async handle(part: number): Promise<{ x: number; y: number }> {
    const box = await this.page.locator(".handle").nth(part).boundingBox();
    if (box === null) {
      throw new Error("the handle is hidden");
    }
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  /** Returns how many pixels of the page a pixel of the frame has. */
  async scale(): Promise<number> {
    const box = await this.page.locator("#picture").boundingBox();
    return (box?.width ?? 0) / Math.sqrt((await this.pixels()).length / 4);
  }
}
