/** A folder written by `export.main`: variants of a model, and example clips. */

import { DemoError } from "./demo_error";
import { parseSignatures, SIGNATURES_FILE, type ModelSignatures } from "./signatures";

const LIST_FILE = "index.json";
const MANIFEST_FILE = "manifest.json";
const EXAMPLE = /^(examples\/[^/]+)\/[^/]+\.png$/;
const MODEL = /^drnet(?:_([a-z0-9_]+))?\.tflite$/;
const PLAIN_VARIANT = "float32";

/** Size and checksum of a file, as the manifest has them. */
interface FileEntry {
  readonly bytes: number;
  readonly sha256: string;
}

/** A variant of the model: its name, file and size. */
export interface Variant {
  readonly name: string;
  readonly file: string;
  readonly bytes: number;
}

/** Returns the names of the bundles that a folder lists. */
export async function listBundles(folder: string): Promise<string[]> {
  const text = new TextDecoder().decode(await download(`${folder}/${LIST_FILE}`));
  const list = parse(text, LIST_FILE)["bundles"];
  const isName = (name: unknown) => typeof name === "string" && /^[\w.-]+$/.test(name);
  if (!Array.isArray(list) || list.length === 0 || !list.every(isName)) {
    throw new DemoError(`${LIST_FILE} lists no bundles; build the page again.`);
  }
  return list as string[];
}

/** A bundle whose lists of files are read; no model is loaded yet. */
export class ModelBundle {
  private constructor(
    private readonly folder: string,
    readonly signatures: ModelSignatures,
    private readonly files: ReadonlyMap<string, FileEntry>,
  ) {}

  /**
   * Reads the lists of a bundle's files.
   *
   * @throws DemoError files are missing or damaged
   */
  static async open(folder: string): Promise<ModelBundle> {
    const decoder = new TextDecoder();
    const [manifest, signatures] = await Promise.all(
      [MANIFEST_FILE, SIGNATURES_FILE].map((file) => download(`${folder}/${file}`)),
    );
    const files = readManifest(decoder.decode(manifest));
    await check(SIGNATURES_FILE, signatures, files.get(SIGNATURES_FILE));
    const bundle = new ModelBundle(folder, parseSignatures(decoder.decode(signatures)), files);
    if (bundle.variants().length === 0) {
      throw new DemoError("The bundle has no .tflite file; export it with --formats=tflite.");
    }
    return bundle;
  }

  /** Returns the variants, float32 first if there is one. */
  variants(): Variant[] {
    const variants: Variant[] = [];
    for (const [file, { bytes }] of this.files) {
      const match = MODEL.exec(file);
      if (match) {
        const [, name = PLAIN_VARIANT] = match;
        variants.push({ name, file, bytes });
      }
    }
    const isPlain = ({ name }: Variant) => Number(name === PLAIN_VARIANT);
    return variants.sort((a, b) => isPlain(b) - isPlain(a) || a.name.localeCompare(b.name));
  }

  /** Returns the files of each example clip, oldest frame first. */
  examples(): string[][] {
    const clips = new Map<string, string[]>();
    for (const file of [...this.files.keys()].sort()) {
      const folder = EXAMPLE.exec(file)?.[1];
      if (folder !== undefined) {
        clips.set(folder, [...(clips.get(folder) ?? []), file]);
      }
    }
    return [...clips.values()];
  }

  /** Fetches a file and checks it: a runtime does not notice a damaged weight. */
  async read(file: string): Promise<ArrayBuffer> {
    const bytes = await download(`${this.folder}/${file}`);
    await check(file, bytes, this.files.get(file));
    return bytes;
  }
}

function readManifest(text: string): Map<string, FileEntry> {
  const files = parse(text, MANIFEST_FILE)["files"];
  const isEntry = (entry: unknown): entry is FileEntry =>
    typeof entry === "object" &&
    entry !== null &&
    typeof (entry as FileEntry).bytes === "number" &&
    typeof (entry as FileEntry).sha256 === "string";
  const entries = Object.entries((files ?? {}) as Record<string, unknown>);
  if (entries.length === 0 || !entries.every(([, entry]) => isEntry(entry))) {
    throw new DemoError(`${MANIFEST_FILE} lists no files; export the bundle again.`);
  }
  return new Map(entries as [string, FileEntry][]);
}

function parse(text: string, file: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch (error) {
    throw new DemoError(`${file} is damaged; export the bundle again.`, { cause: error });
  }
}

async function download(url: string): Promise<ArrayBuffer> {
  const file = url.slice(url.lastIndexOf("/") + 1);
  let response: Response;
  try {
    response = await fetch(url);
  } catch (error) {
    throw new DemoError(`${file} cannot be fetched: is the server still there?`, { cause: error });
  }
  if (!response.ok) {
    throw new DemoError(`${file} cannot be fetched (HTTP status ${response.status}).`);
  }
  return response.arrayBuffer();
}

async function check(file: string, bytes: ArrayBuffer, entry?: FileEntry): Promise<void> {
  if (entry === undefined) {
    throw new DemoError(`${MANIFEST_FILE} does not list ${file}; export the bundle again.`);
  }
  // Browsers have no digest on pages from other machines without https.
  const isWhole =
    bytes.byteLength === entry.bytes &&
    (!("subtle" in crypto) || hex(await crypto.subtle.digest("SHA-256", bytes)) === entry.sha256);
  if (!isWhole) {
    throw new DemoError(`${file} is damaged; copy or export the bundle again.`);
  }
}

function hex(bytes: ArrayBuffer): string {
  return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
