import { Random } from "./random.ts";

/** Faults of nodes and of the store as a whole, each with how often a minute it comes; 0 where this seed has none of it. */
export interface FaultRates {
  readonly crash: number;
  readonly freeze: number;
  readonly block: number;
  readonly stop: number;
  readonly partition: number;
  readonly away: number;
  readonly slow: number;
  readonly jump: number;
}

/** Faults of single calls to the store, each with its probability. */
export interface CallRates {
  /** Nothing is done, and the caller is told so. */
  readonly refused: number;
  /** It is done, and the caller is never told. */
  readonly answerLost: number;
  /** It is done after the caller gave up. */
  readonly late: number;
  /** It is not done, and the caller is not told so. */
  readonly lost: number;
}

/** What one history is made of: all of it follows from the seed. */
export interface Options {
  readonly seed: number;
  /** `sqlite`: one machine, whose wall clock is the store's and jumps. `postgres`: the store's clock is true, and nodes only guess it. */
  readonly model: "sqlite" | "postgres";
  readonly slots: number;
  readonly leaseMs: number;
  /** Whether some machines' leases are twice as long. */
  readonly mixedLeases: boolean;
  /** Whether the last slot's processes only trigger and read. */
  readonly hasReader: boolean;
  readonly retentionMs: number;
  readonly stopGraceMs: number;
  readonly concurrency: number;
  /** For how long there are faults; then everything must come to its end. */
  readonly faultsMs: number;
  /** What the store's clock shows at the start. */
  readonly startsAt: number;
  readonly latencyMs: number;
  /** Whether all calls of a process reach the store in their order, or only those of one turn. */
  readonly inOrder: boolean;
  /** When a change elsewhere is told of: soon, within the promised second, or every second for nothing. Never breaks the contract. */
  readonly hints: "soon" | "late" | "polled" | "never";
  /** How likely a crash is one that the kernel proves. */
  readonly provable: number;
  /** How likely a single look for a proof finds none. */
  readonly probeFails: number;
  /** How likely a start brings other definitions. */
  readonly deploys: number;
  readonly triggersPerSecond: number;
  /** How often somebody pauses, puts, skips, backfills…; infinite where nobody does. */
  readonly operationsEveryMs: number;
  readonly faults: FaultRates;
  readonly calls: CallRates;
}

const calm: FaultRates = { crash: 0, freeze: 0, block: 0, stop: 0, partition: 0, away: 0, slow: 0, jump: 0 };

/** Moments near which clocks change somewhere, a day or a month ends, or nothing at all happens. */
const moments = [
  Date.UTC(2026, 2, 29, 0, 59, 20),
  Date.UTC(2026, 9, 25, 0, 59, 20),
  Date.UTC(2026, 9, 25, 1, 59, 20),
  Date.UTC(2027, 1, 28, 23, 59, 20),
  Date.UTC(2026, 7, 5, 11, 22, 33),
];

/** The options of a seed. Each seed has a few kinds of faults, at rates of its own: together they hide each other. */
export function optionsOf(seed: number, overrides: Partial<Options> = {}): Options {
  const random = new Random(seed * 7_919 + 13);
  const model = random.chance(0.6) ? "sqlite" : "postgres";
  const options: Options = {
    seed,
    model,
    slots: random.pick([1, 2, 3, 3, 3, 3]),
    leaseMs: random.pick([10_000, 10_000, 10_000, 6_000, 15_000]),
    mixedLeases: random.chance(0.1),
    hasReader: random.chance(0.1),
    retentionMs: random.pick([7 * 86_400_000, 7 * 86_400_000, 7 * 86_400_000, 3_600_000]),
    stopGraceMs: random.pick([1_000, 4_000, 10_000]),
    concurrency: random.pick([1, 3, 10, 20]),
    faultsMs: random.pick([40_000, 60_000, 90_000]),
    startsAt: random.pick(moments) + random.int(0, 40_000),
    latencyMs: random.pick([1, 5, 20]),
    inOrder: model === "sqlite" || random.chance(0.5),
    hints: random.pick(["soon", "soon", "late", "polled"]),
    provable: random.pick([0, 0.7, 1]),
    probeFails: random.pick([0, 0, 0.3]),
    deploys: random.pick([0, 0, 0.3, 0.7]),
    triggersPerSecond: random.pick([0.3, 1, 2]),
    operationsEveryMs: random.pick([Number.POSITIVE_INFINITY, 6_000, 2_000, 700]),
    faults: faultsOf(random),
    calls: callsOf(random),
  };
  return { ...options, ...overrides };
}

function faultsOf(random: Random): FaultRates {
  const rate = (likely: number) => (random.chance(likely) ? random.pick([1, 2, 4]) : 0);
  const rates: FaultRates = {
    ...calm,
    ...{ crash: rate(0.5), freeze: rate(0.4), block: rate(0.3), stop: rate(0.4) },
    ...{ partition: rate(0.3), away: rate(0.3), slow: rate(0.2), jump: rate(0.4) },
  };
  return random.chance(0.05) ? calm : rates;
}

function callsOf(random: Random): CallRates {
  const rate = () => (random.chance(0.4) ? random.pick([0.003, 0.01, 0.05, 0.2]) : 0);
  const rates = { refused: rate(), answerLost: rate(), late: rate(), lost: rate() };
  return random.chance(0.35) ? { refused: 0, answerLost: 0, late: 0, lost: 0 } : rates;
}
