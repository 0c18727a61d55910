import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  type Dirent,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { CommitAuthor } from "./commits.js";
import { findRepository, type Repository } from "./repository.js";

export const AUTHOR: CommitAuthor = { name: "Agents", email: "agents@example.invalid" };

const IDENTITY = ["-c", "user.name=Me", "-c", "user.email=me@example.com", "-c", "commit.gpgSign=false"];

/** What every `withCommit` is a copy of. */
let first: Project | null = null;
afterAll(() => first?.remove());

/** A user's project in a folder of its own, which is a git repository once `init` was called. */
export class Project {
  /** What a test puts elsewhere than into the project goes below this. */
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), "orchestrator-project-")));
  readonly root: string;

  constructor(name = "project") {
    this.root = join(this.base, name);
    mkdirSync(this.root);
  }

  /** A repository with a file or two and one commit. */
  static withCommit(name?: string): Project {
    first ??= Project.#withFirstCommit();
    return first.copy(name);
  }

  static #withFirstCommit(): Project {
    const project = new Project();
    project.init();
    // Samples, which nobody runs, are most of the files of a new repository.
    project.delete(".git/hooks");
    mkdirSync(join(project.root, ".git/hooks"));
    project.write("kept.txt", "same\n");
    project.write("notes.txt", "one\ntwo\nthree\nfour\nfive\n");
    project.commit("first");
    return project;
  }

  /** Another project with the same files and the same history: quicker than making it once more. */
  copy(name?: string): Project {
    const project = new Project(name);
    execFileSync("cp", ["-a", `${this.root}/.`, project.root]);
    // The index knows files by their inodes too.
    project.git("update-index", "--refresh");
    return project;
  }

  git(...args: string[]): string {
    return this.gitIn(this.root, ...args);
  }

  gitIn(directory: string, ...args: string[]): string {
    return execFileSync("git", [...IDENTITY, ...args], { cwd: directory, encoding: "utf8", stdio: "pipe" }).trim();
  }

  init(): void {
    this.git("init", "--quiet", "--initial-branch=main");
  }

  /** Commits everything that lies in the project. @returns the commit */
  commit(message: string): string {
    this.git("add", "--all");
    this.git("commit", "--quiet", "--allow-empty", "-m", message);
    return this.head();
  }

  head(): string {
    return this.git("rev-parse", "HEAD");
  }

  write(path: string, content: string | Buffer, root = this.root): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }

  read(path: string, root = this.root): string {
    return readFileSync(join(root, path), "utf8");
  }

  has(path: string, root = this.root): boolean {
    return existsSync(join(root, path));
  }

  delete(path: string, root = this.root): void {
    rmSync(join(root, path), { recursive: true });
  }

  /** What a commit holds of a file; `null` when it has none. */
  show(commit: string, path: string): string | null {
    try {
      return execFileSync("git", ["show", `${commit}:${path}`], { cwd: this.root, encoding: "utf8", stdio: "pipe" });
    } catch {
      return null;
    }
  }

  /** The paths of a commit, or of a tree. */
  list(commit: string): string[] {
    return this.git("-c", "core.quotePath=false", "ls-tree", "-r", "--name-only", commit).split("\n").filter(Boolean);
  }

  /** Makes every hook that git knows fail, and leave a sign that it ran. */
  installHooks(exitCode = 1): void {
    const common = this.git("rev-parse", "--path-format=absolute", "--git-common-dir");
    mkdirSync(join(common, "hooks"), { recursive: true });
    for (const name of HOOKS) {
      const script = `#!/bin/sh\ntouch '${join(this.base, "hook-ran")}'\nexit ${exitCode}\n`;
      writeFileSync(join(common, "hooks", name), script, { mode: 0o755 });
    }
  }

  get hasHookRun(): boolean {
    return existsSync(join(this.base, "hook-ran"));
  }

  async repository(directory = this.root): Promise<Repository> {
    const found = await findRepository(directory);
    if (!found) throw new Error(`${directory} is in no repository.`);
    return found;
  }

  /** Everything about the checkout that a refusal must leave as it was: HEAD, branches, the index and every file. */
  state(): Record<string, string> {
    const head = existsSync(join(this.root, ".git")) ? readFileSync(join(this.root, ".git", "HEAD"), "utf8") : "";
    return {
      ...this.files(),
      HEAD: head,
      refs: this.git("for-each-ref"),
      status: this.git("--no-optional-locks", "status", "--porcelain", "--untracked-files=all", "--ignored"),
      index: this.indexHash(),
    };
  }

  indexHash(): string {
    const index = join(this.root, ".git", "index");
    return existsSync(index) ? createHash("sha256").update(readFileSync(index)).digest("hex") : "";
  }

  /** Every file outside of .git with its content and mode. */
  files(root = this.root): Record<string, string> {
    const entries = readdirSync(root, { recursive: true, withFileTypes: true }) as Dirent[];
    const found: Record<string, string> = {};
    for (const entry of entries) {
      const path = join(entry.parentPath ?? entry.path, entry.name);
      const name = path.slice(root.length + 1);
      if (name.split("/").includes(".git") || entry.isDirectory()) continue;
      const content = entry.isSymbolicLink() ? readlinkSync(path) : readFileSync(path);
      const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
      found[name] = `${(lstatSync(path).mode & 0o777).toString(8)} ${hash}`;
    }
    return found;
  }

  remove(): void {
    rmSync(this.base, { recursive: true, force: true });
  }
}

const HOOKS = [
  ...["pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "pre-merge-commit", "post-merge"],
  ...["post-checkout", "post-index-change", "pre-rebase", "reference-transaction", "post-rewrite", "pre-auto-gc"],
];
