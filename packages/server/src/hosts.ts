import { isIP } from "node:net";
import { ApiError } from "./problems.js";

const LOOPBACK = ["localhost", "127.0.0.1", "[::1]"];

/** Whether an address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127(\.\d+){3}$/.test(host);
}

/** Checks by what name the server was asked for, and by which page. */
export interface HostCheck {
  /**
   * A page of an attacker can make its own name resolve to this machine (DNS rebinding): then the name that was asked
   * for is not ours. And a browser says which page a request comes from.
   *
   * @throws ApiError `host_refused`, `origin_refused`
   */
  require(headers: { host?: string | undefined; origin?: string | undefined }): void;
}

/**
 * Makes the check.
 *
 * @param bound - the address that the server listens on
 * @param names - further names that it may be asked by, such as that of a proxy in front of it
 */
export function createHostCheck(bound: string, names: readonly string[]): HostCheck {
  const allowed = new Set([...LOOPBACK, ...names].map((name) => name.toLowerCase()));
  if (!isAnyAddress(bound)) allowed.add(isIP(bound) === 6 ? `[${bound.toLowerCase()}]` : bound.toLowerCase());
  const isAllowed = (host: string) => {
    const name = host.toLowerCase().replace(/:\d+$/, "");
    // Of a server on every address, any address of it is right; a name of it must be given.
    return allowed.has(name) || (isAnyAddress(bound) && isIP(name.replace(/^\[|\]$/g, "")) !== 0);
  };
  return {
    require({ host, origin }) {
      if (host === undefined || !isAllowed(host)) {
        throw new ApiError(
          "host_refused",
          `The server was asked for as ${JSON.stringify(host ?? "")}, which is none of its names.`,
          "If that is its name, allow it: orchestrator serve --allow-host <name>",
        );
      }
      // A page of the same name on another port is another page.
      if (origin !== undefined && originHost(origin) !== host.toLowerCase()) {
        throw new ApiError(
          "origin_refused",
          `A page of ${JSON.stringify(origin.slice(0, 200))} may not use this server.`,
          "Open the page of the server itself.",
        );
      }
    },
  };
}

function isAnyAddress(host: string): boolean {
  return host === "0.0.0.0" || host === "::";
}

function originHost(origin: string): string | null {
  try {
    return new URL(origin).host;
  } catch {
    return null;
  }
}
