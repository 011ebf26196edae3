import { createHash } from "node:crypto";

import { afterEach, expect, test, vi } from "vitest";

import { listBundles, ModelBundle } from "../../src/bundle";
import { exampleValues } from "../support/example_signatures";

function manifest(files: Record<string, string>): string {
  const entries = Object.entries(files).map(([name, text]) => {
    const sha256 = createHash("sha256").update(text).digest("hex");
    return [name, { bytes: text.length, sha256 }];
  });
  return JSON.stringify({ files: Object.fromEntries(entries) as unknown });
}

/** Serves the files of a bundle to `fetch`. */
function serve(files: Record<string, string>): void {
  vi.stubGlobal("fetch", (url: string) => {
    const text = files[url.replace("b/", "")] as string | undefined;
    return Promise.resolve(new Response(text, { status: text === undefined ? 404 : 200 }));
  });
}

const FILES = {
  "signatures.json": JSON.stringify(exampleValues()),
  "drnet_float16.tflite": "half",
  "drnet.tflite": "model",
  "examples/2/000.png": "c",
  "examples/1/001.png": "b",
  "examples/1/000.png": "a",
  "golden.npz": "not read",
};

afterEach(() => {
  vi.unstubAllGlobals();
});

test("variants and examples are those of the manifest", async () => {
  serve({ ...FILES, "manifest.json": manifest(FILES) });
  const bundle = await ModelBundle.open("b");
  expect(bundle.variants()).toEqual([
    { name: "float32", file: "drnet.tflite", bytes: 5 },
    { name: "float16", file: "drnet_float16.tflite", bytes: 4 },
  ]);
  expect(bundle.examples()).toEqual([
    ["examples/1/000.png", "examples/1/001.png"],
    ["examples/2/000.png"],
  ]);
  expect(new TextDecoder().decode(await bundle.read("drnet.tflite"))).toBe("model");
});

test.each(["mode", "modem"])("a damaged model is refused: %s", async (damaged) => {
  serve({ ...FILES, "manifest.json": manifest(FILES), "drnet.tflite": damaged });
  const bundle = await ModelBundle.open("b");
  await expect(bundle.read("drnet.tflite")).rejects.toThrow("drnet.tflite is damaged");
});

test("files that are missing, or not listed, are named", async () => {
  serve({ "manifest.json": manifest(FILES) });
  await expect(ModelBundle.open("b")).rejects.toThrow("signatures.json cannot be fetched");
  serve({ ...FILES, "manifest.json": manifest({ "drnet.tflite": "model" }) });
  await expect(ModelBundle.open("b")).rejects.toThrow("does not list signatures.json");
  const { "signatures.json": signatures } = FILES;
  serve({ ...FILES, "manifest.json": manifest({ "signatures.json": signatures }) });
  await expect(ModelBundle.open("b")).rejects.toThrow("has no .tflite file");
});

test.each(["", "{}", '{"files": {"a": 1}}'])("the manifest %j is refused", async (text) => {
  serve({ ...FILES, "manifest.json": text });
  await expect(ModelBundle.open("b")).rejects.toThrow("manifest.json");
});

test("the list of bundles has names alone", async () => {
  serve({ "index.json": '{"bundles": ["one", "two.2"]}' });
  expect(await listBundles("b")).toEqual(["one", "two.2"]);
  for (const list of ["{}", '{"bundles": []}', '{"bundles": ["../x"]}']) {
    serve({ "index.json": list });
    await expect(listBundles("b")).rejects.toThrow("lists no bundles");
  }
});
