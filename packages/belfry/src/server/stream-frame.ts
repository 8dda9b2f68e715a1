const encoder = new TextEncoder();

/** A Server-Sent Event. JSON has no line breaks of its own, so `data` is one line. */
export function frame({ event, id, data }: { event: string; id?: string; data: unknown }): Uint8Array {
  const idLine = id === undefined ? "" : `id: ${id}\n`;
  return encoder.encode(`event: ${event}\n${idLine}data: ${JSON.stringify(data)}\n\n`);
}

/** A comment: what keeps a connection open, or says why it ends. Clients pass over it. */
export function comment(text: string): Uint8Array {
  return encoder.encode(`: ${text.replaceAll(/[\r\n]/g, " ")}\n\n`);
}

/** After how long a browser that lost the connection comes back. */
export function retryAfter(ms: number): Uint8Array {
  return encoder.encode(`retry: ${ms}\n\n`);
}

/** Many pieces as one: a single write. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces;
  if (first && pieces.length === 1) return first;
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
