import type { PutItem, PutItemResult, ScheduleInput } from "../api/schedules.ts";
import type { AppDeps } from "./deps.ts";
import { parseFields } from "./input.ts";
import { toKnownError } from "./problem.ts";
import { putItem, scheduleInput } from "./schemas/definitions.ts";

const owner = "PUT /v1/schedules";

type Refused = Extract<PutItemResult, { error: object }>;

/** Puts each; what is wrong with one is said in its place. */
export async function putEach(
  items: readonly unknown[],
  options: { readonly author?: string | undefined },
  deps: AppDeps,
): Promise<PutItemResult[]> {
  const read = items.map((item, index) => readItem(item, `schedules[${index}]`, deps));
  // What cannot be read keeps its place: the engine names items by their number, and refuses what is none.
  const asked = read.map((one) => ("schedule" in one ? one : none));
  const answers = (await deps.engine.schedules.putMany(asked, options)).items;
  return answers.map((answer, index) => {
    const one = read[index];
    return one && "error" in one ? one : answer;
  });
}

const none = null as unknown as PutItem;

function readItem(item: unknown, place: string, { clock, logger }: AppDeps): PutItem | Refused {
  try {
    const { task, key, schedule } = parseFields(putItem, item, owner, place);
    const input =
      typeof schedule === "string" ? schedule : parseFields(scheduleInput, schedule, owner, `${place}.schedule`);
    return { task, ...(key === undefined ? {} : { key }), schedule: input as ScheduleInput };
  } catch (thrown) {
    const { code, message } = toKnownError(thrown, clock, logger);
    return { task: textOf(item, "task", ""), key: textOf(item, "key", "default"), error: { code, message } };
  }
}

/** What an item that cannot be read calls its task or schedule, as far as it does. */
function textOf(item: unknown, field: "task" | "key", otherwise: string): string {
  const value = (item as Partial<Record<typeof field, unknown>> | null)?.[field];
  return typeof value === "string" ? value : otherwise;
}
