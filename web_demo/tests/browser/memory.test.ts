/** A thousand frames do not need more memory than a few. */

import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { useBrowser } from "../support/demo_page";

const GROWTH = 16e6; // Bytes; the frames alone would be 49 MB, with the states 63 MB.
const browser = useBrowser("--js-flags=--expose-gc");

test.runIf(process.platform === "linux")("1,000 frames without growth of memory", async () => {
  const demo = await browser.open();
  await demo.page.selectOption("#speed", "Infinity");
  await demo.reach(300);
  const session = await demo.page.context().browser()?.newBrowserCDPSession();
  const memory = async () => {
    await demo.page.evaluate(() => (globalThis as unknown as { gc(): void }).gc());
    await demo.page.workers()[0].evaluate(() => (globalThis as unknown as { gc(): void }).gc());
    const { processInfo } = (await session?.send("SystemInfo.getProcessInfo")) ?? {
      processInfo: [],
    };
    const pages = processInfo.filter(({ type }) => type === "renderer");
    const sizes = pages.map(({ id }) => {
      const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${id}/status`, "utf8"));
      return 1024 * Number(resident?.[1]);
    });
    return Math.max(...sizes);
  };
  const before = await memory();
  await demo.reach(1300);
  expect((await memory()) - before).toBeLessThan(GROWTH);
});
