import { expect } from "vitest";
import { type BelfryClient, createClient } from "../../../src/client/index.ts";
import { type Seen, startFake } from "./fake.ts";

/** What one call asks of the server, after it was answered with `answers`, by `METHOD path`. */
export async function asked(
  call: (client: BelfryClient) => Promise<unknown>,
  answers: Record<string, unknown>,
): Promise<{ got: unknown; seen: Seen | undefined }> {
  const fake = await startFake();
  for (const [request, answer] of Object.entries(answers)) fake.answers.set(request, answer);
  const got = await call(createClient({ url: `${fake.url}/`, apiKey: "belfry_secret" }));
  const [seen] = fake.seen;
  expect(fake.seen).toHaveLength(1);
  expect(seen?.headers.authorization).toBe("Bearer belfry_secret");
  return { got, seen };
}
