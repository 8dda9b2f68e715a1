import { limits } from "../../base/limits.ts";
import type { LogStore } from "../logs.ts";
import type { MemoryState } from "./state.ts";

export function memoryLogs(state: MemoryState): LogStore {
  return {
    append: async (items) =>
      items.map(({ id, token, lines }) => {
        if (!state.holds(state.findRun(id), token)) return "stale";
        const log = state.logs.get(id) ?? { lines: [], dropped: 0 };
        const room = Math.max(0, limits.logLinesPerRunMax - log.lines.length);
        log.lines.push(...lines.slice(0, room));
        log.dropped += Math.max(0, lines.length - room);
        state.logs.set(id, log);
        state.changes += 1;
        return "done";
      }),
    list: async (id, { after, limit }) => {
      const log = state.logs.get(id);
      const lines = (log?.lines ?? []).map((line, index) => ({ n: index + 1, ...line })).slice(after, after + limit);
      return { lines, dropped: log?.dropped ?? 0 };
    },
  };
}
