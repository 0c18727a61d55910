import { describe, expect, test } from "vitest";
import { z } from "zod";
import { checkOptions } from "./check-options.js";

const schema = z.strictObject({
  name: z.string(),
  count: z.number().int().max(9).optional(),
  mode: z.enum(["fast", "slow"]).optional(),
  inner: z.strictObject({ names: z.array(z.string()) }).optional(),
});

const check = (value: unknown) => checkOptions(schema, value, "countThings");

function problemOf(value: unknown): string {
  try {
    check(value);
  } catch (error) {
    expect(error).toMatchObject({ code: "invalid_input", exitCode: 2 });
    return (error as Error).message;
  }
  throw new Error("it was accepted");
}

describe("options that fit", () => {
  test("are given back", () => {
    const options = { name: "x", count: 3, mode: "slow", inner: { names: ["a"] } };
    expect(check(options)).toEqual(options);
  });

  test("may have gaps, also as undefined", () => {
    expect(check({ name: "x", count: undefined })).toEqual({ name: "x" });
  });

  test("are given back as the schema makes them", () => {
    expect(checkOptions(z.object({ name: z.string().trim() }), { name: " x " }, "call")).toEqual({ name: "x" });
  });
});

describe("an option that there is not", () => {
  test("is refused by name, with those there are", () => {
    expect(() => check({ name: "x", colour: "red" })).toThrow(
      expect.objectContaining({
        code: "invalid_input",
        message: "countThings has no option colour.",
        hint: "Its options are: name, count, mode, inner.",
      }),
    );
  });

  test("is named with every other one", () => {
    expect(problemOf({ name: "x", colour: "red", size: 1 })).toBe("countThings has no option colour, size.");
  });
});

describe("a value that does not fit is refused with field, value and rule", () => {
  test.each([
    [{}, "countThings: name is undefined, but expected string, received undefined."],
    [{ name: 5 }, "countThings: name is 5, but expected string, received number."],
    [{ name: null }, "countThings: name is null, but expected string, received null."],
    [{ name: "x", count: "1" }, 'countThings: count is "1", but expected number, received string.'],
    [{ name: "x", count: 1.5 }, "countThings: count is 1.5, but expected int, received number."],
    [{ name: "x", count: 10 }, "countThings: count is 10, but it is too big: expected number to be <=9."],
    [{ name: "x", mode: "quick" }, 'countThings: mode is "quick", but expected one of "fast"|"slow".'],
    [
      { name: "x", inner: { names: ["a", 5] } },
      "countThings: inner.names.1 is 5, but expected string, received number.",
    ],
    [{ name: () => {} }, "countThings: name is a function, but expected string, received function."],
    [{ name: Symbol("x") }, "countThings: name is Symbol(x), but expected string, received symbol."],
  ])("%j: %s", (value, problem) => {
    expect(problemOf(value)).toBe(problem);
  });

  test.each([
    [null, "countThings: it was given null, but expected object, received null."],
    [undefined, "countThings: it was given undefined, but expected object, received undefined."],
    ["x", 'countThings: it was given "x", but expected object, received string.'],
    [["x"], 'countThings: it was given ["x"], but expected object, received array.'],
  ])("in place of options: %j", (value, problem) => {
    expect(problemOf(value)).toBe(problem);
  });

  test("a long value is cut", () => {
    expect(problemOf({ name: ["y".repeat(1_000)] })).toMatch(/^countThings: name is \["y{118}…, but expected string/);
  });

  test("with what to do about it", () => {
    expect(() => check({})).toThrow(expect.objectContaining({ hint: "Correct it or leave it out." }));
  });
});
