/** How long a fresh idempotency key is: 16 bytes of chance, as hex. */
export const keyCharacters = 32;

/** Whether a header can carry an idempotency key as it is. */
export function fitsHeader(key: string): boolean {
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(key);
}
