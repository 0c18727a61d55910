import { create } from "zustand";

export type Theme = "system" | "light" | "dark";
/** How moments are written: as the time that has passed, or as date and time of day. */
export type TimeStyle = "relative" | "absolute";

interface Preferences {
  theme: Theme;
  timeStyle: TimeStyle;
  /** Whether the browser tells of ended and waiting tasks while the page is out of sight. */
  notifies: boolean;
}

const KEYS = { theme: "orchestrator.theme", timeStyle: "orchestrator.times", notifies: "orchestrator.notify" } as const;

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    // Storage is switched off in this browser: the page works with what it begins with.
    return null;
  }
}

function write(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage is switched off or full: the choice holds until the page is closed.
  }
}

function initialTheme(): Theme {
  const stored = read(KEYS.theme);
  return stored === "light" || stored === "dark" ? stored : "system";
}

export const usePreferences = create<Preferences>(() => ({
  theme: initialTheme(),
  timeStyle: read(KEYS.timeStyle) === "absolute" ? "absolute" : "relative",
  notifies: read(KEYS.notifies) === "yes",
}));

const systemIsDark = () => matchMedia("(prefers-color-scheme: dark)").matches;

function paint(theme: Theme): void {
  const isDark = theme === "dark" || (theme === "system" && systemIsDark());
  document.documentElement.dataset.theme = isDark ? "dark" : "light";
}

/** Chooses light or dark, or follows the system, from now on and at the next visit. */
export function chooseTheme(theme: Theme): void {
  write(KEYS.theme, theme);
  usePreferences.setState({ theme });
  paint(theme);
}

/** Follows the system while nothing else is chosen. Call it once. */
export function followSystemTheme(): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => paint(usePreferences.getState().theme));
}

/** Chooses how moments are written. */
export function chooseTimeStyle(timeStyle: TimeStyle): void {
  write(KEYS.timeStyle, timeStyle);
  usePreferences.setState({ timeStyle });
}

/**
 * Switches notifications on, where the browser's user agrees, or off.
 *
 * @returns why they stay off, in a sentence; `null` when it is as wanted
 */
export async function chooseNotifications(notifies: boolean): Promise<string | null> {
  if (notifies) {
    if (!("Notification" in globalThis)) return "This browser has no notifications.";
    const permission = await Notification.requestPermission();
    if (permission !== "granted") return "The browser does not allow this page to notify. Allow it in its settings.";
  }
  write(KEYS.notifies, notifies ? "yes" : "no");
  usePreferences.setState({ notifies });
  return null;
}
