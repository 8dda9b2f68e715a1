import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** The repository. */
export const root = dirname(dirname(dirname(dirname(dirname(import.meta.dirname)))));

/** A fenced block of a page: its language, its text, and the comment right before it. */
export interface Block {
  readonly language: string;
  readonly text: string;
  readonly comment: string;
}

/** A page of the repository. */
export function readPage(name: string): string {
  return readFileSync(join(root, name), "utf8");
}

/** The fenced blocks of a page, in order. */
function blocksOf(page: string): Block[] {
  const shape = /(?:^<!-- (?<comment>.*) -->\n)?^```(?<language>\w+)\n(?<text>[\s\S]*?)^```$/gm;
  return [...page.matchAll(shape)].map(({ groups }) => ({
    language: groups?.language ?? "",
    text: groups?.text ?? "",
    comment: groups?.comment ?? "",
  }));
}

/** README's tour, word for word. */
export function tourOf(page: string): string {
  const [tour, ...others] = blocksOf(page).filter(
    ({ language, comment }) => language === "js" && comment.startsWith("tour:"),
  );
  if (!tour || others.length > 0) throw new Error("README has to have one js block after a `<!-- tour: … -->`");
  return tour.text;
}

const id = "'[0-9a-f]{24}'";
const time = "'\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z'";
const fields = (status: string) =>
  `trackingId: ${id},\\s+cronJobId: ${id},\\s+cronJobName: 'billOnDemand',\\s+triggeredAt: ${time},\\s+status: '${status}'`;

/** What the tour prints, as README says: the trigger's record, the second run's when it has ended, and its result. */
export const tourPrints = new RegExp(
  `^\\{\\s+${fields("pending")}\\s+\\}\\n\\{\\s+${fields("completed")},\\s+startedAt: ${time},\\s+completedAt: ${time}\\s+\\}\\n\\{ invoices: 3 \\}\\n$`,
);
