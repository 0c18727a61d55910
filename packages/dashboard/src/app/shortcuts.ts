import { useNavigate } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import type { Overlay } from "./overlay.ts";
import { PLACES } from "./places.ts";

/** So long after `g` the second key may come. */
const SECOND_KEY_MS = 1_500;

/** The keys of the page, as its dialog tells them. Those of a place come from its entry. */
export const KEYS: readonly { keys: string; meaning: string }[] = [
  { keys: "Ctrl K", meaning: "Search pages, tasks and agents, or give a command" },
  { keys: "j  k", meaning: "Go down or up in a list" },
  { keys: "Enter", meaning: "Open what is marked" },
  { keys: "x", meaning: "Select what is marked, in the history" },
  { keys: "/", meaning: "Go to the search field of the page" },
  ...PLACES.map(({ key, name }) => ({ keys: `g ${key}`, meaning: `Go to: ${name}` })),
  { keys: "?", meaning: "Show these keys" },
  { keys: "Esc", meaning: "Close what lies on top" },
];

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable=true]") !== null;
}

const isCovered = () => document.querySelector('[role="dialog"], [role="alertdialog"], [role="menu"]') !== null;

/** Moves the focus among what is marked as an item of a list, with `data-item`. */
function moveFocus(step: 1 | -1): void {
  const items = [...document.querySelectorAll<HTMLElement>("main [data-item]")];
  const at = items.findIndex((item) => item.matches(":focus"));
  const next = at === -1 ? (step === 1 ? 0 : items.length - 1) : Math.min(items.length - 1, Math.max(0, at + step));
  items[next]?.focus();
  items[next]?.scrollIntoView({ block: "nearest" });
}

/** Listens to the keys of the page. */
export function useShortcuts(open: (overlay: Overlay) => void): void {
  const navigate = useNavigate();
  const firstKeyMs = useRef(0);

  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey)) {
        event.preventDefault();
        return open("commands");
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || isCovered()) return;
      const place = PLACES.find(({ key }) => key === event.key);
      if (place && Date.now() - firstKeyMs.current < SECOND_KEY_MS) {
        firstKeyMs.current = 0;
        return void navigate({ to: place.to });
      }
      switch (event.key) {
        case "?":
          return open("keys");
        case "g":
          firstKeyMs.current = Date.now();
          return;
        case "j":
          return moveFocus(1);
        case "k":
          return moveFocus(-1);
        case "/":
          event.preventDefault();
          return document.querySelector<HTMLElement>("main [data-search]")?.focus();
      }
    };
    addEventListener("keydown", listen);
    return () => removeEventListener("keydown", listen);
  }, [navigate, open]);
}
