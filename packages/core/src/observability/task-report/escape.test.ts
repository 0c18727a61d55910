import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeText, html } from "./escape.js";

describe("a text from somebody else", () => {
  test.each([
    ["<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    [`" onclick="x" '`, "&quot; onclick=&quot;x&quot; &#39;"],
    ["&lt;", "&amp;lt;"],
    ["\u001b[1;31mred\u001b[0m", "red"],
    ["\u001b]8;;https://example.com\u0007link\u001b]8;;\u0007", "link"],
    ["\u001b]0;title\u001b\\rest", "rest"],
    ["\u009b31mred", "red"],
    ["\u001b(Bset \u001b7saved", "set saved"],
    ["cut \u001b[", "cut \u241b["],
    ["never ended \u001b]0;title\nnext line", "never ended \u241b]0;title\nnext line"],
    ["a\u0000b\u0007c\u007fd\u0085e", "a\u2400b\u2407c\u2421d[U+0085]e"],
    ["a\r\nb\rc\td", "a\nb\u240dc\td"],
    [
      "if (admin\u202e \u2066// nobody\u2069) \u200b\ufeff",
      "if (admin[U+202E] [U+2066]// nobody[U+2069]) [U+200B][U+FEFF]",
    ],
    ["\ud800 \udc00 \ufffe \u{1f600} caf\u00e9", "\ufffd \ufffd \ufffd \u{1f600} caf\u00e9"],
    ["hidden \u{e0041}", "hidden [U+E0041]"],
  ])("%j becomes %j", (text, expected) => expect(escapeText(text)).toBe(expected));

  test("has nothing left that could be markup or would not be seen, whatever it was", () => {
    const parts = fc.constantFrom(
      "\u001b",
      "[",
      "]",
      "\u009b",
      "\u0007",
      "\\",
      "<",
      ">",
      '"',
      "'",
      "&",
      "\u202e",
      "\ud800",
      "1",
      "m",
      "\n",
    );
    const texts = fc.oneof(
      fc.array(parts).map((all) => all.join("")),
      fc.string({ unit: "binary" }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const escaped = escapeText(text);
        expect(escaped).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/);
        expect(escaped).not.toMatch(/[^\P{Cc}\t\n]|\p{Surrogate}|\p{Bidi_Control}/u);
      }),
    );
  });

  test.each([
    "\u001b]".repeat(300_000),
    `\u001b[${"0".repeat(600_000)}`,
    "\u001b[0".repeat(200_000),
    "\u001bP".repeat(300_000),
    `${"\u001b(".repeat(300_000)}${" ".repeat(300_000)}`,
  ])("takes little time however it is made (%#)", (text) => {
    const startMs = performance.now();
    escapeText(text);
    expect(performance.now() - startMs).toBeLessThan(2_000);
  });
});

describe("composed markup", () => {
  test("escapes values, keeps markup, and takes lists and nothing", () => {
    const inner = html`<b>${"<i>"}</b>`;
    const made = html`<p title="${'"x'}">${[inner, 1, null, undefined, false, " & "]}</p>`;
    expect(made.source).toBe('<p title="&quot;x"><b>&lt;i&gt;</b>1 &amp; </p>');
  });

  test("takes an object that looks like markup for none", () => {
    const forged = { source: "<script>" } as unknown as string;
    expect(html`${forged}`.source).not.toContain("<script>");
  });
});
