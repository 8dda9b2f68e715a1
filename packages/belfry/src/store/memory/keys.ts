import type { KeyStore } from "../keys.ts";
import type { MemoryState } from "./state.ts";

export function memoryKeys(state: MemoryState): KeyStore {
  return {
    async create(key, { onlyFirst = false } = {}) {
      if (state.apiKeys.has(key.id) || (onlyFirst && state.apiKeys.size > 0)) return undefined;
      const { id, name, scope, hash } = key;
      const row = { id, name, scope, hash, createdAt: state.now() };
      state.apiKeys.set(id, row);
      state.changes += 1;
      return row;
    },
    list: async () => [...state.apiKeys.values()],
    async revoke(id) {
      const key = state.apiKeys.get(id);
      if (!key) return "unknown";
      if (key.revokedAt === undefined) {
        state.apiKeys.set(id, { ...key, revokedAt: state.now() });
        state.changes += 1;
      }
      return "revoked";
    },
  };
}
