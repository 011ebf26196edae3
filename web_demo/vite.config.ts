import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const BUNDLES = join(import.meta.dirname, "bundles");
const READ_BY_THE_PAGE = /^(signatures\.json|manifest\.json|drnet\w*\.tflite|examples\/.*\.png)$/;

/** Puts the bundles of `bundles/` into the page, and a list of their names. */
function bundles(): Plugin {
  return {
    name: "bundles",
    apply: "build",
    generateBundle() {
      const names = existsSync(BUNDLES) ? readdirSync(BUNDLES).filter(isBundle) : [];
      if (names.length === 0) {
        throw new Error(`${BUNDLES} has no bundle; run make web in the root of the repository.`);
      }
      // The digits first: there is most to play with.
      names.sort((a, b) => Number(b === "moving_mnist") - Number(a === "moving_mnist"));
      for (const name of names) {
        for (const file of readdirSync(join(BUNDLES, name), { recursive: true, encoding: "utf8" })) {
          if (READ_BY_THE_PAGE.test(file)) {
            const source = readFileSync(join(BUNDLES, name, file));
            this.emitFile({ type: "asset", fileName: `bundles/${name}/${file}`, source });
          }
        }
      }
      const source = JSON.stringify({ bundles: names });
      this.emitFile({ type: "asset", fileName: "bundles/index.json", source });
    },
  };
}

function isBundle(name: string): boolean {
  return existsSync(join(BUNDLES, name, "manifest.json"));
}

export default defineConfig({
  base: "./", // Any folder of any host.
  plugins: [bundles()],
  build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 1000 },
  // LiteRT.js loads its WebAssembly by `importScripts`, which modules lack.
  worker: { format: "iife" },
  preview: { host: "127.0.0.1" },
  test: {
    projects: [
      { test: { name: "unit", include: ["tests/unit/*.test.ts"] } },
      {
        test: {
          name: "browser",
          include: ["tests/browser/*.test.ts"],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 60_000,
        },
      },
      { test: { name: "measure", include: ["tests/measure/*.test.ts"], hookTimeout: 60_000 } },
    ],
  },
});
