// Cron patterns that are literals are checked by the compiler: number of fields, characters, macros. Compiled, never run.
import { expectTypeOf } from "vitest";
import { z } from "zod";
import { defineTask, nextFirings, type ScheduleTime } from "../../src/index.ts";
import type { CronPattern } from "../../src/schedule/literal.ts";

const handler = () => {};
const from = new Date(0);
const month = z.object({ month: z.string() });
const payload = { month: "2026-11" };

// What passes: five fields or six, in any spelling that is read at definition.
defineTask({ name: "a", handler, schedule: "*/5 9-17 * * mon-FRI" });
defineTask({ name: "a", handler, schedule: "30 0 2 ? * fri#L" });
defineTask({ name: "a", handler, schedule: " 0\t2 \t* * 1#2,5L " });
defineTask({ name: "a", handler, schedule: { cron: "0 0 L-2,15W,LW * *", timezone: "Europe/Berlin" } });
defineTask({ name: "a", handler, schedule: "@Daily" });
defineTask({
  name: "a",
  handler,
  schedule: [
    { key: "x", cron: "0 2 * * *" },
    { key: "y", cron: "0 0 3 * * *" },
    { key: "z", every: "1h" },
    { key: "t", cron: process.title },
  ],
});
defineTask({ name: "a", handler, schedule: { cron: " @HOURLY " } });
nextFirings("0 0 2 * * *", { from });
nextFirings({ cron: "@yearly", start: from, exclude: { name: "holidays", dates: ["2026-12-25"] } }, { from });

// What only runs can tell passes too.
const text: string = "anything";
const hour: number = 2;
defineTask({ name: "a", handler, schedule: text });
defineTask({ name: "a", handler, schedule: { cron: text } });
defineTask({ name: "a", handler, schedule: `0 ${hour} * * *` });
defineTask({ name: "a", handler, schedule: [text, "0 3 * * *"].map((cron, index) => ({ key: `k${index}`, cron })) });
nextFirings(text, { from });
expectTypeOf<CronPattern<string>>().toEqualTypeOf<string>();
expectTypeOf<CronPattern<`${number} 2 * * *`>>().toEqualTypeOf<`${number} 2 * * *`>();
export const kept: ScheduleTime = { cron: text, dst: { gap: "skip", repeat: "both" } };

// Long patterns do not wear the compiler out.
type Sixty =
  "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,32,33,34,35,36,37,38";
expectTypeOf<
  CronPattern<`${Sixty},${Sixty},${Sixty},${Sixty},${Sixty},${Sixty},${Sixty},${Sixty} * * * *`>
>().toBeString();

// Another number of fields: the message says how many there are.
expectTypeOf<
  CronPattern<"0 2 * *">
>().toEqualTypeOf<"a cron pattern has 5 fields, or 6 with seconds first; this one has 4">();
expectTypeOf<CronPattern<"">>().toEqualTypeOf<"a cron pattern has 5 fields, or 6 with seconds first; this one has 0">();
// @ts-expect-error
defineTask({ name: "a", handler, schedule: "0 2 * *" });
// @ts-expect-error
defineTask({ name: "a", handler, schedule: { cron: "0 0 2 * * ? 2026" } });
defineTask({
  name: "a",
  handler,
  schedule: [
    { key: "x", cron: "0 2 * * *" },
    // @ts-expect-error
    { key: "y", cron: "0 2 *" },
  ],
});
// @ts-expect-error
defineTask({ name: "a", handler, payload: month, schedule: { cron: "0 2 * *", payload } });
// @ts-expect-error
defineTask({ name: "a", handler, payload: month, schedule: [{ key: "x", cron: "0 2 * *", payload }] });
// @ts-expect-error
nextFirings("0 2 * *", { from });
// @ts-expect-error
nextFirings({ cron: "0 2", timezone: "UTC" }, { from });

// Foreign characters, zones inside, other white space.
expectTypeOf<CronPattern<"0 9–17 * * *">>().toEqualTypeOf<"a cron pattern has no – in it">();
expectTypeOf<CronPattern<"0 2 * * *\n">>().toEqualTypeOf<"a cron pattern has no \n in it">();
// @ts-expect-error
defineTask({ name: "a", handler, schedule: "0 9–17 * * *" });
// @ts-expect-error
defineTask({ name: "a", handler, schedule: { cron: "TZ=UTC 0 2 * * *" } });
// @ts-expect-error
defineTask({ name: "a", handler, schedule: [{ key: "x", cron: "1.5 * * * *" }] });
// @ts-expect-error
nextFirings("０ 2 * * *", { from });

// Macros that there are not.
expectTypeOf<
  CronPattern<"@every 5m">
>().toEqualTypeOf<'@every is not known; write { every: "15m" }, or a macro such as @daily'>();
expectTypeOf<CronPattern<"@daily UTC">>().toEqualTypeOf<"@daily takes nothing after it">();
// @ts-expect-error
defineTask({ name: "a", handler, schedule: "@reboot" });
// @ts-expect-error
nextFirings({ cron: "@anually" }, { from });

// The other options of a schedule.
defineTask({ name: "a", handler, schedule: { every: "15m", start: from, end: from, spread: "5m", exclude: [] } });
// @ts-expect-error
defineTask({ name: "a", handler, schedule: { cron: "0 2 * * *", dst: { gap: "first" } } });
// @ts-expect-error
defineTask({ name: "a", handler, schedule: { cron: "0 2 * * *", exclude: ["2026-12-25"] } });
