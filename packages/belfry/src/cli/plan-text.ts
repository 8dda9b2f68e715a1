import type { Plan, ScheduleChange } from "../api/account.ts";
import { counted, printable } from "../base/text.ts";
import type { Output } from "./output.ts";
import { type Column, tableLines } from "./table.ts";

const lineCharactersMax = 2_000;
const signs = { added: "+", removed: "-", changed: "~" } as const;
const colours = { added: "green", removed: "red", changed: "yellow" } as const;

type Change = keyof typeof signs;
type Look = Pick<Output, "style">;

/** What a deploy would change, for people. */
export function planLines(plan: Plan, output: Look): string[] {
  const title = (text: string) => ["", output.style("bold", text)];
  const { tasks, schedules, surprises, pileUps } = plan;
  return [
    ...headLines(plan),
    ...(tasks.length > 0 ? title("tasks") : []),
    ...tasks.map(({ task, change, fields }) =>
      changeLine(change, `${task}${fields ? `: ${fields.join(", ")}` : ""}`, output),
    ),
    ...(schedules.length > 0 ? title("schedules") : []),
    ...schedules.flatMap((one) => scheduleLines(one, output)),
    ...(surprises.length > 0 ? title("what changing clocks do within a year") : []),
    ...tableLines(surpriseColumns, surprises),
    ...(pileUps.length > 0 ? title("minutes of the next day in which much is due") : []),
    ...tableLines(pileUpColumns, pileUps),
  ];
}

function headLines({ app, release, current, superseded, changes, tasks, schedules, unchanged }: Plan): string[] {
  const what = release === undefined ? "this set, which has no release" : `release ${release}`;
  const before = current
    ? `deploy ${current.number}${current.release === undefined ? "" : ` (release ${current.release})`} of ${current.appliedAt}`
    : "nothing";
  const sum = `${counted(tasks.length, "task")} and ${counted(schedules.length, "schedule")} change, ${unchanged} stay`;
  return [
    printable(`app ${app}: ${what}, over ${before}`, lineCharactersMax),
    changes ? sum : `nothing changes: ${counted(unchanged, "schedule")} stay`,
    ...(superseded ? ["this release was applied before, and another one since: a start does not apply it again"] : []),
  ];
}

function scheduleLines(one: ScheduleChange, output: Look): string[] {
  const { task, schedule, change, before, after, firingsBefore, firingsAfter, notes } = one;
  const rows = Array.from({ length: Math.max(firingsBefore.length, firingsAfter.length) }, (_, index) => ({
    before: firingsBefore[index],
    after: firingsAfter[index],
  }));
  return [
    changeLine(change, `${task} ${schedule}`, output),
    ...fieldLines(before, after),
    ...notes.map((note) => `    ${printable(note, lineCharactersMax)}`),
    ...tableLines(firingColumns[change], rows).map((line) => `    ${line}`),
  ];
}

function changeLine(change: Change, text: string, output: Look): string {
  return output.style(colours[change], `${signs[change]} ${printable(text, lineCharactersMax)}`);
}

/** The fields that differ, each as it was and as it will be. */
function fieldLines(before: object = {}, after: object = {}): string[] {
  const [old, young] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...old.keys(), ...young.keys()])].flatMap((field) => {
    const [was, is] = [JSON.stringify(old.get(field)), JSON.stringify(young.get(field))];
    if (was === is) return [];
    const text = was === undefined ? is : is === undefined ? was : `${was} becomes ${is}`;
    return [`    ${printable(`${field}: ${text}`, lineCharactersMax)}`];
  });
}

interface Firings {
  readonly before: string | undefined;
  readonly after: string | undefined;
}

const wasColumn: Column<Firings> = { title: "would have fired", of: (one) => one.before };
const willColumn: Column<Firings> = { title: "will fire", of: (one) => one.after };

const firingColumns: Readonly<Record<Change, readonly Column<Firings>[]>> = {
  added: [willColumn],
  removed: [wasColumn],
  changed: [wasColumn, willColumn],
};

const surpriseColumns: Column<Plan["surprises"][number]>[] = [
  { title: "task", of: (one) => one.task },
  { title: "schedule", of: (one) => one.schedule },
  { title: "local", of: (one) => one.local },
  { title: "what", of: (one) => one.text },
];

const pileUpColumns: Column<Plan["pileUps"][number]>[] = [
  { title: "at", of: (one) => one.at },
  { title: "before", of: (one) => one.before },
  { title: "after", of: (one) => one.after },
];
