import { describe, expect, it } from "vitest";
import { Problem, toProblem, toProblemOf } from "./problem.ts";

describe("a refusal", () => {
  it("says what the server says: what happened, and what to do", () => {
    const problem = toProblemOf(409, { code: "not_applied", detail: "It is not done.", hint: "Wait.", status: 409 });
    expect([problem.status, problem.code, problem.message, problem.hint]).toEqual([
      409,
      "not_applied",
      "It is not done.",
      "Wait.",
    ]);
  });

  it.each([["<html>Bad gateway</html>"], [undefined], [null], [{ detail: 5 }]])(
    "stands for itself when it says %s",
    (body) => {
      expect(toProblemOf(502, body).message).toBe("The server answered with status 502.");
    },
  );
});

describe("any other failure", () => {
  it("is shown as a problem too", () => {
    expect(toProblem(new Error("lost")).message).toBe("lost");
    expect(toProblem("lost").message).toBe("lost");
  });

  it("is the same when it is one already", () => {
    const problem = new Problem({ status: 404, code: "not_found", detail: "Gone.", hint: "" });
    expect(toProblem(problem)).toBe(problem);
  });
});
