import type { ReactNode } from "react";

/** Text as it was printed, in a pane that scrolls and can be reached by keyboard. */
export function ScrollPane({ label, children }: { label: string; children: ReactNode }) {
  return (
    <section
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
      tabIndex={0}
      className="max-h-96 overflow-auto rounded-[5px] border border-line bg-sunken p-2.5"
    >
      <pre className="mono whitespace-pre-wrap break-words">{children}</pre>
    </section>
  );
}
