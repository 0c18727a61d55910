import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { answered, api } from "../../api/client.ts";
import type { AgentItem } from "../../api/types.ts";
import { useMay } from "../../app/session.tsx";
import { ActionDialog } from "../../components/action-dialog.tsx";
import { AgentName } from "../../components/agent-name.tsx";
import { Button } from "../../components/button.tsx";
import { Cost, Tokens } from "../../components/figures.tsx";
import { Moment } from "../../components/moment.tsx";
import { AgentStatusBadge } from "../../components/status.tsx";
import { Cell, Heading, Row, RowHeading, Table } from "../../components/table.tsx";
import { showToast } from "../../components/toasts.tsx";

/** Agents in rows. Those that were made by hand can be deleted; the others end with their task. */
export function AgentTable({ agents }: { agents: readonly AgentItem[] }) {
  const mayDelete = useMay("operator");
  const [leaving, setLeaving] = useState<AgentItem | null>(null);
  const wide = "hidden md:table-cell";
  return (
    <>
      <Table caption="Agents in rows">
        <thead>
          <tr>
            <Heading>Agent</Heading>
            <Heading>Status</Heading>
            <Heading className={wide}>Works for</Heading>
            <Heading className="hidden xl:table-cell">Model</Heading>
            <Heading isNumber className="hidden lg:table-cell">
              Context
            </Heading>
            <Heading isNumber>Cost</Heading>
            <Heading isNumber className="hidden lg:table-cell">
              Tokens
            </Heading>
            <Heading isNumber className={wide}>
              Created
            </Heading>
            <Heading>
              <span className="sr-only">What can be done</span>
            </Heading>
          </tr>
        </thead>
        <tbody>
          {agents.map((agent) => (
            <Row key={agent.agentId}>
              <RowHeading className="min-w-28">
                <AgentName agentId={agent.agentId} name={agent.name} isItem />
                {agent.role !== agent.name && <span className="label block pl-3">{agent.role}</span>}
                {agent.rehearsal && <span className="label block pl-3 !text-warn">rehearsal</span>}
              </RowHeading>
              <Cell>
                <AgentStatusBadge status={agent.status} />
              </Cell>
              <Cell className={wide}>
                {agent.taskId === null ? (
                  <span className="text-muted">itself: made by hand</span>
                ) : (
                  <Link to="/tasks/$taskId" params={{ taskId: agent.taskId }} className="link mono">
                    {agent.taskId}
                  </Link>
                )}
                {agent.stepKey && agent.stepKey !== agent.name && <span className="label block">{agent.stepKey}</span>}
              </Cell>
              <Cell className="hidden xl:table-cell">{agent.model}</Cell>
              <Cell isNumber className="hidden lg:table-cell">
                {agent.contextPercentage === null ? (
                  <span className="text-muted">unknown</span>
                ) : (
                  `${Math.round(agent.contextPercentage)} %`
                )}
              </Cell>
              <Cell isNumber>
                <Cost of={agent} rehearsal={agent.rehearsal} />
              </Cell>
              <Cell isNumber className="hidden lg:table-cell">
                <Tokens of={agent} />
              </Cell>
              <Cell isNumber className={wide}>
                <Moment at={agent.createdAt} />
              </Cell>
              <Cell isNumber>
                {mayDelete && agent.taskId === null && (
                  <Button
                    look="danger"
                    className="!min-h-7"
                    aria-label={`Delete ${agent.name}${agent.status === "deleted" ? " with its record" : ""}`}
                    onClick={() => setLeaving(agent)}
                  >
                    Delete
                  </Button>
                )}
              </Cell>
            </Row>
          ))}
        </tbody>
      </Table>
      {leaving && <DeleteAgentDialog agent={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

function DeleteAgentDialog({ agent, onClose }: { agent: AgentItem; onClose(): void }) {
  const queryClient = useQueryClient();
  const isOver = agent.status === "deleted";
  const params = { path: { agentId: agent.agentId }, query: isOver ? { record: "true" as const } : {} };
  return (
    <ActionDialog
      isOpen
      isDangerous
      title={isOver ? `Delete the record of ${agent.name}?` : `Delete ${agent.name}?`}
      confirm={isOver ? "Delete the record" : "Delete the agent"}
      description={
        isOver
          ? "Gone for good: its record, log and conversation. What it has cost stays in the ledger, without any text."
          : "Its process ends, and it takes no messages any more. Its record, log and costs stay; they can be deleted after it."
      }
      run={() => answered(api.DELETE("/api/v1/agents/{agentId}", { params }))}
      onDone={() => {
        showToast({ tone: "good", title: "Deleted", text: isOver ? `The record of ${agent.name}` : agent.name });
        void queryClient.invalidateQueries({ queryKey: ["agents"] });
      }}
      onClose={onClose}
    />
  );
}
