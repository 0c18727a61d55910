import { describe, expect, it } from "vitest";
import { parseAnsi } from "./ansi.ts";

const ESCAPE = String.fromCharCode(27);
const BELL = String.fromCharCode(7);
const textOf = (output: string) =>
  parseAnsi(output)
    .map((part) => part.text)
    .join("");

describe("a terminal's output", () => {
  it("keeps its colours as those of the page", () => {
    expect(parseAnsi(`${ESCAPE}[31mfailed${ESCAPE}[0m then ${ESCAPE}[1;32mpassed${ESCAPE}[0m`)).toEqual([
      { text: "failed", className: "text-bad" },
      { text: " then ", className: "" },
      { text: "passed", className: "text-good font-semibold" },
    ]);
  });

  it("leaves out what moves the cursor or names the window", () => {
    expect(textOf(`${ESCAPE}[2K${ESCAPE}[1Gone${ESCAPE}]0;title${BELL} two${ESCAPE}(B`)).toBe("one two");
  });

  it("shows what a carriage return has left, as a terminal would", () => {
    expect(textOf("10 %\r50 %\r100 %\ndone\r\nend")).toBe("100 %\ndone\nend");
  });

  it("takes nothing for HTML", () => {
    expect(textOf(`${ESCAPE}[31m<img src=x onerror=alert(1)> & more${ESCAPE}[0m`)).toBe(
      "<img src=x onerror=alert(1)> & more",
    );
  });

  it("is nothing for nothing", () => {
    expect(parseAnsi("")).toEqual([]);
  });
});
