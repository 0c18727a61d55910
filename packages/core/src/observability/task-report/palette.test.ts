import { describe, expect, test } from "vitest";
import { DARK, LIGHT, type Palette } from "./palette.js";

/** The relative luminance of WCAG 2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

const PAIRS: [keyof Palette, keyof Palette][] = [
  ...(["text", "muted", "accent", "good", "bad", "warn"] as const).flatMap((name): [keyof Palette, keyof Palette][] => [
    [name, "ground"],
    [name, "surface"],
  ]),
  ["addedText", "addedGround"],
  ["removedText", "removedGround"],
];

describe.each([
  ["light", LIGHT],
  ["dark", DARK],
])("the %s colours", (_, palette) => {
  test.each(PAIRS)("%s can be read on %s", (text, ground) =>
    expect(contrast(palette[text], palette[ground])).toBeGreaterThanOrEqual(4.5),
  );
});
