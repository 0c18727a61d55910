import { X } from "lucide-react";
import { type ReactNode, useEffect, useState } from "react";
import { create } from "zustand";
import type { Tone } from "../format/statuses.ts";
import { StatusMark } from "./status.tsx";

interface Toast {
  key: number;
  tone: Tone;
  title: string;
  text: ReactNode;
}

/** More at once would cover the page: the oldest go. */
const MAX_SHOWN = 4;
const SHOWN_MS = 8_000;

let nextKey = 1;
const useToasts = create<{ shown: Toast[] }>(() => ({ shown: [] }));

/**
 * Says something at the edge of the page. A failure stays until it is closed, anything else for some seconds.
 *
 * @example showToast({ tone: "good", title: "Cancelled", text: "The task ends its steps." })
 */
export function showToast(toast: Omit<Toast, "key">): void {
  nextKey += 1;
  const shown = [...useToasts.getState().shown, { ...toast, key: nextKey }].slice(-MAX_SHOWN);
  useToasts.setState({ shown });
}

function close(key: number): void {
  useToasts.setState(({ shown }) => ({ shown: shown.filter((toast) => toast.key !== key) }));
}

const SHAPES = { still: "dot", active: "dot", good: "check", warn: "alert", bad: "cross" } as const;

export function Toasts() {
  const shown = useToasts((state) => state.shown);
  return (
    <section
      aria-label="Messages"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-2 bottom-16 z-50 flex flex-col gap-2 sm:left-auto sm:right-4 sm:w-80 md:bottom-4"
    >
      {shown.map((toast) => (
        <ToastPanel key={toast.key} toast={toast} />
      ))}
    </section>
  );
}

function ToastPanel({ toast }: { toast: Toast }) {
  const [isKept, setKept] = useState(toast.tone === "bad");
  useEffect(() => {
    if (isKept) return;
    const timer = setTimeout(() => close(toast.key), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isKept, toast.key]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: nothing is done here; it only stays while it is looked at.
    <div
      className="panel pointer-events-auto flex items-start gap-2 p-3 shadow-lg"
      onPointerEnter={() => setKept(true)}
      onFocus={() => setKept(true)}
    >
      <StatusMark shape={SHAPES[toast.tone]} tone={toast.tone} className="mt-0.5" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold">{toast.title}</p>
        <div className="break-words text-muted">{toast.text}</div>
      </div>
      <button type="button" aria-label="Close" onClick={() => close(toast.key)} className="text-muted hover:text-text">
        <X aria-hidden="true" className="size-4" />
      </button>
    </div>
  );
}
