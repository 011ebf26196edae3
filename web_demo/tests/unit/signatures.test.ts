import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, test } from "vitest";

import { DemoError } from "../../src/demo_error";
import { frameSize, parseSignatures } from "../../src/signatures";
import { exampleValues } from "../support/example_signatures";

const OLD_BUNDLE = join(import.meta.dirname, "../../../tests/support/data/bundle");

function parse(values: unknown) {
  return parseSignatures(JSON.stringify(values));
}

test("all that the page needs is read", () => {
  const signatures = parse(exampleValues());
  expect(signatures).toMatchObject({
    name: "small",
    imageSize: 8,
    numChannels: 3,
    numPast: 3,
    frameRate: 10,
    cropsToSquare: false,
    primeFunction: "prime",
    positions: [
      [0, 1],
      [2, 3],
    ],
    shapes: { pose: [1, 4], hidden1: [1, 6], content_map1: [1, 2, 5] },
  });
  expect(frameSize(signatures)).toBe(192);
});

describe("earlier formats", () => {
  test("3 has no positions", () => {
    const { positions, ...values } = exampleValues();
    expect(positions).toBeDefined();
    expect(parse({ ...values, format_version: 3 }).positions).toBeNull();
    expect(() => parse(values)).toThrow(DemoError);
  });

  test("2 calls the function seed", () => {
    const old = readFileSync(join(OLD_BUNDLE, "signatures.json"), "utf8");
    const signatures = parseSignatures(old);
    expect(signatures.primeFunction).toBe("seed");
    expect(signatures.imageSize).toBe(32);
    expect(signatures.positions).toBeNull();
  });

  test("1 has no resize", () => {
    const values = JSON.parse(
      readFileSync(join(OLD_BUNDLE, "signatures.json"), "utf8"),
    ) as Record<string, unknown>;
    const { resize, ...rest } = values;
    expect(resize).toBeDefined();
    expect(parse({ ...rest, format_version: 1 }).cropsToSquare).toBe(false);
    expect(parse({ ...values, format_version: 1, resize: "crop" }).cropsToSquare).toBe(true);
    expect(() => parse({ ...rest, format_version: 2 })).toThrow(/cannot be read/);
  });
});

test.each([0, 5, "4", null])("format %j is refused", (version) => {
  expect(() => parse({ ...exampleValues(), format_version: version })).toThrow(/has format/);
});

test.each([
  ["image_size", 0],
  ["image_size", 1e9],
  ["num_past", "3"],
  ["frame_rate", 2.5],
  ["num_channels", 2],
  ["name", null],
  ["state", [1]],
  ["state", ["hidden1"]],
  ["content", "content_map1"],
  ["functions", []],
  ["positions", []],
  ["positions", [[0]]],
  ["positions", [[0, 4]]],
  ["positions", [[0, -1]]],
  ["positions", "all"],
])("%s = %j is refused", (key, value) => {
  expect(() => parse({ ...exampleValues(), [key]: value })).toThrow(DemoError);
});

test("functions that do not fit each other are refused", () => {
  const values = exampleValues();
  values.functions["step"].inputs["pose"] = { shape: [null, 5], dtype: "float32" };
  expect(() => parse(values)).toThrow("pose has shape [1,5], not [1,4]");
});

test("tensors that are not float32 are refused", () => {
  const values = exampleValues();
  values.functions["prime"].inputs["past"].dtype = "int8";
  expect(() => parse(values)).toThrow(/past is "int8", not float32/);
});

test.each(["", "[]", "null", "{", '{"format_version": 4}'])("%j is refused", (text) => {
  expect(() => parseSignatures(text)).toThrow(DemoError);
});
