/**
 * Cron patterns as the compiler checks them: a literal text must have five or six fields, or be a macro, and only
 * characters that patterns have. What else is wrong with it is said at definition, as it is of texts that the compiler
 * does not know.
 */

/** `Text` where it may be a pattern, else a text that says what is wrong with it: the compiler shows that one. */
export type CronPattern<Text extends string> = Text extends unknown
  ? IsLiteral<Text> extends true
    ? Judge<Text, Untabbed<Text>>
    : Text
  : never;

/** Whether it is one known text: `string` and `${number} 2 * * *` have room for many. */
type IsLiteral<Text extends string> = Record<never, 1> extends Record<Text, 1> ? false : true;

type Judge<Text extends string, Spaced extends string> = [Foreign<Spaced>] extends [never]
  ? JudgeFields<Text, Fields<Spaced>>
  : `a cron pattern has no ${Foreign<Spaced>} in it`;

type JudgeFields<Text extends string, Given extends readonly string[]> = Given extends readonly [
  `@${string}`,
  ...string[],
]
  ? Lowercase<Given[0]> extends Macro
    ? Given["length"] extends 1
      ? Text
      : `${Given[0]} takes nothing after it`
    : `${Given[0]} is not known; write { every: "15m" }, or a macro such as @daily`
  : Given["length"] extends 5 | 6
    ? Text
    : `a cron pattern has 5 fields, or 6 with seconds first; this one has ${Given["length"] & number}`;

type Macro = "@hourly" | "@daily" | "@midnight" | "@weekly" | "@monthly" | "@yearly" | "@annually";

type Untabbed<Text extends string> = Text extends `${infer Head}\t${infer Rest}` ? Untabbed<`${Head} ${Rest}`> : Text;

/** What stands between the blanks of a text. */
type Fields<Text extends string, Done extends readonly string[] = []> = Text extends `${infer Head} ${infer Rest}`
  ? Fields<Rest, Head extends "" ? Done : [...Done, Head]>
  : Text extends ""
    ? Done
    : [...Done, Text];

/** The first characters of a text that no pattern has; `never` where it has none. Four at a time, for long texts. */
type Foreign<Text extends string> = Text extends `${infer A}${infer B}${infer C}${infer D}${infer Rest}`
  ? A | B | C | D extends Known
    ? Foreign<Rest>
    : Exclude<A | B | C | D, Known>
  : Text extends `${infer A}${infer Rest}`
    ? A extends Known
      ? Foreign<Rest>
      : A
    : never;

type Known = Digit | Letter | Uppercase<Letter> | " " | "*" | "," | "-" | "/" | "#" | "?" | "@";
type Digit = "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9";
type Letter = "a" | "b" | "c" | "d" | "e" | "f" | "g" | "h" | "i" | "j" | "k" | "l" | "m" | LaterLetter;
type LaterLetter = "n" | "o" | "p" | "q" | "r" | "s" | "t" | "u" | "v" | "w" | "x" | "y" | "z";
