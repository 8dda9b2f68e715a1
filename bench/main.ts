import { cpus } from "node:os";
import { drain } from "./measures/drain.ts";
import { host, idle } from "./measures/host.ts";
import { httpTrigger } from "./measures/http.ts";
import { kit } from "./measures/kit.ts";
import { latency } from "./measures/latency.ts";
import { lateness } from "./measures/lateness.ts";
import { scheduleBytes, scheduleRates } from "./measures/schedules.ts";
import { trigger } from "./measures/trigger.ts";
import { type Row, table } from "./report.ts";

/** `--quick`: one short round of everything, to see that it works. `--rounds=N`: how often ours and by hand alternate. */
const quick = process.argv.includes("--quick");
const rounds = Number(process.argv.find((argument) => argument.startsWith("--rounds="))?.slice(9) ?? (quick ? 1 : 5));
const part = (full: number, short: number) => (quick ? short : full);

const measures: (() => Promise<Row | Row[]> | Row | Row[])[] = [
  () => scheduleRates(rounds, part(1_000_000, 20_000), part(5_000, 200)),
  () => scheduleBytes(part(100_000, 10_000)),
  () => trigger(rounds, part(3_000, 200), 1, 1),
  () => trigger(rounds, part(20_000, 500), 50, 1),
  () => trigger(rounds, part(50_000, 2_000), 1_000, 1_000),
  () => httpTrigger(rounds, part(20_000, 500), 50),
  () => drain(rounds, part(20_000, 1_000)),
  () => latency(part(2_000, 50)),
  () => lateness(1_000, part(30, 3)),
  () => host(part(100_000, 2_000), 1_000),
  () => idle(part(60, 3)),
  () => kit(rounds, part(365, 10)),
];

const cpu = cpus()[0]?.model.trim() ?? "unknown processor";
console.log(
  `Node.js ${process.version}, ${cpus().length} x ${cpu}, SQLite with synchronous=FULL; median (least–most) of ${rounds} alternating rounds\n`,
);
const rows: Row[] = [];
for (const measure of measures) {
  const found = [await measure()].flat();
  for (const { measure: name, ours } of found) console.error(`  ${name}: ${ours}`);
  rows.push(...found);
}
console.log(table(rows));
