import { Link } from "@tanstack/react-router";
import { Search } from "lucide-react";
import { useNow } from "../live/clock.ts";
import { useConnection } from "../live/live.tsx";
import type { Overlay } from "./overlay.ts";
import { useSession } from "./session.tsx";
import { SettingsMenu } from "./settings-menu.tsx";

export function Header({ onOpen }: { onOpen(overlay: Overlay): void }) {
  const { rehearsal } = useSession();
  return (
    <header className="sticky top-0 z-30 flex h-12 items-center gap-3 border-b border-line bg-surface px-3 md:px-4">
      <Link to="/" className="flex items-center gap-2 font-semibold tracking-tight">
        <img src="/favicon.svg" alt="" className="size-6" />
        <span className="hidden sm:inline">Orchestrator</span>
        <span className="sr-only sm:hidden">Orchestrator</span>
      </Link>
      {rehearsal && (
        <span
          className="hidden rounded-sm border border-warn px-1.5 text-xs leading-5 text-warn sm:inline"
          title="A script answers in place of a model: nothing is charged."
        >
          rehearsal
        </span>
      )}
      <div className="min-w-0 flex-1" />
      <ConnectionState />
      <button
        type="button"
        onClick={() => onOpen("commands")}
        className="flex h-8 items-center gap-2 rounded-[5px] border border-edge px-2 text-muted hover:text-text"
        aria-label="Search and commands"
        aria-keyshortcuts="Control+K"
      >
        <Search aria-hidden="true" className="size-4" />
        <span className="hidden lg:inline">Search or command</span>
        <kbd className="mono hidden text-xs md:inline">Ctrl K</kbd>
      </button>
      <SettingsMenu onOpen={onOpen} />
    </header>
  );
}

const GONE_AFTER_FAILURES = 4;

/** Whether what is shown is live, and if not, when it may be again. */
function ConnectionState() {
  const connection = useConnection();
  const nowMs = useNow(connection.kind === "waiting");
  const { text, tone } = describe(connection, nowMs);
  const isLive = connection.kind === "live";
  return (
    <div className={`flex items-center gap-1.5 text-xs ${tone}`}>
      <span
        aria-hidden="true"
        className={`size-2 shrink-0 border-2 border-current ${isLive ? "rounded-full bg-current" : "rotate-45"}`}
      />
      {/* Only a change of kind is told to readers of the screen, not each second. */}
      <span role="status" className="sr-only">
        {isLive ? "live" : describe(connection, Number.NaN).text}
      </span>
      <span aria-hidden="true" className="max-w-40 truncate sm:max-w-none">
        {text}
      </span>
      {connection.kind === "waiting" && (
        <button type="button" className="link" onClick={connection.retry}>
          now
        </button>
      )}
      {connection.kind === "signed_out" && (
        <button type="button" className="link" onClick={() => location.reload()}>
          sign in
        </button>
      )}
    </div>
  );
}

function describe(connection: ReturnType<typeof useConnection>, nowMs: number): { text: string; tone: string } {
  switch (connection.kind) {
    case "live":
      return { text: "live", tone: "text-good" };
    case "connecting":
      return { text: "connecting", tone: "text-muted" };
    case "signed_out":
      return { text: "signed out", tone: "text-bad" };
    case "waiting": {
      const seconds = Math.max(1, Math.ceil((connection.retryAtMs - Date.now()) / 1_000));
      const when = Number.isNaN(nowMs) ? "" : ` in ${seconds} s`;
      return connection.failures >= GONE_AFTER_FAILURES
        ? { text: `the server is gone; next try${when || " soon"}`, tone: "text-bad" }
        : { text: `reconnecting${when}`, tone: "text-warn" };
    }
  }
}
