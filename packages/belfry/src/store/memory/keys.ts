import type { KeyStore } from "../keys.ts";
import type { MemoryState } from "./state.ts";

export function memoryKeys(state: MemoryState): KeyStore {
  return {
    async create(key, { onlyFirst = false } = {}) {
      if (state.apiKeys.has(key.id) || (onlyFirst && state.apiKeys.size > 0)) return "exists";
      const { id, name, scope, hash } = key;
      state.apiKeys.set(id, { id, name, scope, hash, createdAt: state.now() });
      state.changes += 1;
      return "created";
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
