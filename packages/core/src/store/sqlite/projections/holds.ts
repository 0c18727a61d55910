import type { EventAbout, Run } from "./statements.js";

/** Brings the table of holds up to date. */
export function projectHold(event: EventAbout<"fleet">, run: Run): void {
  const { scope } = event.data;
  switch (event.type) {
    case "fleet.held":
      return run(
        `INSERT OR REPLACE INTO holds (scope, cause, reason, since_ms, until_ms, strikes, canary_until_ms, next_ms)
         VALUES (?, ?, ?, ?, ?, ?, 0, 0)`,
        scope,
        event.data.cause,
        event.data.reason,
        Date.parse(event.data.since),
        Date.parse(event.data.until),
        event.data.strikes,
      );
    case "fleet.canary_sent":
      return run(
        "UPDATE holds SET canary = ?, canary_owner_id = ?, canary_until_ms = ? WHERE scope = ?",
        event.data.caller,
        event.data.ownerId,
        Date.parse(event.data.until),
        scope,
      );
    case "fleet.canary_lost":
      return run("UPDATE holds SET canary = NULL, canary_owner_id = NULL WHERE scope = ?", scope);
    case "fleet.released":
      if (event.data.reason === "given_up") return run("DELETE FROM holds WHERE scope = ?", scope);
      return run("UPDATE holds SET released_ms = ?, canary = NULL WHERE scope = ?", Date.parse(event.time), scope);
  }
}
