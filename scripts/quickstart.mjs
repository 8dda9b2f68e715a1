// Builds the package, then becomes the quickstart: one process, so that a signal to the command reaches the engine.
import "./build.mjs";

await import("../examples/quickstart/main.ts");
