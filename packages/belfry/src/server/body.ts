import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { parseJson } from "./json-text.ts";

/** What a body holds around a payload, in levels: at most as many as a list of schedules. */
const levelsAroundPayload = 4;
const readBefore = "was read before it came here; mount Belfry before what reads bodies";
const jsonType = /^application\/json(?:[ \t]*;[ \t]*charset=(?:utf-8|"utf-8"))?$/i;

/**
 * A request's body as JSON; an empty object where it has none. Read only as far as it fits. Throws E_CONTENT_TYPE for
 * what is no JSON in UTF-8 or is compressed, E_TOO_LARGE, and E_BODY for what is no such text. `wasRead`: a host app has
 * read from it before.
 */
export async function readJsonBody(request: Request, bytesMax: number, wasRead = false): Promise<unknown> {
  const { headers } = request;
  const type = headers.get("content-type");
  const encoding = headers.get("content-encoding");
  if (encoding !== null && encoding.trim().toLowerCase() !== "identity") refuseContent("is compressed");
  if (type !== null && !jsonType.test(type.trim())) refuseContent("is of another type");
  // Else it would be taken for a request that says nothing.
  if (wasRead && headers.has("transfer-encoding")) refuseBody(readBefore);
  const bytes = await readBytes(request, bytesMax);
  if (bytes.length === 0) return {};
  if (type === null) refuseContent("has no Content-Type");
  return parseJson(decode(bytes), limits.jsonDepthMax + levelsAroundPayload);
}

async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  const said = Number(request.headers.get("content-length") ?? Number.NaN);
  if (said > bytesMax) refuseSize(bytesMax);
  if (request.bodyUsed) refuseBody(readBefore);
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunksOf(request)) {
    length += chunk.length;
    // Leaving the loop cancels the stream.
    if (length > bytesMax) refuseSize(bytesMax);
    chunks.push(chunk);
  }
  if (said > length) refuseBody(length === 0 ? readBefore : `has ${length} of ${said} bytes`);
  return Buffer.concat(chunks, length);
}

/** What keeps a body from being read to its end is its sender's doing. */
async function* chunksOf(request: Request): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of request.body ?? []) yield chunk;
  } catch (cause) {
    throw new BelfryError("E_BODY", { problem: "could not be read to its end" }, { cause });
  }
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refuseBody("is no UTF-8");
  }
}

function refuseContent(problem: string): never {
  throw new BelfryError("E_CONTENT_TYPE", { problem });
}

function refuseBody(problem: string): never {
  throw new BelfryError("E_BODY", { problem });
}

function refuseSize(bytesMax: number): never {
  throw new BelfryError("E_TOO_LARGE", { limit: `${bytesMax / 1_024} KiB` });
}
