import type { AgentRecord, CostRow } from "../../store/index.js";
import { type Html, html } from "./escape.js";
import type { TaskReportInput } from "./input.js";
import { brief, note, section, table, takeSome } from "./parts.js";
import { formatCost, formatNumber } from "./words.js";

const MAX_AGENTS = 200;
const MAX_ROWS = 100;

const TOKEN_COLUMNS = [
  { label: "Input", isNumber: true },
  { label: "Output", isNumber: true },
  { label: "Cache read", isNumber: true },
  { label: "Cache written", isNumber: true },
];

/** Who worked: role, model, what each has used, and how full its context was. */
export function renderAgents({ agents }: TaskReportInput): Html {
  if (agents.length === 0) return section("agents", "Agents", note("No agent has worked yet."));
  const { shown, remark } = takeSome(agents, MAX_AGENTS, "agents");
  const columns = [
    { label: "Agent" },
    { label: "Role" },
    { label: "Model" },
    ...TOKEN_COLUMNS,
    { label: "Tools", isNumber: true },
    { label: "Context" },
    { label: "Cost" },
  ];
  const rows = shown.map((agent) => [
    html`<code>${agent.agentId}</code>${agent.stepKey !== null && html` <span class="muted">for ${brief(agent.stepKey, 120)}</span>`}`,
    brief(agent.role, 80),
    html`<code>${brief(agent.model, 120)}</code>`,
    ...tokensOf(agent),
    formatNumber(agent.toolCalls),
    contextOf(agent),
    formatCost(agent, agent.rehearsal),
  ]);
  const caption = "Tokens by kind, tool calls, and how much of its context each had used";
  return section("agents", "Agents", table(caption, columns, rows), remark);
}

function tokensOf(usage: AgentRecord | CostRow): string[] {
  const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = usage;
  return [inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens].map(formatNumber);
}

function contextOf({ contextUsedTokens, contextWindowTokens, contextPercentage }: AgentRecord): string {
  if (contextUsedTokens === null || contextWindowTokens === null) return "not measured";
  const share = contextPercentage === null ? "" : `${Math.round(contextPercentage)} %: `;
  return `${share}${formatNumber(contextUsedTokens)} of ${formatNumber(contextWindowTokens)}`;
}

/** What it has cost, by role and by model. */
export function renderCosts({ task, costs }: TaskReportInput): Html {
  const remark = task.rehearsal
    ? "This was a rehearsal: nothing was charged."
    : "Computed from a dated list of prices. Where a model's price is not known, the cost is unknown and not guessed.";
  const isEmpty = costs.role.length === 0 && costs.model.length === 0;
  return section(
    "costs",
    "Costs",
    note(remark),
    isEmpty
      ? note("No model call was counted.")
      : [
          costTable("By role", "Role", costs.role, task.rehearsal),
          costTable("By model", "Model", costs.model, task.rehearsal),
        ],
  );
}

function costTable(caption: string, by: string, rows: readonly CostRow[], isRehearsal: boolean): Html {
  const { shown, remark } = takeSome(rows, MAX_ROWS, "rows");
  const columns = [{ label: by }, { label: "Calls", isNumber: true }, ...TOKEN_COLUMNS, { label: "Cost" }];
  const cells = shown.map((row) => [
    brief(row.key, 120),
    formatNumber(row.modelCalls),
    ...tokensOf(row),
    formatCost(row, isRehearsal),
  ]);
  return html`${table(caption, columns, cells)}${remark}`;
}
