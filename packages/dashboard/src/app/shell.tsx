import { Outlet } from "@tanstack/react-router";
import { useState } from "react";
import { Toasts } from "../components/toasts.tsx";
import { ActivityRecorder } from "../live/activity-store.ts";
import { Announcer } from "./announcer.tsx";
import { CommandBar } from "./command-bar.tsx";
import { Header } from "./header.tsx";
import { KeysDialog } from "./keys-dialog.tsx";
import { Navigation } from "./navigation.tsx";
import type { Overlay } from "./overlay.ts";
import { useShortcuts } from "./shortcuts.ts";

/** What surrounds every page. */
export function Shell() {
  const [overlay, setOverlay] = useState<Overlay>(null);
  useShortcuts(setOverlay);
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only focus:not-sr-only focus:absolute focus:left-2 focus:top-2 focus:z-50 focus:bg-surface focus:p-2"
      >
        Skip to the content
      </a>
      <Header onOpen={setOverlay} />
      <div className="flex min-w-0 flex-1 flex-col md:flex-row">
        <Navigation />
        <main id="content" tabIndex={-1} className="min-w-0 flex-1 pb-16 outline-none md:pb-0">
          <Outlet />
        </main>
      </div>
      <CommandBar isOpen={overlay === "commands"} onOpen={setOverlay} />
      <KeysDialog isOpen={overlay === "keys"} onClose={() => setOverlay(null)} />
      <ActivityRecorder />
      <Announcer />
      <Toasts />
    </div>
  );
}
