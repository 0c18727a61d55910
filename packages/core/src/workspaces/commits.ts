import { git, gitOrNull } from "./git.js";

export interface CommitAuthor {
  name: string;
  email: string;
}

export interface NewCommit {
  /** Anywhere in the repository. */
  cwd: string;
  tree: string;
  parents: readonly string[];
  message: string;
  author: CommitAuthor;
}

/**
 * Makes a commit of a tree without touching any checkout or ref.
 *
 * @returns its id
 */
export async function commitTree({ cwd, tree, parents, message, author }: NewCommit): Promise<string> {
  const environment = {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
  };
  const onto = parents.flatMap((parent) => ["-p", parent]);
  return (await git(["commit-tree", tree, ...onto, "-F", "-"], { cwd, environment, input: message })).trim();
}

/** The tree of a commit. */
export async function treeOf(cwd: string, commit: string): Promise<string> {
  return (await git(["rev-parse", "--verify", `${commit}^{tree}`], { cwd })).trim();
}

/** Whether one commit is the other or comes before it. */
export async function isAncestor(cwd: string, earlier: string, later: string): Promise<boolean> {
  return earlier === later || (await gitOrNull(["merge-base", "--is-ancestor", earlier, later], { cwd })) !== null;
}

/** The commit that a name stands for; `null` when there is none. */
export async function resolveCommit(cwd: string, name: string): Promise<string | null> {
  const commit = await gitOrNull(["rev-parse", "--verify", "--quiet", `${name}^{commit}`], { cwd });
  return commit?.trim() || null;
}

/** The first line of a commit's message: what the text says, in at most 72 characters. */
export function toSubject(text: string, fallback: string): string {
  const line =
    text
      .trim()
      .split(/\n|(?<=[.!?])\s/)[0]
      ?.trim() || fallback;
  return line.length <= 72 ? line.replace(/\.$/, "") : `${line.slice(0, 71)}…`;
}
