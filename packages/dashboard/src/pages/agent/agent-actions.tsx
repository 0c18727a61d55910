import { useNavigate } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { answered, api } from "../../api/client.ts";
import type { AgentDetails } from "../../api/types.ts";
import { type Command, useCommands } from "../../app/commands.ts";
import { ActionDialog } from "../../components/action-dialog.tsx";
import { Button } from "../../components/button.tsx";

type Open = "interrupt" | "delete" | "remove" | null;

/** What can be done with an agent, and the dialogs that ask first. */
export function AgentActions({ agent }: { agent: AgentDetails }) {
  const [open, setOpen] = useState<Open>(null);
  const navigate = useNavigate();
  const path = { agentId: agent.agentId };
  const isBusy = agent.status === "running";
  const isDeleted = agent.status === "deleted";
  const commands = useMemo<Command[]>(
    () => [
      ...(isBusy ? [{ key: "agent-interrupt", title: "Interrupt this agent", run: () => setOpen("interrupt") }] : []),
      ...(isDeleted ? [] : [{ key: "agent-delete", title: "Delete this agent", run: () => setOpen("delete") }]),
    ],
    [isBusy, isDeleted],
  );
  useCommands(commands);
  const of = (action: Open) => ({ isOpen: open === action, onClose: () => setOpen(null) });

  return (
    <>
      {isBusy && <Button onClick={() => setOpen("interrupt")}>Interrupt</Button>}
      {isDeleted ? (
        <Button look="danger" onClick={() => setOpen("remove")}>
          Remove its records
        </Button>
      ) : (
        <Button look="danger" onClick={() => setOpen("delete")}>
          Delete
        </Button>
      )}
      <ActionDialog
        {...of("interrupt")}
        title={`Interrupt ${agent.name}`}
        description="Its turn ends where it is. Its conversation is kept."
        confirm="Interrupt"
        run={() => answered(api.POST("/api/v1/agents/{agentId}/interrupt", { params: { path } }))}
      />
      <ActionDialog
        {...of("delete")}
        title={`Delete ${agent.name}`}
        description={
          agent.taskId
            ? "Its process ends, and the step that it works on fails. Its records, costs and logs stay."
            : "Its process ends. Its records, costs and logs stay."
        }
        confirm="Delete"
        isDangerous
        run={() => answered(api.DELETE("/api/v1/agents/{agentId}", { params: { path } }))}
      />
      <ActionDialog
        {...of("remove")}
        title={`Remove the records of ${agent.name}`}
        description="Its events and logs are removed for good. What it cost stays counted."
        confirm="Remove for good"
        isDangerous
        run={() => answered(api.DELETE("/api/v1/agents/{agentId}", { params: { path, query: { record: "true" } } }))}
        onDone={() => void navigate({ to: "/agents" })}
      />
    </>
  );
}
