import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { compress } from "./compress.js";

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [react(), tailwindcss(), compress()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    // The content security policy admits no data URLs and no inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2023",
    // In kilobytes before compression; what a first visit loads is bounded by e2e/page-size.test.ts, compressed.
    chunkSizeWarningLimit: 700,
  },
  // For work on the page itself: `vite packages/dashboard` beside a server that runs already.
  server: { host: "127.0.0.1", proxy: { "/api": { target: "http://127.0.0.1:4700", ws: true } } },
});
