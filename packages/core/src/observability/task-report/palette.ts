/** The colours of a report. Each text colour has a contrast of 4.5 to 1 or more on every ground that it stands on. */
export interface Palette {
  ground: string;
  surface: string;
  text: string;
  muted: string;
  line: string;
  accent: string;
  good: string;
  bad: string;
  warn: string;
  addedText: string;
  addedGround: string;
  removedText: string;
  removedGround: string;
}

export const LIGHT: Palette = {
  ground: "#fbfbf9",
  surface: "#f2f2ef",
  text: "#22262b",
  muted: "#585f69",
  line: "#d5d7da",
  accent: "#1d5bb5",
  good: "#17633a",
  bad: "#a02318",
  warn: "#74490a",
  addedText: "#0f4727",
  addedGround: "#e1f3e6",
  removedText: "#701a13",
  removedGround: "#fce8e5",
};

export const DARK: Palette = {
  ground: "#17191d",
  surface: "#1f2227",
  text: "#e3e5e8",
  muted: "#a4abb5",
  line: "#3a3f47",
  accent: "#8db5f6",
  good: "#82d19d",
  bad: "#f3a49c",
  warn: "#e5c07f",
  addedText: "#bbe7c8",
  addedGround: "#173321",
  removedText: "#f5c6c1",
  removedGround: "#3c1d1a",
};

/** A palette as the custom properties of a style sheet. */
export function toProperties(palette: Palette): string {
  return Object.entries(palette)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(";");
}
