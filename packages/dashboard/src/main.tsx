import "./style.css";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "./api/queries.ts";
import { router } from "./app/router.tsx";
import { SessionGate } from "./app/session.tsx";
import { LiveProvider } from "./live/live.tsx";
import { followSystemTheme } from "./preferences/preferences.ts";

const root = document.getElementById("root");
if (!root) throw new Error("The page has no element #root to be drawn in.");

followSystemTheme();
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={createQueryClient()}>
      <SessionGate>
        <LiveProvider>
          <RouterProvider router={router} />
        </LiveProvider>
      </SessionGate>
    </QueryClientProvider>
  </StrictMode>,
);
