/** What one can do on the page, done with a mouse, a finger and keys. */

import { existsSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import { ROOT, useBrowser, type DemoPage } from "../support/demo_page";

const HAS_KTH = existsSync(join(ROOT, "bundles", "kth"));
const browser = useBrowser("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream");

/** Returns the color channel that a part draws: 0, red, or 1, green. */
async function channelOf(demo: DemoPage, part: number): Promise<number> {
  const [handle, scale] = [await demo.handle(part), await demo.scale()];
  const box = await demo.page.locator("#picture").boundingBox();
  const [x, y] = [(handle.x - (box?.x ?? 0)) / scale, (handle.y - (box?.y ?? 0)) / scale];
  const inks = [await demo.ink(0), await demo.ink(1)];
  const distances = inks.map((ink) => Math.hypot(ink.x - x, ink.y - y));
  return distances[0] < distances[1] ? 0 : 1;
}

async function pausedAt(number: number): Promise<DemoPage> {
  const demo = await browser.open();
  await demo.reach(number);
  await demo.pause();
  await demo.page.waitForTimeout(200);
  return demo;
}

test("the first clip is observed and then predicted, with its figures", async () => {
  const demo = await browser.open();
  await demo.reach(3);
  expect(await demo.page.getAttribute("#frame", "data-kind")).toBe("predicted");
  expect(await demo.page.textContent("#milliseconds")).toMatch(/^\d+\.\d ms$/);
  expect(await demo.page.textContent("#rate")).toMatch(/^\d+ fps$/);
  expect(await demo.page.textContent("#status")).toBe("Predicted frames");
});

test("pause by button and by key", async () => {
  const demo = await pausedAt(2);
  const pixels = await demo.pixels();
  await demo.page.waitForTimeout(400);
  expect(await demo.pixels()).toEqual(pixels);
  expect(await demo.page.textContent("#pause")).toBe("Play");
  const before = await demo.number();
  await demo.page.locator("h1").click();
  await demo.page.keyboard.press("Space");
  await demo.reach(before + 2);
});

test("restart by button and by key", async () => {
  const demo = await browser.open();
  for (const restart of [
    () => demo.page.click("#restart"),
    () => demo.page.locator("h1").press("r"),
  ]) {
    await demo.reach(2);
    await demo.begins(restart);
  }
});

test("at the greatest speed there is a step for each picture of the screen", async () => {
  const demo = await browser.open();
  await demo.reach(1);
  await demo.page.selectOption("#speed", "Infinity");
  await demo.reach(100);
});

test("without smoothing a frame stays until the next", async () => {
  const demo = await browser.open();
  await demo.reach(1);
  await demo.page.uncheck("#smooth");
  await demo.page.selectOption("#speed", "0.25");
  await demo.page.waitForTimeout(100);
  const [number, pixels] = [await demo.number(), await demo.pixels()];
  await demo.page.waitForTimeout(150);
  if ((await demo.number()) === number) {
    expect(await demo.pixels()).toEqual(pixels);
  }
});

test("another clip is watched", async () => {
  const demo = await browser.open();
  await demo.reach(1);
  const second = demo.page.getByRole("button", { name: "Watch clip 2" });
  await demo.begins(() => second.click());
  expect(await second.getAttribute("aria-pressed")).toBe("true");
  await demo.reach(1);
});

test("swapped content changes the looks, not the places", async () => {
  const demo = await pausedAt(3);
  const [pixels, handles] = [await demo.pixels(), [await demo.handle(0), await demo.handle(1)]];
  await demo.page.getByRole("button", { name: "Content of clip 2" }).click();
  await expect.poll(() => demo.pixels()).not.toEqual(pixels);
  expect([await demo.handle(0), await demo.handle(1)]).toEqual(handles);
  await demo.page.getByRole("button", { name: "Content of clip 1" }).click();
  await expect.poll(() => demo.pixels()).toEqual(pixels);
});

test.each([0, 1])("dragging part %d moves its ink by as much, and no other", async (part) => {
  const demo = await pausedAt(5);
  const channel = await channelOf(demo, part);
  const [before, other] = [await demo.ink(channel), await demo.ink(1 - channel)];
  const [handle, scale] = [await demo.handle(part), await demo.scale()];
  // Towards the middle, so that all of it stays in the frame.
  const [dx, dy] = [before.x < 32 ? 7 : -7, before.y < 32 ? 5 : -5];
  await demo.page.mouse.move(handle.x, handle.y);
  await demo.page.mouse.down();
  await demo.page.mouse.move(handle.x + dx * scale, handle.y + dy * scale, { steps: 5 });
  await expect.poll(async () => (await demo.ink(channel)).x).toBeCloseTo(before.x + dx, 0);
  const after = await demo.ink(channel);
  expect(Math.abs(after.x - before.x - dx)).toBeLessThan(0.7);
  expect(Math.abs(after.y - before.y - dy)).toBeLessThan(0.7);
  const left = await demo.ink(1 - channel);
  expect(Math.hypot(left.x - other.x, left.y - other.y)).toBeLessThan(0.7);
  await demo.page.mouse.up();
  // Released, the LSTM goes on from there.
  const number = await demo.number();
  await demo.page.click("#pause");
  await demo.reach(number + 1);
  const { x, y } = await demo.ink(channel);
  expect(Math.hypot(x - after.x, y - after.y)).toBeLessThan(4);
  await demo.reach(number + 6);
});

test("a part that is thrown goes on in its direction", async () => {
  const demo = await browser.open();
  await demo.reach(2);
  const box = await demo.page.locator("#picture").boundingBox();
  const [handle, scale] = [await demo.handle(0), await demo.scale()];
  const middle = (box?.y ?? 0) + 32 * scale;
  await demo.page.mouse.move(handle.x, handle.y);
  await demo.page.mouse.down();
  const target = (t: number) => ((box?.x ?? 0) + (44 - 2.5 * t) * scale);
  await demo.page.mouse.move(target(0), middle, { steps: 4 });
  // A step of the mouse for each step of the model, whatever the speed of the machine.
  let number = await demo.number();
  for (let t = 0; t < 8; t++) {
    await demo.page.mouse.move(target(t), middle);
    await demo.reach(++number);
  }
  await demo.page.mouse.up();
  const released = await demo.handle(0);
  await demo.reach((await demo.number()) + 3);
  const later = await demo.handle(0);
  expect(later.x).toBeLessThan(released.x - scale);
  expect(Math.abs(later.y - released.y)).toBeLessThan(6 * scale);
});

test("a finger drags, too", async () => {
  const demo = await browser.open({ hasTouch: true, viewport: { width: 360, height: 740 } });
  await demo.reach(3);
  await demo.pause();
  await demo.page.waitForTimeout(200);
  const [handle, scale] = [await demo.handle(0), await demo.scale()];
  const channel = await channelOf(demo, 0);
  const before = await demo.ink(channel);
  const dx = before.x < 32 ? 6 : -6;
  const session = await demo.page.context().newCDPSession(demo.page);
  const touch = (type: "touchStart" | "touchMove" | "touchEnd", x?: number) =>
    session.send("Input.dispatchTouchEvent", {
      type,
      touchPoints: x === undefined ? [] : [{ x, y: handle.y }],
    });
  await touch("touchStart", handle.x);
  await touch("touchMove", handle.x + (dx * scale) / 2);
  await touch("touchMove", handle.x + dx * scale);
  await expect
    .poll(async () => Math.abs((await demo.ink(channel)).x - before.x - dx))
    .toBeLessThan(0.7);
  await touch("touchEnd");
});

test("arrow keys move the part that a number selects", async () => {
  const demo = await pausedAt(4);
  await demo.page.locator("h1").click();
  await demo.page.keyboard.press("2");
  expect(await demo.page.getByRole("radio", { name: "Part 2" }).isChecked()).toBe(true);
  const before = await demo.handle(1);
  await demo.page.keyboard.press("ArrowUp");
  await demo.page.keyboard.press("Shift+ArrowUp");
  const pixels = 5 * (await demo.scale());
  await expect
    .poll(async () => Math.abs(before.y - (await demo.handle(1)).y - pixels))
    .toBeLessThan(1);
});

test("a part follows a path that was drawn on the map, until it is let go", async () => {
  const demo = await pausedAt(2);
  const box = await demo.page.locator("#map").boundingBox();
  if (box === null) {
    throw new Error("there is no map");
  }
  const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
  await demo.page.mouse.move(...at(0.4, 0.5));
  await demo.page.mouse.down();
  for (let x = 0.42; x < 0.61; x += 0.02) {
    await demo.page.waitForTimeout(80);
    await demo.page.mouse.move(...at(x, 0.5));
  }
  await demo.page.mouse.up();
  expect(await demo.page.locator("#let-go").isEnabled()).toBe(true);
  await demo.page.click("#pause");
  const picture = await demo.page.locator("#picture").boundingBox();
  const side = picture?.width ?? 0;
  /** Returns how far the part is from the middle of the path, of the frame's side. */
  const distance = async () => {
    const { x, y } = await demo.handle(0);
    return {
      across: Math.abs((x - (picture?.x ?? 0)) / side - 0.5),
      down: Math.abs((y - (picture?.y ?? 0)) / side - 0.5),
    };
  };
  for (let i = 0; i < 5; i++) {
    await demo.page.waitForTimeout(150);
    const { across, down } = await distance();
    expect(across).toBeLessThan(0.11);
    expect(down).toBeLessThan(0.01);
  }
  await demo.page.click("#let-go");
  expect(await demo.page.locator("#let-go").isDisabled()).toBe(true);
  await expect.poll(async () => (await distance()).across, { timeout: 20_000 }).toBeGreaterThan(0.13);
});

test("a circle is a path, too", async () => {
  const demo = await browser.open();
  await demo.reach(2);
  await demo.page.getByRole("radio", { name: "Part 2" }).check();
  await demo.page.click("#circle");
  const picture = await demo.page.locator("#picture").boundingBox();
  const center = { x: (picture?.x ?? 0) + 1, y: (picture?.y ?? 0) };
  const radius = async () => {
    const { x, y } = await demo.handle(1);
    const half = (picture?.width ?? 0) / 2;
    return Math.hypot((x - center.x) / half - 1, (y - center.y) / half - 1);
  };
  await expect.poll(async () => Math.abs((await radius()) - 0.45)).toBeLessThan(0.03);
  await demo.page.waitForTimeout(700);
  expect(Math.abs((await radius()) - 0.45)).toBeLessThan(0.03);
});

test("a digit of one's own is drawn, set moving, observed and predicted", async () => {
  const demo = await browser.open();
  await demo.reach(1);
  await demo.page.click("#draw");
  const box = await demo.page.locator("#pad").boundingBox();
  if (box === null) {
    throw new Error("there is no pad");
  }
  const at = (x: number, y: number) => [box.x + x * box.width, box.y + y * box.height] as const;
  await demo.page.mouse.move(...at(0.25, 0.2));
  await demo.page.mouse.down();
  await demo.page.mouse.move(...at(0.4, 0.2), { steps: 4 });
  await demo.page.mouse.move(...at(0.3, 0.45), { steps: 4 });
  await demo.page.mouse.up();
  const knob = demo.page.locator(".knob").first();
  const tip = await knob.boundingBox();
  await demo.page.mouse.move((tip?.x ?? 0) + 10, (tip?.y ?? 0) + 10);
  await demo.page.mouse.down();
  await demo.page.mouse.move(...at(0.5, 0.6), { steps: 4 });
  await demo.page.mouse.up();
  await knob.press("ArrowRight");
  await demo.begins(() => demo.page.click("#pad-start"));
  expect(await demo.page.locator("#pad").isHidden()).toBe(true);
  expect((await demo.ink(0)).sum).toBeGreaterThan(1000);
  await demo.reach(3);
  expect((await demo.ink(0)).sum).toBeGreaterThan(1000);
  expect(await demo.page.getByRole("button", { name: "Watch clip 5" }).isVisible()).toBe(true);
});

test("a drawing is cleared, sampled by button, and cancelled", async () => {
  const demo = await browser.open();
  await demo.reach(1);
  await demo.page.click("#draw");
  await demo.page.click("#pad-clear");
  expect(await demo.page.locator("#pad-start").isDisabled()).toBe(true);
  await demo.page.click("#pad-sample");
  expect(await demo.page.locator("#pad-start").isEnabled()).toBe(true);
  await demo.page.click("#pad-cancel");
  await demo.reach(3);
});

test("another variant of the model, of those in the bundle", async () => {
  const demo = await browser.open();
  await demo.reach(1);
  const options = await demo.page.locator("#variant option").allTextContents();
  expect(options[0]).toMatch(/^float32, [\d.]+ MB$/);
  await demo.begins(() => demo.page.selectOption("#variant", { index: options.length - 1 }));
  await demo.reach(2);
});

test("a variant that is chosen while the clips are still read", async () => {
  let isAllowed: (() => void) | undefined;
  const allowed = new Promise<void>((resolve) => (isAllowed = resolve));
  const demo = await browser.open({}, (page) =>
    page.route("**/examples/**", async (route) => {
      await allowed;
      await route.continue();
    }),
  );
  await expect.poll(() => demo.page.locator("#variant option").count()).toBeGreaterThan(1);
  await demo.page.selectOption("#variant", "float16");
  isAllowed?.();
  await demo.reach(2);
  expect(await demo.page.inputValue("#variant")).toBe("float16");
});

test.runIf(HAS_KTH)("people: another bundle, with video and camera in place of a pad", async () => {
  const demo = await browser.open({ permissions: ["camera"] });
  await demo.reach(1);
  await demo.page.selectOption("#bundle", "kth");
  await demo.page.waitForFunction(() => document.querySelectorAll(".handle").length === 1);
  await demo.reach(2);
  expect(await demo.page.locator("#draw").isHidden()).toBe(true);
  await demo.begins(() => demo.page.click("#camera"));
  await demo.reach(2);
  expect(await demo.page.textContent("#message")).toBe("");
  // A film of the map, as a video file.
  const video = await demo.page.evaluate(async () => {
    const canvas = document.getElementById("picture") as HTMLCanvasElement;
    const recorder = new MediaRecorder(canvas.captureStream(25), { mimeType: "video/webm" });
    const blob = new Promise<Blob>((resolve) => {
      recorder.ondataavailable = ({ data }) => resolve(data);
    });
    recorder.start();
    await new Promise((resolve) => setTimeout(resolve, 2000));
    recorder.stop();
    return Array.from(new Uint8Array(await (await blob).arrayBuffer()));
  });
  const buffer = Buffer.from(video);
  const file = { name: "a.webm", mimeType: "video/webm", buffer };
  await demo.begins(() => demo.page.setInputFiles("#video-input", file));
  await demo.reach(2);
  expect(await demo.page.textContent("#message")).toBe("");
  await demo.page.setInputFiles("#video-input", {
    name: "b.webm",
    mimeType: "video/webm",
    buffer: Buffer.from("not a video"),
  });
  await expect
    .poll(() => demo.page.textContent("#message"))
    .toBe("The video cannot be read; choose another.");
  await demo.reach(2);
});

test("a visitor who wants less motion is shown a pause", async () => {
  const demo = await browser.open({ reducedMotion: "reduce" });
  await expect.poll(() => demo.page.textContent("#phase")).toBe("Observed frame 1 of 5");
  expect(await demo.page.textContent("#pause")).toBe("Play");
  await demo.page.click("#pause");
  await demo.reach(2);
});
