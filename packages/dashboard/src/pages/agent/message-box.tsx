import { useMutation } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { answered, api } from "../../api/client.ts";
import { toProblem } from "../../api/problem.ts";
import type { AgentDetails } from "../../api/types.ts";
import { Button } from "../../components/button.tsx";

/** Writes to an agent. What it answers comes into the timeline. */
export function MessageBox({ agent }: { agent: AgentDetails }) {
  const [text, setText] = useState("");
  const [whenBusy, setWhenBusy] = useState<"queue" | "steer">("queue");
  const message = useMutation({
    mutationFn: () => {
      const params = { path: { agentId: agent.agentId } };
      return answered(api.POST("/api/v1/agents/{agentId}/messages", { params, body: { text: text.trim(), whenBusy } }));
    },
    onSuccess: () => setText(""),
  });
  const problem = message.isError ? toProblem(message.error) : null;
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    if (text.trim() !== "" && !message.isPending) message.mutate();
  };
  return (
    <form onSubmit={submit} className="panel flex flex-col gap-2 p-2">
      <textarea
        aria-label={`Message to ${agent.name}`}
        className="field resize-y"
        rows={2}
        value={text}
        placeholder="Message"
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
        }}
      />
      {problem && (
        <p role="alert" className="break-words text-bad">
          {problem.message} <span className="text-text">{problem.hint}</span>
        </p>
      )}
      <div className="flex flex-wrap items-center justify-between gap-2">
        <label className="flex items-center gap-2">
          <span className="text-muted">When it is busy</span>
          <select
            className="field !w-auto"
            value={whenBusy}
            onChange={(event) => setWhenBusy(event.target.value === "steer" ? "steer" : "queue")}
          >
            <option value="queue">wait for its turn</option>
            <option value="steer">join what it does</option>
          </select>
        </label>
        <Button type="submit" look="primary" disabled={text.trim() === "" || message.isPending} title="Ctrl-Enter">
          Send
        </Button>
      </div>
    </form>
  );
}
