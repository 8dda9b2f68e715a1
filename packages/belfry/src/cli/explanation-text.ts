import type { Explanation, InstantAccount } from "../api/account.ts";
import { printable } from "../base/text.ts";
import type { Output } from "./output.ts";
import { recordLines } from "./table.ts";

const sentenceCharactersMax = 2_000;

/**
 * Whether a task ran at what was asked: something fired there, and nothing that was due did not. A local time that
 * comes twice is one question: a schedule that fires at one of its passes ran.
 */
export function didRun(items: readonly Explanation[]): boolean {
  const due = items.flatMap(({ schedules }) => schedules).filter(({ verdict }) => verdict !== "notDue");
  return due.length > 0 && due.every(({ verdict }) => verdict === "fired");
}

/** An explanation for people: the sentence, what is known of each schedule, and what ran by hand. */
export function explanationLines({ text, schedules, byHand }: Explanation, output: Pick<Output, "style">): string[] {
  return [
    output.style("bold", printable(text, sentenceCharactersMax)),
    ...schedules.flatMap((account) => ["", ...accountLines(account, output)]),
    ...(byHand.length === 0 ? [] : ["", ...recordLines({ byHand }, (title) => output.style("bold", title))]),
  ];
}

function accountLines({ text, causes, down, ...account }: InstantAccount, output: Pick<Output, "style">): string[] {
  const { schedule, verdict, ...known } = account;
  const colour = verdict === "fired" ? "green" : verdict === "notFired" || verdict === "undecided" ? "red" : "yellow";
  return [
    `${printable(schedule, sentenceCharactersMax)}: ${output.style(colour, verdict)}`,
    `  ${printable(text, sentenceCharactersMax)}`,
    ...recordLines({ ...known, ...(down ? { noNodeUp: downText(down) } : {}) }).map((line) => `  ${line}`),
  ];
}

function downText({ from = "", to = "" }: NonNullable<InstantAccount["down"]>): string {
  return `${from} to ${to}`.trim();
}
