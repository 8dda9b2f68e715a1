// An app with one of the page's snippets: starts an engine on a store, imports the snippet, prints what it exports.
import { createBelfry, defineTask } from "belfry";

const [store = "", snippet = "", exported = "", work] = process.argv.slice(2);
const handled = Promise.withResolvers<string>();
const billOnDemand = defineTask({ name: "billOnDemand", handler: (run) => handled.resolve(run.trackingId) });
const belfry = createBelfry({ store, tasks: [billOnDemand], work: work === "work" });
await belfry.start();
const module = (await import(snippet)) as Record<string, unknown>;
const handledId = work === "work" ? await handled.promise : undefined;
await belfry.stop();
process.stdout.write(JSON.stringify({ answer: module[exported], handledId }));
