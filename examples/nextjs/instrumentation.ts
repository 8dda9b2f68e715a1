// Next.js calls `register` once when a server process starts, before it answers requests.
//
// The tests of this repository run these files without Next, as Next loads them, twice as a reload does. With Next 16.4
// itself they were tried by hand: `next build` and `next start`, and `next dev` with edits. A project of its own needs
// `"type": "module"` in its package.json.

export async function register(): Promise<void> {
  // Next also loads this file for the edge runtime, which has no files and no threads.
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { engine } = await import("./lib/engine.ts");
  await engine({ work: true });
}
