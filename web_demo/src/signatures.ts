/**
 * Inputs and outputs of a model, read from its bundle's `signatures.json`.
 *
 * Nothing else in the page knows a size or a tensor's name. `export/signatures.py` of the
 * project describes the formats.
 */

import { DemoError } from "./demo_error";

export const SIGNATURES_FILE = "signatures.json";

const FORMAT_VERSION = 4;
const GREATEST = 1 << 12; // Of a size: a damaged file must not allocate all memory.

/** Where a part's position is in a pose: indices of its row and its column. */
export type PositionIndices = readonly [row: number, column: number];

/** What the page needs to know of a model; plain data, so that a worker can be sent it. */
export interface ModelSignatures {
  readonly name: string;
  readonly dataset: string;
  /** Side of a frame, pixels. */
  readonly imageSize: number;
  /** 1 (gray) or 3 (red, green, blue). */
  readonly numChannels: number;
  /** Number of observed frames that `primeFunction` takes. */
  readonly numPast: number;
  /** Frames a second of the video that the model was trained on. */
  readonly frameRate: number;
  /** Whether other shapes are cropped to a square; otherwise they are squashed. */
  readonly cropsToSquare: boolean;
  /** Names of the tensors that `primeFunction` returns and `step` takes unchanged. */
  readonly content: readonly string[];
  /** Names of those that `primeFunction` returns, and `step` takes and returns updated. */
  readonly state: readonly string[];
  /** A position for each part of a frame, or `null` where poses have no positions. */
  readonly positions: readonly PositionIndices[] | null;
  /** Function that observes frames: `prime`, `seed` before format 3. */
  readonly primeFunction: string;
  /** Shapes of the tensors of content and state, for one clip. */
  readonly shapes: Readonly<Record<string, readonly number[]>>;
}

/** Returns the number of values of a frame. */
export function frameSize(signatures: ModelSignatures): number {
  return signatures.imageSize ** 2 * signatures.numChannels;
}

/** Returns the number of values of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/**
 * Reads the text of `signatures.json`, in this or an earlier format.
 *
 * @throws DemoError the text is damaged, of a later format, or contradicts itself
 */
export function parseSignatures(text: string): ModelSignatures {
  try {
    return read(record(JSON.parse(text), "the file"));
  } catch (error) {
    if (error instanceof DemoError) {
      throw error;
    }
    throw new DemoError(
      `${SIGNATURES_FILE} cannot be read (${(error as Error).message}); export the bundle again.`,
      { cause: error },
    );
  }
}

function read(json: Json): ModelSignatures {
  const version = json["format_version"];
  if (!isCount(version) || version > FORMAT_VERSION) {
    throw new DemoError(
      `${SIGNATURES_FILE} has format ${String(version)}; this page reads 1 to ${FORMAT_VERSION}: ` +
        "build the page from the version of keras_drnet that wrote the bundle.",
    );
  }
  const primeFunction = version < 3 ? "seed" : "prime";
  const functions = record(json["functions"], "functions");
  const prime = record(functions[primeFunction], primeFunction);
  const step = record(functions["step"], "step");
  const content = names(json["content"], "content");
  const state = names(json["state"], "state");
  const shapes: Record<string, number[]> = {};
  for (const name of [...content, ...state]) {
    shapes[name] = shapeOf(prime, "outputs", name);
    requireShape(step, "inputs", name, shapes[name]);
  }
  for (const name of state) {
    requireShape(step, "outputs", name, shapes[name]);
  }
  const imageSize = count(json, "image_size");
  const numChannels = count(json, "num_channels");
  const numPast = count(json, "num_past");
  if (numChannels !== 1 && numChannels !== 3) {
    throw new DemoError(`${SIGNATURES_FILE} asks for ${numChannels} channels, not 1 or 3.`);
  }
  const frame = [imageSize, imageSize, numChannels];
  requireShape(prime, "inputs", "past", [1, numPast, ...frame]);
  requireShape(step, "outputs", "frame", [1, ...frame]);
  if (!state.includes("pose")) {
    throw new TypeError("the state has no pose");
  }
  return {
    name: text(json, "name"),
    dataset: text(json, "dataset"),
    imageSize,
    numChannels,
    numPast,
    frameRate: count(json, "frame_rate"),
    cropsToSquare: (version > 1 || "resize" in json ? text(json, "resize") : "squash") === "crop",
    content,
    state,
    positions: version < 4 ? null : positions(json["positions"], sizeOf(shapes["pose"])),
    primeFunction,
    shapes,
  };
}

type Json = Record<string, unknown>;

function record(value: unknown, key: string): Json {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`${key} is no object`);
  }
  return value as Json;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= GREATEST;
}

function count(json: Json, key: string): number {
  const value = json[key];
  if (!isCount(value)) {
    throw new TypeError(`${key} is ${JSON.stringify(value)}`);
  }
  return value;
}

function text(json: Json, key: string): string {
  const value = json[key];
  if (typeof value !== "string") {
    throw new TypeError(`${key} is ${JSON.stringify(value)}`);
  }
  return value;
}

function names(value: unknown, key: string): string[] {
  if (!Array.isArray(value) || !value.every((name) => typeof name === "string")) {
    throw new TypeError(`${key} is no list of names`);
  }
  return value;
}

function positions(value: unknown, poseSize: number): PositionIndices[] | null {
  if (value === null) {
    return null;
  }
  const isIndex = (index: unknown) => index === 0 || (isCount(index) && index < poseSize);
  const isPosition = (pair: unknown) =>
    Array.isArray(pair) && pair.length === 2 && pair.every(isIndex);
  if (!Array.isArray(value) || value.length === 0 || !value.every(isPosition)) {
    throw new TypeError(`positions are ${JSON.stringify(value)}`);
  }
  return value as PositionIndices[];
}

/** Returns the shape of a float32 tensor; a batch of any size counts as 1. */
function shapeOf(signature: Json, side: string, name: string): number[] {
  const tensor = record(record(signature[side], side)[name], name);
  if (tensor["dtype"] !== "float32") {
    throw new TypeError(`${name} is ${JSON.stringify(tensor["dtype"])}, not float32`);
  }
  const shape: unknown = tensor["shape"];
  if (!Array.isArray(shape)) {
    throw new TypeError(`${name} has no shape`);
  }
  const sizes = shape.map((size: unknown) => size ?? 1);
  if (!sizes.every(isCount) || sizeOf(sizes) > GREATEST ** 2) {
    throw new TypeError(`${name} has shape ${JSON.stringify(shape)}`);
  }
  return sizes;
}

function requireShape(signature: Json, side: string, name: string, expected: number[]): void {
  const shape = shapeOf(signature, side, name);
  if (shape.join() !== expected.join()) {
    throw new DemoError(
      `${SIGNATURES_FILE} contradicts itself: ${name} has shape [${shape.join()}], not [${expected.join()}]; ` +
        "export the bundle again.",
    );
  }
}
