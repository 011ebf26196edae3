/** Runs a roll-out in a worker; answers by promises. */

import { DemoError } from "./demo_error";
import PredictorWorker from "./worker?worker";
import type { Calls, CallName, Reply } from "./worker_messages";

interface Waiting {
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** The page's end of the worker: calls are answered in their order. */
export class VideoPredictor {
  private readonly worker = new PredictorWorker();
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  /** Starts the worker, which begins to load the runtime. */
  constructor() {
    this.worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
      const call = this.waiting.get(data.id);
      this.waiting.delete(data.id);
      if ("error" in data) {
        call?.reject(new DemoError(data.error));
      } else {
        call?.resolve(data.answer as never);
      }
    });
    this.worker.addEventListener("error", ({ message }) => {
      const error = new DemoError(
        `The model's worker stopped (${message || "it could not be loaded"}). Reload the page.`,
      );
      this.waiting.forEach(({ reject }) => reject(error));
      this.waiting.clear();
    });
  }

  /** Calls the worker: see `Calls`. What is transferred is gone here. */
  call<Name extends CallName>(
    name: Name,
    input: Calls[Name]["takes"],
    transfer: Transferable[] = [],
  ): Promise<Calls[Name]["answers"]> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.worker.postMessage({ id, name, input }, transfer);
    });
  }
}
