import type { EventAbout, Run } from "./statements.js";

/** Brings the table of workspaces up to date. */
export function projectWorkspace(event: EventAbout<"workspace">, run: Run): void {
  const { taskId, data } = event;
  const lane = data.lane ?? "";
  switch (event.type) {
    case "workspace.created": {
      const { kind, root, directory, repository, branch, userCommit, startCommit, startTree } = event.data;
      return run(
        // One that is made again keeps what its branch stands at, and what was rescued from the one before.
        `INSERT INTO workspaces (task_id, lane, kind, root, directory, repository, branch, user_commit, start_commit, start_tree, tip, uncommitted_files, port_base, host, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (task_id, lane) DO UPDATE SET root = excluded.root, directory = excluded.directory, branch = excluded.branch,
           port_base = excluded.port_base, host = excluded.host, prepared = NULL, removed_at = NULL`,
        taskId,
        lane,
        kind,
        root,
        directory,
        repository,
        branch,
        userCommit,
        startCommit,
        startTree,
        event.data.tip,
        event.data.uncommittedFiles,
        event.data.portBase,
        event.data.host,
        event.time,
      );
    }
    case "workspace.prepared":
      return run(
        "UPDATE workspaces SET prepared = ? WHERE task_id = ? AND lane = ?",
        JSON.stringify(event.data),
        taskId,
        lane,
      );
    case "workspace.committed": {
      const { fromTree, toTree, commit } = event.data;
      if (commit) run("UPDATE workspaces SET tip = ? WHERE task_id = ? AND lane = ?", commit, taskId, lane);
      return run(
        "UPDATE steps SET from_tree = ?, to_tree = ?, commit_id = ? WHERE task_id = ? AND key = ?",
        fromTree,
        toTree,
        commit,
        taskId,
        event.stepKey,
      );
    }
    case "workspace.rescued": {
      const { ref, commit, files } = event.data;
      return run(
        "UPDATE workspaces SET rescued = json_insert(rescued, '$[#]', json(?)) WHERE task_id = ? AND lane = ?",
        JSON.stringify({ ref, commit, files }),
        taskId,
        lane,
      );
    }
    case "workspace.removed":
      return run("UPDATE workspaces SET removed_at = ? WHERE task_id = ? AND lane = ?", event.time, taskId, lane);
  }
}
