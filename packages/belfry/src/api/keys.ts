import type { KeyScope } from "../store/keys.ts";

/** An API key, without its secret: only the SHA-256 of that is kept. */
export interface KeyInfo {
  /** What `revoke` takes: 8 hex characters. */
  id: string;
  /** What it is for. */
  name: string;
  scope: KeyScope;
  createdAt: string;
  /** Since when it opens nothing any more. */
  revokedAt?: string;
}

/** The API keys of the store. Once there is one, every request over HTTP needs one, also after it was revoked. */
export interface Keys {
  /** Makes a key; `secret` is told this once. Default scope: `read`. Rejects E_OPTION, E_OPTION_UNKNOWN. */
  create(options: { name: string; scope?: KeyScope }): Promise<KeyInfo & { secret: string }>;
  /** All keys, oldest first, the revoked ones too. */
  list(): Promise<KeyInfo[]>;
  /** Ends a key, for all processes within a second; one that has ended stays so. Rejects E_KEY_UNKNOWN. */
  revoke(id: string): Promise<KeyInfo>;
}
