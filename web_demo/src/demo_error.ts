/** An error whose message is a sentence for the visitor: what happened, and what to do. */
export class DemoError extends Error {
  override name = "DemoError";
}

/** Returns the sentence of any error. */
export function sentence(error: unknown): string {
  if (error instanceof DemoError) {
    return error.message;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return `Something went wrong (${reason.slice(0, 300)}). Reload the page to start again.`;
}
