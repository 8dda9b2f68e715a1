import { type ErrorCode, isBelfryError } from "../base/errors.ts";

/** What the server answers, or null where it says that there is none of that kind. */
export async function orNull<T>(answer: Promise<T>, code: ErrorCode): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (isBelfryError(error, code)) return null;
    throw error;
  }
}
