import { defineConfig } from "rolldown";

/**
 * The command line as few files: Node spends most of a short command on finding and reading hundreds of them. What has
 * programs or data of its own stays where it is.
 */
export default defineConfig({
  input: "dist/main.js",
  platform: "node",
  external: [
    /^@anthropic-ai\//,
    /^@claude-orchestrator\/(rehearsal|server)$/,
    /^@modelcontextprotocol\//,
    /^@photostructure\//,
    "@clack/prompts",
    "log-update",
    "pino",
  ],
  output: { dir: "bundle", cleanDir: true, chunkFileNames: "[name].js", minify: "dce-only" },
});
