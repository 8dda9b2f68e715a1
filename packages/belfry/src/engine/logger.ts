/** Where the engine says what it does: pino's and the console's methods fit. */
export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** What the engine says where no logger is given: warnings and errors, to the console. */
export const defaultLogger: Logger = {
  debug: () => {},
  info: () => {},
  warn: (message) => console.warn(message),
  error: (message) => console.error(message),
};

/** A logger that never throws, whatever its own does: nothing that the engine does may depend on it. */
export function harmless(logger: Logger): Logger {
  const say = (level: keyof Logger) => (message: string) => {
    try {
      logger[level](message);
    } catch {
      // There is nobody left to tell.
    }
  };
  return { debug: say("debug"), info: say("info"), warn: say("warn"), error: say("error") };
}
