/** JSON and other texts that a store could be tempted to touch. */
export const texts = [
  '{"__proto__":{"x":1},"constructor":null}',
  '{ "a" :1,\n\t"a":2 }',
  "12345678901234567890.10",
  "-0",
  "1e400",
  '"\\u0000\\ud800"',
  '"😀 é e\u0301 \u2028 \' \\" ; -- $1 ?1 %s"',
  "null",
  '""',
  JSON.stringify("x".repeat(256 * 1024 - 2)),
  JSON.stringify("é".repeat(128 * 1024 - 1)),
];
