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
