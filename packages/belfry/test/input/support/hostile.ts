/** Throws, as what is called when a hostile value is looked at. */
export function trap(): never {
  throw new RangeError("trapped");
}

const traps = Object.fromEntries(
  ["get", "has", "ownKeys", "getPrototypeOf", "getOwnPropertyDescriptor", "apply"].map((name) => [name, trap]),
);

function revoked(target: object): unknown {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

function cyclic(): unknown {
  const value: Record<string, unknown> = { list: [] };
  value.list = [value];
  return value;
}

/** Objects in one another, so many levels deep. */
export function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = { in: value };
  return value;
}

/** Values that bite who looks at them, or that JSON cannot say; made anew for each use. */
export const hostile: Readonly<Record<string, () => unknown>> = {
  "a BigInt": () => 10n ** 40n,
  "a symbol": () => Symbol("s"),
  "a function": () => () => {},
  NaN: () => Number.NaN,
  "an infinity": () => Number.NEGATIVE_INFINITY,
  "a Map": () => new Map([[1, 2]]),
  "a Set": () => new Set([1]),
  "an Error": () => new Error("x"),
  bytes: () => new Uint8Array(3),
  "an invalid date": () => new Date(Number.NaN),
  "a cycle": cyclic,
  "100,000 levels": () => nested(100_000),
  "65 levels": () => nested(65),
  "a lone surrogate": () => "\ud83d",
  "a lone surrogate in a key": () => ({ "\udd14": 1 }),
  NUL: () => "a\0b",
  "NUL in a key": () => ({ "a\0b": 1 }),
  "a key __proto__": () => JSON.parse('{"__proto__":{"isAdmin":true}}') as unknown,
  "a hole": () => Object.assign([1], { length: 3 }),
  "a getter that throws": () => Object.defineProperty({}, "payload", { get: trap, enumerable: true }),
  "a toJSON that throws": () => ({ toJSON: trap }),
  "a Proxy that throws": () => new Proxy({}, traps),
  "a Proxy of an array that throws": () => new Proxy([], traps),
  "a Proxy of a date": () => new Proxy(new Date(), {}),
  "a revoked Proxy": () => revoked({}),
  "a revoked Proxy of an array": () => revoked([]),
  "a revoked Proxy of a function": () => revoked(() => {}),
  "text of 10 million characters": () => "x".repeat(10_000_000),
  "an array without end": () => new Array(2 ** 32 - 1),
};
