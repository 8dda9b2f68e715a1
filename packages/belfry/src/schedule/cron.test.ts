import { describe, expect, it } from "vitest";
import { isBelfryError } from "../base/errors.ts";
import { parseCron } from "./cron.ts";
import { bitsOf, coversEveryHour, type SpecialDays } from "./fields.ts";

/** The values whose bits are set, counted from `lowest`. */
const valuesOf = (bits: number, lowest: number) => bitsOf(bits).map((bit) => bit + lowest);

function listed(cron: string) {
  const { fields } = parseCron(cron, "schedule");
  return {
    seconds: [...valuesOf(fields.secondsEarly, 0), ...valuesOf(fields.secondsLate, 30)],
    minutes: [...valuesOf(fields.minutesEarly, 0), ...valuesOf(fields.minutesLate, 30)],
    hours: valuesOf(fields.hours, 0),
    days: valuesOf(fields.days, 1),
    months: valuesOf(fields.months, 1),
    weekdays: valuesOf(fields.weekdays, 0),
    eitherDay: fields.eitherDay,
    special: fields.special,
  };
}

const range = (from: number, to: number, step = 1) =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step);

const all = {
  seconds: [0],
  minutes: range(0, 59),
  hours: range(0, 23),
  days: range(1, 31),
  months: range(1, 12),
  weekdays: range(0, 6),
  eitherDay: false,
  special: undefined as SpecialDays | undefined,
};

const none: SpecialDays = { fromEnd: 0, nearest: 0, lastWorkday: false, nth: 0, fifth: 0, last: 0 };

describe("patterns list values", () => {
  it.each<[string, Partial<typeof all>]>([
    ["* * * * *", {}],
    ["0 2 * * *", { minutes: [0], hours: [2] }],
    ["00 02 * * *", { minutes: [0], hours: [2] }],
    ["0,30,59 0,23 * * *", { minutes: [0, 30, 59], hours: [0, 23] }],
    ["29-31 9-17 * * *", { minutes: [29, 30, 31], hours: range(9, 17) }],
    ["*/15 */7 * * *", { minutes: [0, 15, 30, 45], hours: [0, 7, 14, 21] }],
    ["5/15 20/2 * * *", { minutes: [5, 20, 35, 50], hours: [20, 22] }],
    ["10-50/20,7 * * * *", { minutes: [7, 10, 30, 50] }],
    ["5-5 * * * *", { minutes: [5] }],
    ["5-10/59 * * * *", { minutes: [5] }],
    ["5,5,5-6 * * * *", { minutes: [5, 6] }],
    ["0 0 1,15,31 * *", { minutes: [0], hours: [0], days: [1, 15, 31] }],
    ["* * */10 * *", { days: [1, 11, 21, 31] }],
    ["* * * jan,MAR,Dec *", { months: [1, 3, 12] }],
    ["* * * feb-APR/2 *", { months: [2, 4] }],
    ["* * * Oct/1 *", { months: [10, 11, 12] }],
    ["* * * */12 *", { months: [1] }],
    ["* * * * 7", { weekdays: [0] }],
    ["* * * * 0", { weekdays: [0] }],
    ["* * * * 5-7", { weekdays: [0, 5, 6] }],
    ["* * * * 0-7", { weekdays: range(0, 6) }],
    ["* * * * mon-Fri", { weekdays: range(1, 5) }],
    ["* * * * SUN,sat", { weekdays: [0, 6] }],
    ["* * * * mon-5", { weekdays: range(1, 5) }],
    ["* * * * 1/2", { weekdays: [0, 1, 3, 5] }],
    ["* * * * */7", { weekdays: [0] }],
    ["* * ? * ?", {}],
    ["* * ? * 1", { weekdays: [1] }],
    ["* * 13 * ?", { days: [13] }],
    ["\t 0  2\t*\t * *  ", { minutes: [0], hours: [2] }],
    ["* * * * * *", { seconds: range(0, 59) }],
    ["0,29,30,59 0 2 * * *", { seconds: [0, 29, 30, 59], minutes: [0], hours: [2] }],
    ["*/20 5/15 * * * *", { seconds: [0, 20, 40], minutes: [5, 20, 35, 50] }],
    ["* * L * *", { days: [], special: { ...none, fromEnd: 1 } }],
    ["* * l-2,L-30,15 * *", { days: [15], special: { ...none, fromEnd: 2 ** 30 + 4 } }],
    ["* * 1W,15w,31W * *", { days: [], special: { ...none, nearest: 2 ** 30 + 2 ** 14 + 1 } }],
    ["* * LW,L * *", { days: [], special: { ...none, lastWorkday: true, fromEnd: 1 } }],
    ["* * * * 5L", { weekdays: [], special: { ...none, last: 32 } }],
    ["* * * * friL,fri#L,SUNl,7#l", { weekdays: [], special: { ...none, last: 33 } }],
    ["* * * * 1#2,mon", { weekdays: [1], special: { ...none, nth: 2 ** 8 } }],
    ["* * * * 7#1,Sat#4,0#5,mon#5", { weekdays: [], special: { ...none, nth: 2 ** 27 + 1, fifth: 3 } }],
    ["* * L * friL", { days: [], weekdays: [], eitherDay: true, special: { ...none, fromEnd: 1, last: 32 } }],
  ])("%s", (cron, values) => {
    expect(listed(cron)).toEqual({ ...all, ...values });
  });

  it.each<[string, string]>([
    ["@hourly", "0 * * * *"],
    ["@daily", "0 0 * * *"],
    ["@midnight", "0 0 * * *"],
    ["@weekly", "0 0 * * 0"],
    ["@monthly", "0 0 1 * *"],
    ["@yearly", "0 0 1 1 *"],
    ["@annually", "0 0 1 1 *"],
    ["@Daily", "0 0 * * *"],
    ["  @YEARLY\t", "0 0 1 1 *"],
  ])("%s is %s", (macro, cron) => {
    expect(listed(macro)).toEqual(listed(cron));
  });

  it.each<[string, boolean]>([
    ["0 0 13 * 5", true],
    ["0 0 */2 * 5", true],
    ["0 0 1-31 * 5", true],
    ["0 0 13 * */1", true],
    ["0 0 *,1 * 5", true],
    ["0 0 * * 5", false],
    ["0 0 ? * 5", false],
    ["0 0 13 * ?", false],
    ["0 0 */2 * *", false],
  ])("%s: one of the days is enough: %s", (cron, eitherDay) => {
    expect(listed(cron).eitherDay).toBe(eitherDay);
  });

  it.each<[string, boolean]>([
    ["* * * * *", true],
    ["0 */1 * * *", true],
    ["0 0-23 * * 1", true],
    ["0 0/1 * * *", true],
    ["0 0-11,12-23 * * *", true],
    ["0 */2,1/2 * * *", true],
    ["@hourly", true],
    ["0 */2 * * *", false],
    ["0 1-23 * * *", false],
  ])("%s covers every hour: %s", (cron, expected) => {
    expect(coversEveryHour(parseCron(cron, "schedule").fields)).toBe(expected);
  });

  it("keeps the pattern as written, with one blank between the fields", () => {
    expect(parseCron(" 0\t 2 *  * MON-fri ", "schedule").canonical).toBe("0 2 * * MON-fri");
    expect(parseCron("@Daily ", "schedule").canonical).toBe("@Daily");
  });
});

const fieldsExpected = "expected 5 fields (minute hour day-of-month month day-of-week), or 6 with seconds first";

const refusals: [unknown, string][] = [
  ["", `it is empty; ${fieldsExpected}`],
  [" \t ", `it is empty; ${fieldsExpected}`],
  [5, 'expected a string of five cron fields, such as "0 2 * * *"'],
  [null, 'expected a string of five cron fields, such as "0 2 * * *"'],
  [undefined, 'expected a string of five cron fields, such as "0 2 * * *"'],
  [["0 2 * * *"], 'expected a string of five cron fields, such as "0 2 * * *"'],
  ["0 2 * *", `it has 4 fields; ${fieldsExpected}`],
  ["daily", `it has 1 field; ${fieldsExpected}`],
  ["0 2 * * * 2026", "it has a year field; leave it out, and bound a schedule by start and end"],
  ["0 2 * * * 2026-2030", "it has a year field; leave it out, and bound a schedule by start and end"],
  ["0 0 2 * * ? *", `it has 7 fields; ${fieldsExpected}; without the year write "0 0 2 * * ?"`],
  ["0 0 2 * * ? 2026", `it has 7 fields; ${fieldsExpected}; without the year write "0 0 2 * * ?"`],
  ["0 0 2 * * ? mon", `it has 7 fields; ${fieldsExpected}`],
  ["* * * * * * * *", `it has 8 fields; ${fieldsExpected}`],
  ["15m", 'it is an interval; use { every: "15m" }'],
  ["every 15m", 'it is an interval; use { every: "15m" }'],

  ["60 * * * * *", "second 60 is out of range 0-59; the full minute is 0"],
  ["*/60 * * * * *", "second step 60 is out of range 1-59; for the full minute only write 0"],
  ["*/90 * * * * *", 'second step 90 is out of range 1-59; for an interval use { every: "90s" }'],
  ["50-10 * * * * *", "second range 50-10 is reversed; write 50-59,0-10"],
  ["60 * * * *", "minute 60 is out of range 0-59; the full hour is 0"],
  ["61 * * * *", "minute 61 is out of range 0-59"],
  ["0 24 * * *", "hour 24 is out of range 0-23; midnight is 0"],
  ["0 20-24 * * *", "hour 24 is out of range 0-23; midnight is 0"],
  ["0 25 * * *", "hour 25 is out of range 0-23"],
  ["0 0 0 * *", "day-of-month 0 is out of range 1-31"],
  ["0 0 32 * *", "day-of-month 32 is out of range 1-31"],
  ["0 0 1 0 *", "month 0 is out of range 1-12 or jan-dec"],
  ["0 0 1 13 *", "month 13 is out of range 1-12 or jan-dec"],
  ["0 0 * * 8", "day-of-week 8 is out of range 0-7 or sun-sat"],
  ["99999999999999999999 * * * *", "minute 999999999999… is out of range 0-59"],

  ["0 22-2 * * *", "hour range 22-2 is reversed; write 22-23,0-2"],
  ["0 23-0 * * *", "hour range 23-0 is reversed; write 23,0"],
  ["50-10 * * * *", "minute range 50-10 is reversed; write 50-59,0-10"],
  ["0 22-2/2 * * *", "hour range 22-2 is reversed; write 22,0,2"],
  ["0 22-3/3 * * *", "hour range 22-3 is reversed; write 22,1"],
  ["0 0 25-5 * *", "day-of-month range 25-5 is reversed; write 25-31,1-5"],
  ["0 0 * 11-2 *", "month range 11-2 is reversed; write 11-12,1-2"],
  ["0 0 * Nov-feb *", "month range Nov-feb is reversed; write nov-dec,jan-feb"],
  ["0 0 * * mon-sun", "day-of-week range mon-sun is reversed; write mon-sat,sun"],
  ["0 0 * * sat-sun", "day-of-week range sat-sun is reversed; write sat,sun"],
  ["0 0 * * fri-mon", "day-of-week range fri-mon is reversed; write fri-sat,sun-mon"],
  ["0 0 * * fri-tue/2", "day-of-week range fri-tue is reversed; write fri,sun,tue"],
  ["0 0 * * 5-1", "day-of-week range 5-1 is reversed; write 5-6,0-1"],
  ["0 0 * * 7-2", "day-of-week range 7-2 is reversed; write 0-2"],
  ["0 0 * * 7-2/2", "day-of-week range 7-2 is reversed; write 0,2"],

  ["*/0 * * * *", "minute step 0 is out of range 1-59"],
  ["*/60 * * * *", "minute step 60 is out of range 1-59; for the full hour only write 0"],
  ["*/90 * * * *", 'minute step 90 is out of range 1-59; for an interval use { every: "90m" }'],
  ["5/60 * * * *", "minute step 60 is out of range 1-59"],
  ["0 */24 * * *", "hour step 24 is out of range 1-23; for midnight only write 0"],
  ["0 */36 * * *", 'hour step 36 is out of range 1-23; for an interval use { every: "36h" }'],
  ["0 0 */32 * *", 'day-of-month step 32 is out of range 1-31; for an interval use { every: "32d" }'],
  ["0 0 1 */13 *", "month step 13 is out of range 1-12"],
  ["0 0 * * */8", "day-of-week step 8 is out of range 1-7"],
  ["*/99999 * * * *", "minute step 99999 is out of range 1-59"],

  ["0 0 * * monday", 'day-of-week "monday" is not known; write mon'],
  ["0 0 * * TUES-thu", 'day-of-week "TUES" is not known; write tue'],
  ["0 0 * January *", 'month "January" is not known; write jan'],
  ["0 0 1 sept *", 'month "sept" is not known; write sep'],
  ["0 0 * mon *", 'month "mon" is not known; expected 1-12 or jan-dec'],
  ["0 0 * * foo", 'day-of-week "foo" is not known; expected 0-7 or sun-sat'],
  ["mon * * * *", 'minute "mon" is not known; expected 0-59'],

  [
    "0 0 * * L",
    'day-of-week "L" is read in two ways; write sat for Saturday, or friL for the last Friday of the month',
  ],
  ["0 0 L-31 * *", "day-of-month L-31 is out of range L-1 to L-30"],
  ["0 0 L-0 * *", "day-of-month L-0 is out of range L-1 to L-30"],
  ["0 0 0W * *", "day-of-month 0W is out of range 1W-31W"],
  ["0 0 32W * *", "day-of-month 32W is out of range 1W-31W"],
  ["0 0 WL * *", 'day-of-month "WL" is not understood; known are L, L-2, 15W and LW'],
  ["0 0 L-2W * *", 'day-of-month "L-2W" is not understood; known are L, L-2, 15W and LW'],
  ["0 0 W * *", 'day-of-month "W" is not understood; known are L, L-2, 15W and LW'],
  ["0 0 5L * *", 'day-of-month "5L" is not understood; it belongs into day-of-week'],
  ["0 0 1#2 * *", 'day-of-month "1#2" is not understood; it belongs into day-of-week'],
  ["0 0 * * 15W", 'day-of-week "15W" is not understood; it belongs into day-of-month'],
  ["0 0 * * L-2", 'day-of-week "L-2" is not understood; it belongs into day-of-month'],
  ["L * * * *", 'minute "L" is not understood; it belongs into day-of-month'],
  ["0 0 * 5L *", 'month "5L" is not understood; it belongs into day-of-week'],
  ["0 0 * * fri#6", 'day-of-week "fri#6": #6 is out of range #1-#5; for the last write friL'],
  ["0 0 * * 5#0", 'day-of-week "5#0": #0 is out of range #1-#5; for the last write 5L'],
  ["0 0 * * 8L", "day-of-week 8 is out of range 0-7 or sun-sat"],
  ["0 0 * * fridayL", 'day-of-week "friday" is not known; write fri'],
  ["0 0 * * foo#2", 'day-of-week "foo" is not known; expected 0-7 or sun-sat'],
  [
    "0 0 * * 1-5L",
    'day-of-week "1-5L" is not understood; expected 0-7 or sun-sat, a list 1,2, a range 1-5, a step */5 or *',
  ],
  ["0 0 L/2 * *", 'day-of-month "L" is not known; expected 1-31'],

  ["? * * * *", "? stands alone, in day-of-month or day-of-week only; write *"],
  ["* * * ? *", "? stands alone, in day-of-month or day-of-week only; write *"],
  ["* * ?,5 * *", "? stands alone, in day-of-month or day-of-week only; write *"],
  ["* * ?/2 * *", "? stands alone, in day-of-month or day-of-week only; write *"],
  ["1,,2 * * * *", "minute has an empty list item; expected 0-59 between the commas"],
  ["0 2, * * *", "hour has an empty list item; expected 0-23 between the commas"],
  ["-5 * * * *", 'minute "-5" is not understood; expected 0-59, a list 1,2, a range 1-5, a step */5 or *'],
  ["1.5 * * * *", 'minute "1.5" is not understood; expected 0-59, a list 1,2, a range 1-5, a step */5 or *'],
  ["1-5-9 * * * *", 'minute "1-5-9" is not understood; expected 0-59, a list 1,2, a range 1-5, a step */5 or *'],
  ["*-5 * * * *", 'minute "*-5" is not understood; expected 0-59, a list 1,2, a range 1-5, a step */5 or *'],
  ["/5 * * * *", 'minute "/5" is not understood; expected 0-59, a list 1,2, a range 1-5, a step */5 or *'],
  ["*/ * * * *", 'minute "*/" is not understood; expected 0-59, a list 1,2, a range 1-5, a step */5 or *'],
  [
    "0 0 * * +1",
    'day-of-week "+1" is not understood; expected 0-7 or sun-sat, a list 1,2, a range 1-5, a step */5 or *',
  ],
  ["H * * * *", 'minute "H" is not known; expected 0-59'],

  ["@reboot", "@reboot is due at no time; call run() when your program starts"],
  ["@every 5m", '@every is not cron; use { every: "5m" }'],
  ["@every 5 minutes", '@every is not cron; use { every: "15m" }'],
  ["@every", '@every is not cron; use { every: "15m" }'],
  ["@anually", '"@anually" is not known; write @annually'],
  [
    "@fortnightly",
    '"@fortnightly" is not known; known are @hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually',
  ],
  ["@daily UTC", '@daily takes nothing after it; for a zone use { cron: "@daily", timezone: "Europe/Berlin" }'],

  ["TZ=Europe/Berlin 0 2 * * *", 'it names a zone; use { cron: "0 2 * * *", timezone: "Europe/Berlin" }'],
  ["CRON_TZ=Asia/Tokyo 0 2 * * *", 'it names a zone; use { cron: "0 2 * * *", timezone: "Asia/Tokyo" }'],
  ["0 2 * * * Europe/Berlin", 'it names a zone; use { cron: "0 2 * * *", timezone: "Europe/Berlin" }'],
  ["0 0 2 * * * UTC", 'it names a zone; use { cron: "0 0 2 * * *", timezone: "UTC" }'],
  ["0 2 * * * UTC", 'it names a zone; use { cron: "0 2 * * *", timezone: "UTC" }'],

  ["0 2 * * *\n", "it contains the white space U+000A; separate fields by blanks or tabs"],
  ["0 2\u00a0* * *", "it contains the white space U+00A0; separate fields by blanks or tabs"],
  ["0 2\r\n* * *", "it contains the white space U+000D; separate fields by blanks or tabs"],
  ["0\u30002 * * *", "it contains the white space U+3000; separate fields by blanks or tabs"],
  ["0\ufeff2 * * *", "it contains the white space U+FEFF; separate fields by blanks or tabs"],
  ["0 2\0* * *", "it contains U+0000; only ASCII characters are allowed"],
  ["0 \ud800 * * *", "it contains U+D800; only ASCII characters are allowed"],
  ["\u0665 * * * *", "it contains the digit \u0665 (U+0665); write digits as 0-9"],
  ["\uff15 * * * *", "it contains the digit \uff15 (U+FF15); write digits as 0-9"],
  ["\u{1d7d3} * * * *", "it contains the digit \u{1d7d3} (U+1D7D3); write digits as 0-9"],
  ["0 9\u201317 * * *", "it contains \u2013 (U+2013); write -"],
  ["\uff0a * * * *", "it contains \uff0a (U+FF0A); write *"],
  ["0 2 * * \u00e4", "it contains \u00e4 (U+00E4); only ASCII characters are allowed"],

  ["0 0 30 2 *", "it is never due: there is no day-of-month 30 in feb"],
  ["0 0 31 2,4,6 *", "it is never due: there is no day-of-month 31 in feb, apr, jun"],
  ["0 0 30-31 feb ?", "it is never due: there is no day-of-month 30 in feb"],
  ["0 0 30W 2 *", "it is never due: there is no day-of-month 30W in feb"],
  ["0 0 31W 2,4 *", "it is never due: there is no day-of-month 31W in feb, apr"],
  ["0 0 31,L-29 feb *", "it is never due: there is no day-of-month 31,L-29 in feb"],
  ["0 0 0 L-30 9 *", "it is never due: there is no day-of-month L-30 in sep"],
];

describe("patterns that are refused, with field, value, range and what was likely meant", () => {
  it.each(refusals)("%j", (cron, problem) => {
    const error = refusalOf(cron);
    expect(error.code).toBe("E_SCHEDULE");
    expect(error.fields).toEqual({ field: "schedule.cron", value: cron, problem });
    expect(error.message).toContain("schedule.cron is ");
  });

  it("offers only patterns that are accepted", () => {
    for (const [cron, problem] of refusals) {
      const [, offer] = /; write (?:"(.*)"|[\d,-]+|[a-z,-]+)$/.exec(problem) ?? [];
      if (offer) expect(() => parseCron(offer, "offer")).not.toThrow();
      const [, range] = /is reversed; write (.*)$/.exec(problem) ?? [];
      if (range) expect(() => parseCron(String(cron).replace(/\w+-\w+(\/\d+)?/, range), "offer")).not.toThrow();
    }
  });

  it("accepts a day that never comes where a weekday is enough, and 29 February", () => {
    expect(() => parseCron("0 0 30 2 1", "schedule")).not.toThrow();
    expect(() => parseCron("0 0 29 2 *", "schedule")).not.toThrow();
    expect(() => parseCron("0 0 31 1,2 *", "schedule")).not.toThrow();
    expect(() => parseCron("0 0 29W,L-28 2 *", "schedule")).not.toThrow();
    expect(() => parseCron("0 0 31W 2 fri#5", "schedule")).not.toThrow();
    expect(() => parseCron("0 0 * 2 fri#5", "schedule")).not.toThrow();
  });

  it.each<[string, string]>([
    ["ten million blanks", " ".repeat(10_000_000)],
    ["a list of a million", `${"1,".repeat(1_000_000)}1 * * * *`],
    ["a million fields", "* ".repeat(1_000_000)],
    ["a million steps", `${"*/".repeat(500_000)}5 * * * *`],
    ["a long name", `${"a".repeat(990)} * * * *`],
    ["a long number", `${"1".repeat(990)} * * * *`],
    ["many zeros", `${"0".repeat(980)}L * * * *`],
    ["a long word", `* * L-${"9".repeat(980)} * *`],
    ["a long nth", `* * * * fri#${"9".repeat(980)}`],
    ["many words", `* * ${"L-29,".repeat(190)}L-29 2 *`],
    ["a megabyte of words", `* * * * ${"1#2,".repeat(250_000)}1`],
    ["many ranges", `${"1-".repeat(490)} * * * *`],
    ["many fields", "* ".repeat(490)],
    ["many commas", `${",".repeat(990)} * * * *`],
    ["a long macro", `@${"x".repeat(990)}`],
    ["a long zone", `TZ=${"x/".repeat(490)} 0 2 * * *`],
  ])("refuses %s within 50 ms, in a message of bounded length", (_, cron) => {
    const start = performance.now();
    const error = refusalOf(cron);
    expect(performance.now() - start).toBeLessThan(50);
    expect(error.message.length).toBeLessThan(600);
    expect(JSON.stringify(error.fields).length).toBeLessThan(1_000);
  });

  it("accepts a pattern that lists everything", () => {
    const list = (from: number, to: number) => range(from, to).join(",");
    const cron = `${list(0, 59)} ${list(0, 23)} ${list(1, 31)} ${list(1, 12)} ${list(0, 7)}`;
    expect(listed(cron)).toEqual({ ...all, eitherDay: true });
  });
});

function refusalOf(cron: unknown) {
  try {
    parseCron(cron, "schedule.cron");
  } catch (error) {
    if (isBelfryError(error)) return error;
    throw error;
  }
  throw new Error("it was accepted");
}
