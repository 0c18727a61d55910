import { expect, test } from "vitest";
import { parseList } from "./lists.js";

const COLOURS = ["red", "green"] as const;

test.each([
  ["red", ["red"]],
  ["red,green", ["red", "green"]],
  [" red , green ", ["red", "green"]],
])("%j is %j", (text, list) => expect(parseList(text, COLOURS, "a colour")).toEqual(list));

test.each(["", "blue", "red,", "Red", "red,toString", "red;green"])("%j names something else", (text) => {
  expect(() => parseList(text, COLOURS, "a colour")).toThrow(/is not a colour/);
});

test("whoever is wrong is told what there is, and not everything that was said", () => {
  const refused = () => parseList("x".repeat(5_000), COLOURS, "a colour");
  expect(refused).toThrow(expect.objectContaining({ code: "invalid_input", hint: "There are: red, green." }));
  expect(refused).toThrow(/^.{1,150}$/);
});
