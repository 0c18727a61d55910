import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ConfigSources, loadConfig } from "./load-config.js";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "orchestrator-config-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function load(sources: Partial<ConfigSources> = {}) {
  return loadConfig({ environment: { HOME: "/home/me" }, workingDirectory: directory, ...sources });
}

function writeConfig(text: string): void {
  mkdirSync(join(directory, ".orchestrator"), { recursive: true });
  writeFileSync(join(directory, ".orchestrator", "config.yaml"), text);
}

function writeEnv(text: string): void {
  writeFileSync(join(directory, ".env"), text);
}

function refusal(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error("It was not refused.");
}

describe("defaults", () => {
  test("every setting has one", () => {
    expect(load()).toEqual({
      defaultModel: "sonnet",
      home: "/home/me/.orchestrator",
      databasePath: "/home/me/.orchestrator/orchestrator.db",
      logLevel: "info",
      maxParallelAgents: 5,
      monitorIntervalSeconds: 15,
      supervision: "stop",
      contextLimitPercent: 80,
      dailyBudgetUsd: null,
      agentIdleMinutes: 5,
      costTracking: true,
      observability: true,
      modelCallTimeoutSeconds: 120,
      modelCallRetries: 3,
      endpointPatienceSeconds: 600,
      processGuard: "auto",
      passEnvironment: [],
      inPlace: false,
      uncommitted: "bring",
      checks: null,
      baseline: true,
      maxRounds: 2,
      setup: [],
      copyFiles: [],
      linkFiles: [],
      sharedFolders: null,
      commitAuthor: { name: "Claude Orchestrator", email: "agents@claude-orchestrator.invalid" },
      commitTrailers: true,
      prices: {},
    });
  });

  test("the database lies in the data folder, wherever that is", () => {
    expect(load({ environment: { ORCHESTRATOR_HOME: "/data" } }).databasePath).toBe("/data/orchestrator.db");
  });

  test("ORCHESTRATOR_DB_PATH moves the database only", () => {
    const config = load({ environment: { HOME: "/home/me", ORCHESTRATOR_DB_PATH: "/fast/o.db" } });
    expect(config).toMatchObject({ databasePath: "/fast/o.db", home: "/home/me/.orchestrator" });
  });
});

describe("precedence", () => {
  const environment = { HOME: "/home/me", DEFAULT_MODEL: "from-environment" };
  const flags = { defaultModel: "from-flag" };

  test("a flag wins over everything", () => {
    writeConfig("defaultModel: from-file\n");
    writeEnv("DEFAULT_MODEL=from-env-file\n");
    expect(load({ environment, flags }).defaultModel).toBe("from-flag");
  });

  test("the environment wins over .env", () => {
    writeConfig("defaultModel: from-file\n");
    writeEnv("DEFAULT_MODEL=from-env-file\n");
    expect(load({ environment }).defaultModel).toBe("from-environment");
  });

  test(".env wins over config.yaml", () => {
    writeConfig("defaultModel: from-file\n");
    writeEnv("DEFAULT_MODEL=from-env-file\n");
    expect(load().defaultModel).toBe("from-env-file");
  });

  test("config.yaml wins over the default", () => {
    writeConfig("defaultModel: from-file\n");
    expect(load().defaultModel).toBe("from-file");
  });

  test("each setting is looked for by itself", () => {
    writeConfig("maxParallelAgents: 2\nmonitorIntervalSeconds: 30\n");
    writeEnv("MONITOR_INTERVAL_SECONDS=20\n");
    expect(load({ flags })).toMatchObject({
      defaultModel: "from-flag",
      monitorIntervalSeconds: 20,
      maxParallelAgents: 2,
    });
  });

  test("a bad value is refused also where a stronger source hides it from config.yaml", () => {
    writeConfig("maxParallelAgents: many\n");
    expect(refusal(() => load({ flags: { maxParallelAgents: 3 } }))).toMatchObject({ code: "invalid_config" });
  });
});

describe("unknown names", () => {
  test("a variable of .env that begins with ORCHESTRATOR_ and is none of ours is refused by name", () => {
    writeEnv("ORCHESTRATOR_SPEED=9\n");
    expect(refusal(() => load())).toMatchObject({
      code: "invalid_config",
      message: expect.stringMatching(/^\.env sets ORCHESTRATOR_SPEED/),
    });
  });

  test("a variable that begins with ORCHESTRATOR_ and is none of ours is refused by name", () => {
    expect(refusal(() => load({ environment: { ORCHESTRATOR_MAX_AGENTS: "3" } }))).toMatchObject({
      code: "invalid_config",
      message: expect.stringContaining("ORCHESTRATOR_MAX_AGENTS"),
      hint: expect.stringContaining("ORCHESTRATOR_MAX_PARALLEL_AGENTS"),
    });
  });

  test("an unknown key in config.yaml is refused with file and line", () => {
    writeConfig("# ours\ndefaultModel: opus\nmaxParalelAgents: 3\n");
    expect(refusal(() => load())).toMatchObject({
      code: "invalid_config",
      message: expect.stringMatching(/config\.yaml:3 .*"maxParalelAgents"/),
      hint: expect.stringContaining("maxParallelAgents"),
    });
  });

  test.each(["home", "passEnvironment", "processGuard"])("config.yaml may not decide %s for its users", (name) => {
    writeConfig(`${name}: auto\n`);
    expect(refusal(() => load())).toMatchObject({
      code: "invalid_config",
      message: expect.stringContaining(`config.yaml:1 sets "${name}"`),
    });
  });
});

describe("a config.yaml that multiplies without end", () => {
  test("is refused with its name", () => {
    const rows = [..."abcdefghi"].map((name, position, names) => {
      const before = names[position - 1];
      return `${name}: &${name} [${Array(9)
        .fill(before ? `*${before}` : '"x"')
        .join(", ")}]`;
    });
    writeConfig(rows.join("\n"));
    expect(refusal(() => load())).toMatchObject({
      code: "invalid_config",
      message: expect.stringMatching(/config\.yaml/),
    });
  });
});

describe("the .env of a repository", () => {
  test("cannot redirect model traffic", () => {
    writeEnv("ANTHROPIC_BASE_URL=http://evil.example\nANTHROPIC_API_KEY=stolen\n");
    const before = process.env.ANTHROPIC_BASE_URL;
    expect(JSON.stringify(load())).not.toMatch(/evil|stolen/);
    expect(process.env.ANTHROPIC_BASE_URL).toBe(before);
  });

  test("cannot move the data folder, pass more of the environment or weaken the guard", () => {
    writeEnv(
      "ORCHESTRATOR_HOME=/tmp/evil\nORCHESTRATOR_PASS_ENVIRONMENT=AWS_SECRET\nORCHESTRATOR_PROCESS_GUARD=watchdog\n",
    );
    expect(load()).toMatchObject({ home: "/home/me/.orchestrator", passEnvironment: [], processGuard: "auto" });
  });

  test("supplies the other settings, with quotes and comments", () => {
    writeEnv('# ours\nDEFAULT_MODEL="opus"\nENABLE_COST_TRACKING=off\n');
    expect(load()).toMatchObject({ defaultModel: "opus", costTracking: false });
  });

  test("is refused where it cannot be read", () => {
    mkdirSync(join(directory, ".env"));
    expect(refusal(() => load())).toMatchObject({
      code: "invalid_config",
      message: expect.stringMatching(/\.env cannot be read \(it is not a regular file\)/),
    });
  });
});
