import { createHash, timingSafeEqual } from "node:crypto";
import type { KeyInfo, Keys } from "../api/keys.ts";
import { BelfryError } from "../base/errors.ts";
import { limits } from "../base/limits.ts";
import { checkOneOf, checkOptions, checkText, refuseOption } from "../base/options.ts";
import type { Clock } from "../clock/clock.ts";
import { toIso } from "../run/record.ts";
import { type KeyRow, type KeyScope, keyScopes } from "../store/keys.ts";
import type { Engine } from "./engine.ts";

/**
 * How long what was read of the keys is believed: half of the second within which a revoked key opens nothing more, as
 * the other half is how often streams ask whether theirs still stands.
 */
const believedMs = 500;
/** 32 random bytes: with so much chance a plain SHA-256 is all that is needed. */
const secretCharacters = 64;
const idCharacters = 8;

/** The API keys of the store: `belfry.keys`, and the lock that they fit. */
export class StoredKeys implements Keys {
  readonly #engine: (call: string) => Engine;
  readonly #clock: Clock;
  #rows: Promise<readonly KeyRow[]> | undefined;
  #readAt = 0;

  constructor(engine: (call: string) => Engine, clock: Clock) {
    this.#engine = engine;
    this.#clock = clock;
  }

  async create(options: { name: string; scope?: KeyScope }): Promise<KeyInfo & { secret: string }> {
    const known = checkOptions(options, "keys.create", ["name", "scope"]);
    const name =
      checkText(known.name, "name", limits.keyNameCharactersMax) || refuseOption("name", known.name, "a name");
    const scope = checkOneOf(known.scope, "scope", keyScopes) ?? "read";
    const secret = `belfry_${this.#clock.randomHex(secretCharacters)}`;
    let row: KeyRow | undefined;
    while (!row) row = await this.#keep({ name, scope, secret });
    return { ...toInfo(row), secret };
  }

  async list(): Promise<KeyInfo[]> {
    return (await this.#engine("keys.list()").store.keys.list()).map(toInfo);
  }

  async revoke(id: string): Promise<KeyInfo> {
    const { store } = this.#engine("keys.revoke()");
    if (typeof id === "string") await store.keys.revoke(id);
    this.#rows = undefined;
    const found = (await this.list()).find((key) => key.id === id);
    if (!found) throw new BelfryError("E_KEY_UNKNOWN", { value: id });
    return found;
  }

  /** Keeps a given secret as the first key, with every right; does nothing where there is a key already. Throws E_OPTION. */
  async bootstrap(secret: string): Promise<void> {
    const isStrong = /^[\x21-\x7e]{32,255}$/.test(secret);
    if (!isStrong) refuseOption("BELFRY_BOOTSTRAP_KEY", "what was given", "32 to 255 visible ASCII characters");
    await this.#keep({ name: "bootstrap", scope: "admin", secret }, { onlyFirst: true });
  }

  /** Whether a key was ever made: then nothing opens without one. */
  async exist(): Promise<boolean> {
    return (await this.#read()).length > 0;
  }

  /** The key that this secret belongs to, where it stands. Takes the same time whichever it is, and however wrong. */
  async verify(secret: string): Promise<KeyInfo | undefined> {
    const hash = digest(secret);
    let found: KeyRow | undefined;
    for (const row of await this.#read()) if (timingSafeEqual(Buffer.from(row.hash, "hex"), hash)) found = row;
    return found && found.revokedAt === undefined ? toInfo(found) : undefined;
  }

  /** Whether the key of this id still opens anything. */
  async stands(id: string): Promise<boolean> {
    return (await this.#read()).some((key) => key.id === id && key.revokedAt === undefined);
  }

  /** Keeps a key under a new id; undefined where the store says that there is one already. */
  async #keep(
    { name, scope, secret }: { name: string; scope: KeyScope; secret: string },
    options?: { onlyFirst: boolean },
  ): Promise<KeyRow | undefined> {
    const { store } = this.#engine("keys.create()");
    const id = this.#clock.randomHex(idCharacters);
    const row = await store.keys.create({ id, name, scope, hash: digest(secret).toString("hex") }, options);
    this.#rows = undefined;
    return row;
  }

  #read(): Promise<readonly KeyRow[]> {
    const { store } = this.#engine("the door");
    const now = this.#clock.mono();
    if (!this.#rows || now - this.#readAt >= believedMs) {
      const rows = store.keys.list();
      this.#readAt = now;
      this.#rows = rows;
      // What could not be read is asked for again.
      rows.catch(() => {
        if (this.#rows === rows) this.#rows = undefined;
      });
    }
    return this.#rows;
  }
}

function digest(secret: string): Buffer {
  return createHash("sha256").update(secret).digest();
}

function toInfo({ id, name, scope, createdAt, revokedAt }: KeyRow): KeyInfo {
  const info = { id, name, scope, createdAt: toIso(createdAt) };
  return revokedAt === undefined ? info : { ...info, revokedAt: toIso(revokedAt) };
}
