import type { Context } from "../context.ts";

/** Two calls that meet on one thing, each on a store of its own, and what must hold whichever comes first. */
interface Race<Item, Left, Right> {
  readonly title: string;
  /** Makes what is raced for: a thing for each round. */
  prepare(c: Context, rounds: number): Promise<readonly Item[]>;
  /** What must be just so when its round begins. */
  arm?(c: Context, item: Item): Promise<void>;
  /** Runs on `c.store`. */
  left(c: Context, item: Item): Promise<Left>;
  /** Runs on `c.other`. */
  right(c: Context, item: Item): Promise<Right>;
  /** `first` is which came first, in the rounds where that is known: then the outcome is, too. */
  check(c: Context, item: Item, left: Left, right: Right, first?: Side): Promise<void>;
}

type Side = "left" | "right";

/** A row of the table of interleavings. */
export interface Interleaving {
  readonly title: string;
  /** Left before right, right before left, then so many rounds of both at once. */
  run(c: Context, rounds: number): Promise<void>;
}

export function race<Item, Left, Right>(rules: Race<Item, Left, Right>): Interleaving {
  const { title, prepare, arm, left, right, check } = rules;
  const run = async (c: Context, rounds: number): Promise<void> => {
    const items = await prepare(c, rounds + 2);
    const answers: [Left, Right][] = [];
    const checkRound = async (index: number) => {
      const [item, answer] = [items[index] as Item, answers[index] as [Left, Right]];
      await check(c, item, ...answer, index > 1 ? undefined : sideOf(index));
    };
    for (const [index, item] of items.entries()) {
      await arm?.(c, item);
      answers.push(
        await meet(
          index,
          () => left(c, item),
          () => right(c, item),
        ),
      );
      // What must be armed is checked at once: the next round may change it.
      if (arm) await checkRound(index);
    }
    if (!arm) await Promise.all(items.map((_, index) => checkRound(index)));
  };
  return { title, run };
}

/** Which side is called first in a round. */
function sideOf(index: number): Side {
  return index % 2 === 0 ? "left" : "right";
}

/** The first two rounds one after the other, in both orders; then at once, each side called first in turn. */
async function meet<Left, Right>(
  index: number,
  left: () => Promise<Left>,
  right: () => Promise<Right>,
): Promise<[Left, Right]> {
  const isLeftFirst = sideOf(index) === "left";
  if (index > 1) {
    const calls = isLeftFirst ? ([left(), right()] as const) : ([right(), left()] as const);
    const [first, second] = await Promise.all(calls);
    return (isLeftFirst ? [first, second] : [second, first]) as [Left, Right];
  }
  if (isLeftFirst) return [await left(), await right()];
  const answer = await right();
  return [await left(), answer];
}
