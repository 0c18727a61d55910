import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";

const DIST = new URL("../packages/dashboard/dist/", import.meta.url);
const MAX_FIRST_LOAD_BYTES = 250_000;

const read = (path: string) => readFileSync(new URL(`.${path}`, DIST));

describe("the page as it is built", () => {
  const html = read("/index.html").toString("utf8");
  const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1] ?? "");

  test("loads little at first: charts, graph, diff and formatter come when they are needed", () => {
    const bytes = ["/index.html", ...files].reduce((sum, file) => sum + gzipSync(read(file)).length, 0);
    expect(files.some((file) => file.endsWith(".js"))).toBe(true);
    expect(bytes).toBeLessThan(MAX_FIRST_LOAD_BYTES);
  });

  test("has no script of its own in the text, as its policy refuses such, and nothing from elsewhere", () => {
    expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
    expect(html).not.toMatch(/\son\w+=/);
    expect(html).not.toMatch(/https?:/);
  });
});
