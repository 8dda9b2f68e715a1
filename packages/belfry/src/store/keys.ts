/** What a key may open, from the least to the most. */
export const keyScopes = ["read", "trigger", "admin"] as const;

/** What a key opens: `read` reads, `trigger` also triggers, cancels and retries, `admin` does everything. */
export type KeyScope = (typeof keyScopes)[number];

/** An API key as the store keeps it. Its secret is not among it. */
export interface KeyRow {
  /** 8 hex characters. */
  readonly id: string;
  readonly name: string;
  readonly scope: KeyScope;
  /** SHA-256 of the secret, in hex. */
  readonly hash: string;
  /** By the store's clock. */
  readonly createdAt: number;
  /** It opens nothing any more. The row stays: with a key once made, a store is never open without one again. */
  readonly revokedAt?: number;
}

export interface KeyStore {
  /**
   * Keeps a key, and answers it. Undefined: its id is there already, or `onlyFirst` is asked and there is any key,
   * revoked ones included; nothing changed.
   */
  create(
    key: Pick<KeyRow, "id" | "name" | "scope" | "hash">,
    options?: { onlyFirst?: boolean },
  ): Promise<KeyRow | undefined>;
  /** All keys, oldest first. */
  list(): Promise<KeyRow[]>;
  /** Ends a key. One that was revoked before keeps its time. */
  revoke(id: string): Promise<"revoked" | "unknown">;
}
