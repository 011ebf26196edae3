/** Reads NumPy's `.npz` files, as `numpy.savez` writes them: archives without compression. */

export interface NumpyArray {
  readonly shape: number[];
  readonly values: Float32Array;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/** Returns the float32 arrays of an archive by name. */
export function readNpz(bytes: Buffer): Map<string, NumpyArray> {
  const end = bytes.lastIndexOf(Buffer.from(Uint32Array.of(END_OF_DIRECTORY).buffer));
  const arrays = new Map<string, NumpyArray>();
  let at = bytes.readUInt32LE(end + 16);
  while (bytes.readUInt32LE(at) === DIRECTORY_ENTRY) {
    const size = bytes.readUInt32LE(at + 24);
    const [name, extra, comment] = [28, 30, 32].map((offset) => bytes.readUInt16LE(at + offset));
    const local = bytes.readUInt32LE(at + 42);
    const file = bytes.toString("utf8", at + 46, at + 46 + name);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const array = readNpy(bytes.subarray(start, start + size));
    if (array) {
      arrays.set(file.replace(/\.npy$/, ""), array);
    }
    at += 46 + name + extra + comment;
  }
  return arrays;
}

function readNpy(bytes: Buffer): NumpyArray | undefined {
  const length = bytes.readUInt16LE(8);
  const header = bytes.toString("latin1", 10, 10 + length);
  const shape = /'shape': \(([^)]*)\)/.exec(header)?.[1] ?? "";
  if (!header.includes("'<f4'") || !header.includes("'fortran_order': False")) {
    return undefined;
  }
  const values = new Float32Array(Uint8Array.from(bytes.subarray(10 + length)).buffer);
  return { shape: shape.split(",").filter(Boolean).map(Number), values };
}
