/** A fenced block of a page: its place, its language, its text, and the comment right before it. */
export interface Block {
  readonly page: string;
  /** The line of the opening fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  /** What `<!-- … -->` on the line before the fence says; empty where there is none. */
  readonly mark: string;
}

const shape = /^(?:<!-- (?<mark>[^\n]*) -->\n)?```(?<language>[^\n]*)\n(?<text>[\s\S]*?)^```$/gm;

/** The fenced blocks of a page, in order, those without a language too. */
export function blocksOf(page: string, text: string): Block[] {
  return [...text.matchAll(shape)].map(({ groups, index }) => {
    const { mark = "", language = "", text: body = "" } = groups ?? {};
    return { page, line: text.slice(0, index).split("\n").length + (mark ? 1 : 0), language, text: body, mark };
  });
}

/** Where a block stands, for people. */
export function placeOf({ page, line }: Pick<Block, "page" | "line">): string {
  return `${page}:${line}`;
}
