/** The rooms of the core, from the ground up: a room imports only from rooms above it in this list. */
const ROOMS = [
  "domain",
  "config",
  "store",
  "ownership",
  "processes",
  "roles",
  "workspaces",
  "checks",
  "permissions",
  "limits",
  "ledger",
  "runtime",
  "inbox",
  "agents",
  "workflows",
  "engine",
  "steps",
  "observability",
];

const roomRules = ROOMS.map((room, position) => ({
  name: `core-${room}-looks-up-only`,
  comment: "A room of the core imports only from rooms above it: see ROOMS in this file.",
  severity: "error",
  from: { path: `^packages/core/src/${room}/` },
  to: { path: `^packages/core/src/(${ROOMS.slice(position + 1).join("|") || "-"}|[^/]+\\.ts$)` },
}));

const doorRules = ROOMS.map((room) => ({
  name: `core-${room}-has-a-door`,
  comment: "Other rooms come in through index.ts.",
  severity: "error",
  from: { path: "^packages/core/src/", pathNot: `^packages/core/src/${room}/` },
  to: { path: `^packages/core/src/${room}/`, pathNot: `^packages/core/src/${room}/index\\.ts$` },
}));

function mayImport(name, allowed) {
  const others = ["core", "rehearsal", "server", "dashboard", "cli"].filter(
    (each) => each !== name && !allowed.includes(each),
  );
  return {
    name: `package-${name}`,
    comment: `packages/${name} may import ${allowed.join(" and ") || "no other package of ours"}.`,
    severity: "error",
    from: { path: `^packages/${name}/src/`, pathNot: "\\.test(suite)?\\.ts$" },
    to: { path: `^packages/(${others.join("|")})/` },
  };
}

export default {
  forbidden: [
    { name: "no-circular", severity: "error", from: { pathNot: "/dist/" }, to: { circular: true } },
    {
      name: "only-one-place-imports-the-agent-sdk",
      severity: "error",
      from: { path: "^packages/[^/]+/src/", pathNot: "^packages/core/src/runtime/claude/|\\.test\\.ts$" },
      to: { path: "claude-agent-sdk" },
    },
    {
      name: "no-deep-imports-of-packages",
      severity: "error",
      from: { path: "^(packages/cli|e2e|bench|examples)/" },
      to: { path: "^packages/(core|rehearsal|server)/(src|dist)/(?!index\\.|storage\\.)" },
    },
    {
      name: "the-server-uses-public-doors",
      severity: "error",
      from: { path: "^packages/server/" },
      to: { path: "^packages/(core|rehearsal)/(src|dist)/(?!index\\.|storage\\.)" },
    },
    {
      name: "examples-use-public-doors-only",
      comment: "An example imports what a user of the library can: the doors of core and rehearsal, and Node.",
      severity: "error",
      from: { path: "^examples/" },
      to: {
        path: "^(packages|e2e|bench|node_modules)/",
        pathNot: "^packages/(core/dist/(index|storage)|rehearsal/dist/index)\\.d\\.ts$",
      },
    },
    mayImport("core", []),
    mayImport("rehearsal", []),
    mayImport("server", ["core"]),
    mayImport("dashboard", []),
    mayImport("cli", ["core", "rehearsal", "server"]),
    ...roomRules,
    ...doorRules,
  ],
  options: {
    doNotFollow: { path: "node_modules|dist" },
    tsConfig: { fileName: "tsconfig.tests.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["types", "import", "node", "default"] },
  },
};
