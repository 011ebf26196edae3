/** The worker: runs the model off the page's thread, one call after the other. */

import { sentence } from "./demo_error";
import { loadRuntime, ModelRunner } from "./model_runner";
import { Rollout } from "./rollout";
import type { Calls, CallName, Reply, Request } from "./worker_messages";

type Answer = Calls[CallName]["answers"];

let rollout: Rollout | undefined;
let last: Promise<unknown> = Promise.resolve();

// Begins before the model's file is there; `open` reports a failure.
loadRuntime().catch(() => undefined);

addEventListener("message", ({ data }: MessageEvent<Request>) => {
  last = last.then(() => reply(data));
});

async function reply(request: Request): Promise<void> {
  try {
    const answer = await answerTo(request);
    post({ id: request.id, answer }, buffersOf(answer));
  } catch (error) {
    post({ id: request.id, error: sentence(error) }, []);
  }
}

async function answerTo(request: Request): Promise<Answer> {
  if (request.name === "open") {
    const { model, signatures } = request.input;
    rollout?.close();
    rollout = undefined;
    rollout = new Rollout(await ModelRunner.open(model, signatures), signatures);
    return null;
  }
  if (rollout === undefined) {
    throw new Error("no model is open");
  }
  // The compiler does not see that name and input belong together.
  const call = rollout[request.name].bind(rollout) as (input: unknown) => Promise<Answer>;
  return call(request.input);
}

function buffersOf(answer: Answer): Transferable[] {
  if (answer === null) {
    return [];
  }
  return answer instanceof Float32Array ? [answer.buffer] : [answer.frame.buffer];
}

function post(reply: Reply, transfer: Transferable[]): void {
  // The types are those of a page, where the second argument is an origin.
  (self as unknown as Worker).postMessage(reply, transfer);
}
