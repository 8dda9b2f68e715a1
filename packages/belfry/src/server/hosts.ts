import { hostShape } from "../engine/door.ts";

/** A host as a header names it, in lower case; the port is absent where it is the scheme's own. */
export interface Host {
  readonly name: string;
  readonly port?: string;
}

const ownPorts: Readonly<Record<string, string>> = { http: "80", https: "443" };

/** A Host header; undefined for what is none. */
export function parseHost(value: string | undefined, scheme?: string): Host | undefined {
  const [, name, port] = hostShape.exec(value?.toLowerCase() ?? "") ?? [];
  if (name === undefined) return undefined;
  const isOwn = port === undefined || (scheme !== undefined && port === ownPorts[scheme]);
  return isOwn ? { name } : { name, port };
}

/** An Origin header of the web; undefined for what is none, `null` included. */
export function parseOrigin(value: string): (Host & { readonly scheme: string }) | undefined {
  const [, scheme, rest] = /^(https?):\/\/([^/?#@]+)$/.exec(value.toLowerCase()) ?? [];
  const host = parseHost(rest, scheme);
  return host && scheme !== undefined ? { ...host, scheme } : undefined;
}

/** Whether a name can mean nothing but this machine. */
export function isLoopbackName(name: string): boolean {
  return name === "localhost" || name === "[::1]" || isLoopbackAddress(name);
}

/** Whether an address, as sockets tell it, is this machine's own. */
export function isLoopbackAddress(address: string): boolean {
  const plain = address.toLowerCase().replace(/^::ffff:/, "");
  if (plain === "::1") return true;
  const parts = /^127\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(plain)?.slice(1) ?? [];
  return parts.length === 3 && parts.every((part) => Number(part) <= 255);
}

/** An allowed host without a port allows any; one with a scheme's own port also allows none. */
export function isAllowedHost({ name, port }: Host, allowed: readonly string[]): boolean {
  const ports = port === undefined ? Object.values(ownPorts) : [port];
  return allowed.includes(name) || ports.some((one) => allowed.includes(`${name}:${one}`));
}
