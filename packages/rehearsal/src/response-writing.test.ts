import { describe, expect, it } from "vitest";
import { unlessGone } from "./response-writing.js";

describe("unlessGone", () => {
  it("gives what the work gives", async () => {
    await expect(unlessGone(new AbortController().signal, Promise.resolve(1))).resolves.toBe(1);
    await expect(unlessGone(new AbortController().signal, Promise.reject(new Error("broken")))).rejects.toThrow(
      "broken",
    );
  });

  it("rejects when the client leaves, although the work goes on", async () => {
    const left = new AbortController();
    const waiting = unlessGone(left.signal, new Promise(() => {}));
    left.abort(new Error("left"));
    await expect(waiting).rejects.toThrow("left");
  });

  it("takes care of work that fails when the client is gone already", async () => {
    // An unhandled rejection fails the whole test run.
    const work = Promise.reject(new Error("too late"));
    await expect(unlessGone(AbortSignal.abort(new Error("left")), work)).rejects.toThrow("left");
  });
});
