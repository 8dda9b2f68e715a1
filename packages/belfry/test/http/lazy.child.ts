import { registerHooks } from "node:module";

// Prints the packages that are loaded with Belfry, and those that its first request loads.

const packages = new Set<string>();
registerHooks({
  resolve: (specifier, context, next) => {
    if (/^(?:@[\w-]+\/)?[\w-]+/.test(specifier) && !specifier.includes(":")) packages.add(specifier);
    return next(specifier, context);
  },
});

const { createBelfry } = await import("../../src/index.ts");
const belfry = createBelfry({ store: "sqlite:none" });
const atFirst = [...packages];
const { status } = await belfry.fetch(new Request("http://localhost/healthz"));
console.log(JSON.stringify({ atFirst, status, later: packages.has("@hono/zod-openapi") }));
