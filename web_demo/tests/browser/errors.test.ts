/** What goes wrong is said on the page, in a sentence. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "playwright-core";
import { expect, test } from "vitest";

import { BUNDLE, useBrowser, type DemoPage } from "../support/demo_page";

const browser = useBrowser();

async function expectMessage(demo: DemoPage, message: RegExp): Promise<void> {
  await expect.poll(() => demo.page.textContent("#message"), { timeout: 30_000 }).toMatch(message);
  expect(await demo.page.locator("#message").getAttribute("role")).toBe("alert");
  expect(await demo.page.locator("h1").isVisible()).toBe(true);
}

interface Manifest {
  files: Record<string, { bytes: number; sha256: string }>;
}

/** Serves another file in the bundle, and a manifest that fits it. */
async function replace(page: Page, file: string, body: Buffer, fits = true): Promise<void> {
  await page.route(`**/moving_mnist/${file}`, (route) => route.fulfill({ body }));
  if (fits) {
    const text = readFileSync(join(BUNDLE, "manifest.json"), "utf8");
    const manifest = JSON.parse(text) as Manifest;
    const sha256 = createHash("sha256").update(body).digest("hex");
    manifest.files[file] = { bytes: body.length, sha256 };
    const changed = JSON.stringify(manifest);
    await page.route("**/moving_mnist/manifest.json", (route) => route.fulfill({ body: changed }));
  }
}

test("a damaged model", async () => {
  const model = readFileSync(join(BUNDLE, "drnet.tflite"));
  model[1000] ^= 1;
  const demo = await browser.open({}, (page) => replace(page, "drnet.tflite", model, false));
  await expectMessage(demo, /^drnet\.tflite is damaged; copy or export the bundle again\.$/);
  // The other variant is whole.
  await demo.page.selectOption("#variant", "float16");
  await demo.reach(2);
  expect(await demo.page.textContent("#message")).toBe("");
});

test("a file that is no model", async () => {
  const noise = Buffer.alloc(5000, 7);
  const demo = await browser.open({}, (page) => replace(page, "drnet.tflite", noise));
  await expectMessage(demo, /^LiteRT\.js cannot load the model/);
  demo.takeErrors();
});

test("a model whose call fails, which LiteRT.js answers with zeros", async () => {
  const model = readFileSync(join(BUNDLE, "drnet.tflite"));
  // The shape of a RESHAPE of `step`, which the values then do not fill.
  const shape = model.indexOf(Buffer.from(Int32Array.of(-1, 2, 2).buffer));
  expect(shape).toBeGreaterThan(0);
  model.writeInt32LE(3, shape + 8);
  const demo = await browser.open({}, (page) => replace(page, "drnet.tflite", model));
  await expectMessage(demo, /^The model failed in (prime|step) \(ERROR/);
  expect(demo.takeErrors().join()).toContain("ERROR");
});

test.each([
  ["other sizes", { image_size: 128 }, /contradicts itself: past has shape/],
  ["a later format", { format_version: 99 }, /has format 99; this page reads 1 to 4/],
])("a bundle of %s", async (_, change, message) => {
  const text = readFileSync(join(BUNDLE, "signatures.json"), "utf8");
  const changed = { ...(JSON.parse(text) as object), ...change };
  const body = Buffer.from(JSON.stringify(changed));
  const demo = await browser.open({}, (page) => replace(page, "signatures.json", body));
  await expectMessage(demo, message);
});

test("signatures of another model", async () => {
  const text = readFileSync(join(BUNDLE, "signatures.json"), "utf8");
  const body = Buffer.from(text.replaceAll("content_map1", "content_map9"));
  const demo = await browser.open({}, (page) => replace(page, "signatures.json", body));
  await expectMessage(demo, /^The function \w+ of the model does not fit its signatures/);
});

test.each([
  ["**/bundles/index.json", /^index\.json cannot be fetched \(HTTP status 404\)/],
  ["**/moving_mnist/signatures.json", /^signatures\.json cannot be fetched/],
  ["**/examples/1/000.png", /^000\.png cannot be fetched/],
])("a file that is missing: %s", async (pattern, message) => {
  const demo = await browser.open({}, (page) =>
    page.route(pattern, (route) => route.fulfill({ status: 404 })),
  );
  await expectMessage(demo, message);
  expect(demo.takeErrors().join()).toContain("404");
});

test("a server that is gone", async () => {
  const demo = await browser.open({}, (page) =>
    page.route("**/drnet.tflite", (route) => route.abort()),
  );
  await expectMessage(demo, /^drnet\.tflite cannot be fetched: is the server still there\?/);
  demo.takeErrors();
});

test("WebAssembly that cannot be had", async () => {
  const demo = await browser.open({}, (page) =>
    page.route("**/*.wasm", (route) => route.fulfill({ status: 404 })),
  );
  await expectMessage(demo, /could not start LiteRT\.js/);
  demo.takeErrors();
});

test("a browser without SIMD", async () => {
  const demo = await browser.open({}, (page) =>
    page.addInitScript(() => {
      WebAssembly.validate = () => false;
    }),
  );
  await expectMessage(demo, /no WebAssembly with SIMD/);
});

test("a camera that is refused, and one that is not there", async () => {
  const demo = await browser.open();
  await demo.reach(1);
  // Offered for bundles of video alone; the sentence is the same.
  const refuse = (name: string) =>
    demo.page.evaluate((name) => {
      const error = new DOMException("no", name);
      navigator.mediaDevices.getUserMedia = () => Promise.reject(error);
      document.getElementById("camera")?.click();
    }, name);
  await refuse("NotAllowedError");
  await expectMessage(demo, /^The camera was refused\. Allow it/);
  await refuse("NotFoundError");
  await expectMessage(demo, /^No camera was found/);
  await demo.reach(1); // The clip goes on.
});
