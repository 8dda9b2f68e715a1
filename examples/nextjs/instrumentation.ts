// Next.js calls `register` once when a server process starts, before it answers requests.
//
// What the tests of this repository run of this example: these files, as Next loads them, twice as a reload does. Next
// itself is not installed here, so what `next dev`, `next build` and the edge runtime do with them is not tried.

export async function register(): Promise<void> {
  // Next also loads this file for the edge runtime, which has no files and no threads.
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { engine } = await import("./lib/engine.ts");
  await engine({ work: true });
}
