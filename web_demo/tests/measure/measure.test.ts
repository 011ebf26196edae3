/** Measures the page in Chromium and writes `docs/results/web.json`: `npm run measure`. */

import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";

import { test } from "vitest";

import { ROOT, useBrowser, type DemoPage } from "../support/demo_page";

const OUTPUT = join(ROOT, "..", "docs", "results", "web.json");
const NUM_STARTS = 5;
const NUM_FRAMES = 600;
const MODELS = [
  ["moving_mnist", "float32"],
  ["moving_mnist", "float16"],
  ["kth", "float16"],
].filter(([bundle]) => existsSync(join(ROOT, "bundles", bundle)));
const browser = useBrowser();

test("size, start and speed", { timeout: 600_000 }, async () => {
  const starts: number[][] = [];
  for (let i = 0; i < NUM_STARTS; i++) {
    starts.push(await startTimes());
  }
  const demo = await browser.open();
  await demo.reach(1);
  const models: Record<string, object> = {};
  for (const [bundle, variant] of MODELS) {
    models[`${bundle} ${variant}`] = await measure(demo, bundle, variant);
  }
  const results = {
    browser: `Chromium ${demo.page.context().browser()?.version() ?? ""}`,
    cpu: cpus()[0].model,
    cores: cpus().length,
    page_mb: pageSize(/^bundles\/(?!moving_mnist|index)/),
    wasm_mb: pageSize(/(?<!\.wasm)$/),
    first_frame_seconds: median(starts.map(([first]) => first)),
    first_predicted_seconds: median(starts.map(([, predicted]) => predicted)),
    models,
  };
  writeFileSync(OUTPUT, JSON.stringify(results, null, 2) + "\n");
});

/** Returns the seconds from the address to the first observed and the first predicted frame. */
async function startTimes(): Promise<number[]> {
  const demo = await browser.open({}, (page) =>
    page.addInitScript(() => {
      const times: number[] = [];
      Object.assign(globalThis, { times });
      let last = "waiting";
      const look = () => {
        const kind = document.getElementById("frame")?.dataset["kind"] ?? last;
        if (kind !== last) {
          times.push(performance.now() / 1000);
          last = kind;
        }
        requestAnimationFrame(look);
      };
      look();
    }),
  );
  const read = () => (globalThis as unknown as { times: number[] }).times;
  let times: number[] = [];
  while (times.length < 2) {
    await demo.page.waitForTimeout(200);
    times = await demo.page.evaluate(read);
  }
  await demo.page.close();
  return times;
}

/** Returns the size of a model, and its speed with a step for each picture of the screen. */
async function measure(demo: DemoPage, bundle: string, variant: string): Promise<object> {
  const { page } = demo;
  await page.selectOption("#speed", "1");
  if ((await page.inputValue("#bundle")) !== bundle) {
    await page.selectOption("#bundle", bundle);
    await page.waitForFunction(
      (bundle) => document.getElementById("about")?.textContent.startsWith(`${bundle}:`),
      bundle,
    );
  }
  await page.selectOption("#variant", variant);
  await demo.begins(() => page.click("#restart"));
  await demo.reach(1);
  await page.selectOption("#speed", "Infinity");
  await demo.reach(60);
  const steps: number[] = [];
  const [first, start] = [await demo.number(), performance.now()];
  let number = first;
  while (number < first + NUM_FRAMES) {
    await page.waitForTimeout(500);
    number = await demo.number();
    steps.push(parseFloat((await page.textContent("#milliseconds")) ?? ""));
  }
  const seconds = (performance.now() - start) / 1000;
  const file = variant === "float32" ? "drnet.tflite" : `drnet_${variant}.tflite`;
  return {
    model_mb: statSync(join(ROOT, "bundles", bundle, file)).size / 1e6,
    step_ms: median(steps),
    frames_a_second: (number - first) / seconds,
  };
}

function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}

/** Returns the size of the page's files, MB, but for some. */
function pageSize(without: RegExp): number {
  const dist = join(ROOT, "dist");
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" });
  const stats = files.filter((file) => !without.test(file)).map((file) => statSync(join(dist, file)));
  return stats.reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0) / 1e6;
}
