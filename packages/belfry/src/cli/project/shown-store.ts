/** A store's URL as it may be shown: without what is secret in it. */
export function shownStore(url: string): string {
  return url.replace(/\/\/.*@/s, "//…@").replace(/\?.*/s, "?…");
}
