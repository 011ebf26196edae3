/** The page: connects its controls with the prediction. */

import { listBundles } from "./bundle";
import { Controls } from "./controls";
import { sentence } from "./demo_error";
import { element } from "./elements";

const BUNDLES = "bundles";
// The smallest module with an instruction of 128-bit SIMD.
const SIMD = [0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0];
const SIMD_CODE = [65, 0, 253, 15, 253, 98, 11];

async function main(): Promise<void> {
  const message = element("message", HTMLElement);
  const isSupported =
    typeof WebAssembly === "object" &&
    WebAssembly.validate(new Uint8Array([...SIMD, ...SIMD_CODE]));
  if (!isSupported) {
    message.textContent =
      "This browser has no WebAssembly with SIMD, on which the model runs. " +
      "Try a current Chrome, Edge, Firefox or Safari.";
    element("phase", HTMLElement).textContent = "Not started";
    return;
  }
  try {
    const controls = new Controls(BUNDLES);
    await controls.open(await listBundles(BUNDLES));
  } catch (error) {
    message.textContent = sentence(error);
    element("phase", HTMLElement).textContent = "Stopped";
  }
}

void main();
