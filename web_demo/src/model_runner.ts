/** Runs the functions of a model by name, on LiteRT.js. */

import { loadLiteRt, Tensor, type CompiledModel, type LiteRt } from "@litertjs/core";
import scriptUrl from "@litertjs/core/wasm/litert_wasm_compat_internal.js?url";
import wasmUrl from "@litertjs/core/wasm/litert_wasm_compat_internal.wasm?url";

import { DemoError } from "./demo_error";
import type { ModelSignatures } from "./signatures";

export type Tensors = Record<string, Tensor>;

/** What `Rollout` needs of a runtime. */
export interface Runner {
  /** Copies values into the runtime's memory, where they stay until `delete()`. */
  tensor(values: Float32Array, shape: readonly number[]): Tensor;
  /**
   * Runs a function; the inputs stay as they are.
   *
   * @throws DemoError the runtime could not run it
   */
  run(name: string, inputs: Tensors): Promise<Tensors>;
  close(): void;
}

// LiteRT.js reports that a call failed on the console alone, and answers with zeros.
const errors: string[] = [];
let runtime: Promise<LiteRt> | undefined;

/** Loads LiteRT.js, once. */
export function loadRuntime(): Promise<LiteRt> {
  // One build with 128-bit SIMD, which all browsers have: the one with relaxed SIMD is as large
  // again and not noticeably faster.
  Object.assign(self, { Module: { locateFile: () => wasmUrl, printErr: note } });
  runtime ??= loadLiteRt(scriptUrl).catch((error: unknown) => {
    throw new DemoError(
      "This browser could not start LiteRT.js, which runs the model. " +
        `Try a current Chrome, Edge, Firefox or Safari. (${String(error).slice(0, 200)})`,
      { cause: error },
    );
  });
  return runtime;
}

function note(line: string): void {
  if (line.startsWith("ERROR")) {
    errors.push(line);
    console.error(line);
  }
}

/** A model on LiteRT.js' processor kernels. */
export class ModelRunner implements Runner {
  private constructor(private readonly model: CompiledModel) {}

  /**
   * Compiles a model.
   *
   * @throws DemoError the file is damaged, or its functions are not those of the signatures
   */
  static async open(file: ArrayBuffer, signatures: ModelSignatures): Promise<ModelRunner> {
    const liteRt = await loadRuntime();
    errors.length = 0;
    let model: CompiledModel;
    try {
      model = await liteRt.loadAndCompile(new Uint8Array(file), { accelerator: "wasm" });
    } catch (error) {
      throw new DemoError(`LiteRT.js cannot load the model (${reason(error)}).`, { cause: error });
    }
    const runner = new ModelRunner(model);
    try {
      runner.requireFunctions(signatures);
    } catch (error) {
      runner.close();
      throw error;
    }
    return runner;
  }

  tensor(values: Float32Array, shape: readonly number[]): Tensor {
    return new Tensor(values, [...shape]);
  }

  async run(name: string, inputs: Tensors): Promise<Tensors> {
    errors.length = 0;
    let outputs: Tensors;
    try {
      outputs = await this.model.run(name, inputs);
    } catch (error) {
      throw new DemoError(`The model cannot be run (${reason(error)}).`, { cause: error });
    }
    if (errors.length > 0) {
      Object.values(outputs).forEach((tensor) => tensor.delete());
      throw new DemoError(`The model failed in ${name} (${reason(errors[0])}).`);
    }
    return outputs;
  }

  close(): void {
    this.model.delete();
  }

  private requireFunctions(signatures: ModelSignatures): void {
    const frame = [signatures.imageSize, signatures.imageSize, signatures.numChannels];
    const { content, state, shapes } = signatures;
    const expected = (names: readonly string[]) =>
      Object.fromEntries(names.map((name) => [name, shapes[name]]));
    const primed = expected([...content, ...state]);
    this.requireShapes(signatures.primeFunction, { past: [1, signatures.numPast, ...frame] }, primed);
    this.requireShapes("step", primed, { frame: [1, ...frame], ...expected(state) });
  }

  private requireShapes(name: string, inputs: Shapes, outputs: Shapes): void {
    const runners: Partial<CompiledModel["signatures"]> = this.model.signatures;
    const runner = runners[name];
    const fits =
      runner !== undefined &&
      isSame(runner.getInputDetails(), inputs) &&
      isSame(runner.getOutputDetails(), outputs);
    if (!fits) {
      throw new DemoError(
        `The function ${name} of the model does not fit its signatures; export the bundle again.`,
      );
    }
  }
}

type Shapes = Partial<Record<string, readonly number[]>>;

function isSame(details: readonly { name: string; shape: Int32Array }[], shapes: Shapes): boolean {
  return (
    details.length === Object.keys(shapes).length &&
    details.every(({ name, shape }) => shapes[name]?.join() === shape.join())
  );
}

function reason(error: unknown): string {
  return String(errors.at(0) ?? error).slice(0, 200);
}
