// What comes back of a value that was kept as JSON. Compiled, never run.
import { expectTypeOf } from "vitest";
import type { AsJson } from "../../src/base/json.ts";

class Bill {
  readonly month: string = "2026-11";
  readonly due: Date = new Date(0);
}
interface Tree {
  value: Date;
  below: Tree[];
}

expectTypeOf<AsJson<string>>().toEqualTypeOf<string>();
expectTypeOf<AsJson<"a" | 5 | null>>().toEqualTypeOf<"a" | 5 | null>();
expectTypeOf<AsJson<Date>>().toEqualTypeOf<string>();
expectTypeOf<AsJson<Date | undefined>>().toEqualTypeOf<string | undefined>();
expectTypeOf<AsJson<{ at: Date; list: readonly Date[] }>>().toEqualTypeOf<{ at: string; list: readonly string[] }>();
expectTypeOf<AsJson<[Date, number]>>().toEqualTypeOf<[string, number]>();
expectTypeOf<AsJson<{ a?: Date }>>().toEqualTypeOf<{ a?: string }>();
expectTypeOf<AsJson<Bill>>().toEqualTypeOf<{ readonly month: string; readonly due: string }>();
expectTypeOf<AsJson<{ toJSON(): Date }>>().toEqualTypeOf<string>();
expectTypeOf<AsJson<Tree>["below"][number]["value"]>().toEqualTypeOf<string>();
expectTypeOf<AsJson<bigint | symbol | (() => void)>>().toBeNever();
expectTypeOf<AsJson<void>>().toEqualTypeOf<undefined>();
expectTypeOf<AsJson<unknown>>().toBeUnknown();
expectTypeOf<AsJson<Record<string, Date>>>().toEqualTypeOf<Record<string, string>>();
