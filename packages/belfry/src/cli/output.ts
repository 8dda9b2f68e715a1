import { styleText } from "node:util";
import type { RunStatus } from "../run/states.ts";
import type { CliContext } from "./context.ts";
import { type Column, recordLines, tableLines } from "./table.ts";

type Style = Parameters<typeof styleText>[0];

const statusStyles: Readonly<Record<RunStatus, Style>> = {
  pending: "yellow",
  processing: "cyan",
  completed: "green",
  errors: "red",
};

/** What a stream that does not say its width is taken for; some terminals say 0. */
const columnsDefault = 80;

/** How many characters a line of a stream has. */
export function columnsOf(stream: object): number {
  return ("columns" in stream && Number(stream.columns)) || columnsDefault;
}

/** Where a command's answer goes: to people, or as one JSON document with `--json`. */
export class Output {
  readonly isJson: boolean;
  readonly #context: CliContext;
  readonly #isColoured: boolean;

  constructor(context: CliContext, isJson: boolean) {
    this.isJson = isJson;
    this.#context = context;
    this.#isColoured = context.isTty && !isJson && !context.environment.NO_COLOR;
  }

  /** Whether a line may be written over: on a terminal that a person reads. */
  get isLive(): boolean {
    return this.#context.isTty && !this.isJson;
  }

  /** The one document of `--json`; else what `human` writes. */
  answer(document: unknown, human: () => void): void {
    if (this.isJson) this.line(JSON.stringify(document));
    else human();
  }

  line(text: string): void {
    this.#context.stdout.write(`${text}\n`);
  }

  /** Something beside the answer: to stderr, and not at all with `--json`. */
  note(text: string): void {
    if (!this.isJson) this.#context.stderr.write(`${this.style("dim", text)}\n`);
  }

  /** Rows as a table, or a note that says there are none. */
  table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], none: string): void {
    if (rows.length === 0) this.note(none);
    for (const line of tableLines(columns, rows, this.#title)) this.line(line);
  }

  /** A record's fields, one a line. */
  record(record: object): void {
    const styleValue = (text: string, name: string) => (name === "status" ? this.status(text) : text);
    for (const line of recordLines(record, this.#title, styleValue)) this.line(line);
  }

  /** Says how to ask for what a page left out. */
  more(cursor: string | undefined): void {
    if (cursor !== undefined) this.note(`there is more: --cursor ${cursor}`);
  }

  /** Writes over the line that stands there; an empty text clears it. Nothing where no line can be written over. */
  live(text: string): void {
    if (!this.isLive) return;
    const shown = text.slice(0, columnsOf(this.#context.stdout) - 1);
    this.#context.stdout.write(`\r\u001B[2K${shown}`);
  }

  /** A run's status, in its colour. */
  status(text: string): string {
    const style = statusStyles[text as RunStatus] as Style | undefined;
    return style === undefined ? text : this.style(style, text);
  }

  style(style: Style, text: string): string {
    return this.#isColoured ? styleText(style, text, { validateStream: false }) : text;
  }

  readonly #title = (text: string): string => this.style("bold", text);
}
