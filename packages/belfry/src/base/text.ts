/** A value as text, whatever it is: as its own conversion says, where it has one. Never throws. */
export function textOf(value: unknown): string {
  try {
    return String(value);
  } catch {
    return "(a value without text)";
  }
}

/** A number with its noun: `1 run`, `2 runs`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Text as it can be kept: well-formed, without NUL, and at most so many characters; what is cut ends in `…`. */
export function fitText(text: string, charactersMax: number): string {
  const cut = text.length > charactersMax ? `${text.slice(0, charactersMax - 1)}…` : text;
  return cut.toWellFormed().replaceAll("\0", "\uFFFD");
}

/** What would break a line, or turn what follows it around. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text as a message shows it: on one line, nothing in it that prints as nothing, at most so many characters. */
export function printable(text: string, charactersMax: number): string {
  return fitText(text.slice(0, charactersMax + 1).replaceAll(unprintable, escaped), charactersMax);
}

function escaped(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}
