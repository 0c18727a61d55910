import { expect, test } from "vitest";
import { describeHeld } from "./reasons.js";

test("a step that waits with the fleet is told of the limit while there is one, and of its turn afterwards", () => {
  const reason = "the limit is reached";
  expect(describeHeld({ reason, releasedMs: null })).toBe(reason);
  expect(describeHeld({ reason, releasedMs: 1 })).toBe("a limit is over, and agents go on one after another");
});
