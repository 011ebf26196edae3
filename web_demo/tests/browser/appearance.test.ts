/** The page at three widths, light and dark: accessible, and to be looked at. */

import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import type { AxeResults } from "axe-core";
import { expect, test } from "vitest";

import { ROOT, useBrowser, type DemoPage } from "../support/demo_page";

const PICTURES = join(ROOT, "screenshots");
const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const browser = useBrowser();

mkdirSync(PICTURES, { recursive: true });

async function expectAccessible(demo: DemoPage): Promise<void> {
  const found = await demo.page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(): Promise<AxeResults> } };
    return (await axe.run()).violations;
  });
  const serious = found.filter(({ impact }) => impact === "serious" || impact === "critical");
  expect(serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
}

const LOOKS = [360, 800, 1600].flatMap((width) =>
  (["light", "dark"] as const).map((colorScheme) => ({ width, colorScheme })),
);

test.each(LOOKS)("$width pixels wide, $colorScheme", async ({ width, colorScheme }) => {
  // What axe adds to the page is not the page's own, so the page's policy would refuse it.
  const demo = await browser.open({
    bypassCSP: true,
    colorScheme,
    viewport: { width, height: 900 },
  });
  await demo.reach(8);
  await demo.pause();
  await demo.page.waitForTimeout(500);
  const overflow = await demo.page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow).toBe(0);
  const picture = { fullPage: true, path: join(PICTURES, `${colorScheme}_${width}.png`) };
  await demo.page.screenshot(picture);
  await demo.page.addScriptTag({ path: AXE });
  await expectAccessible(demo);
  await demo.page.click("summary");
  await demo.page.click("#draw");
  await expectAccessible(demo);
  await demo.page.screenshot({
    ...picture,
    path: join(PICTURES, `${colorScheme}_${width}_drawing.png`),
  });
});

test("the picture of the documentation", async () => {
  const demo = await browser.open({
    colorScheme: "dark",
    viewport: { width: 1180, height: 880 },
  });
  await demo.begins(() => demo.page.getByRole("button", { name: "Watch clip 4" }).click());
  await demo.reach(6);
  await demo.page.getByRole("radio", { name: "Part 2" }).check();
  await demo.page.click("#circle");
  await demo.reach(30);
  await demo.pause();
  await demo.page.evaluate(() => scrollTo(0, 0));
  await demo.page.screenshot({ path: join(PICTURES, "browser.png") });
});

test("the keyboard reaches every control, and its focus is seen", async () => {
  const demo = await browser.open();
  await demo.reach(2);
  await demo.pause();
  const reached = new Set<string>();
  for (let i = 0; i < 40; i++) {
    await demo.page.keyboard.press("Tab");
    const focus = await demo.page.evaluate(() => {
      const active = document.activeElement ?? document.body;
      const { outlineStyle, outlineWidth } = getComputedStyle(active);
      const names = [active.id, active.getAttribute("aria-label"), active.tagName];
      const name = names.find(Boolean) ?? "";
      return { name, isSeen: outlineStyle !== "none" && outlineWidth !== "0px" };
    });
    reached.add(focus.name);
    expect(focus.name === "BODY" || focus.isSeen, focus.name).toBe(true);
  }
  for (const name of ["restart", "speed", "smooth", "draw", "circle", "bundle", "variant"]) {
    expect(reached).toContain(name);
  }
  expect([...reached].filter((name) => /^(Part|Watch clip|Content of)/.test(name))).toHaveLength(10);
});
