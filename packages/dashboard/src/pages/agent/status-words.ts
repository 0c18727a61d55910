import type { OrchestratorEvent } from "../../api/types.ts";
import { formatDuration } from "../../format/moments.ts";
import { FINDING_WORDS } from "../../format/statuses.ts";

const ACTION_WORDS: Record<string, string> = {
  none: "",
  reported: "; it was reported",
  nudged: "; it was told so",
  stopped: "; it was stopped",
};

/**
 * A change of an agent's status in a sentence.
 *
 * @param event - one of the kind `status`
 */
export function describeStatus({ type, data }: Pick<OrchestratorEvent, "type" | "data">): {
  text: string;
  isWarning: boolean;
} {
  const word = (key: string) => String(data[key] ?? "");
  const calm = (text: string) => ({ text, isWarning: false });
  const warn = (text: string) => ({ text, isWarning: true });
  switch (type) {
    case "agent.created":
      return calm(`created with ${word("model")}`);
    case "agent.started":
      return calm(`its process is ready after ${formatDuration(Number(data.startMs ?? 0))}`);
    case "agent.claimed":
      return calm("a process takes it up");
    case "agent.released":
      return calm("its process has ended; it comes back with its conversation");
    case "agent.model_changed":
      return calm(`goes on with ${word("model")}`);
    case "agent.interrupt_requested":
      return warn(`is to be interrupted: ${word("reason")}`);
    case "agent.kill_requested":
      return warn(`is to be stopped: ${word("reason")}`);
    case "agent.delete_requested":
      return calm("is to be deleted");
    case "agent.checked": {
      const finding = FINDING_WORDS[data.finding as keyof typeof FINDING_WORDS] ?? word("finding");
      return warn(`status check: ${finding}${ACTION_WORDS[word("action")] ?? ""}`);
    }
    case "agent.ended": {
      const error = data.error as { message?: string } | null | undefined;
      return data.status === "failed" ? warn(`failed: ${error?.message ?? ""}`) : calm("its step has ended");
    }
    case "agent.deleted":
      return calm("deleted");
    case "model_call.retried": {
      const wait = formatDuration(Number(data.delayMs ?? 0));
      return warn(`tries the model again in ${wait} (${word("attempt")} of ${word("maxRetries")}): ${word("error")}`);
    }
    case "step.agent_replaced":
      return calm(`its context was ${Math.round(Number(data.percentage ?? 0))} % full: a fresh agent goes on`);
    default:
      return calm(type);
  }
}
