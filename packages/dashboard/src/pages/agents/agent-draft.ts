import type { NewAgent } from "../../api/catalogue.ts";
import type { FieldProblem } from "../../components/form.tsx";

/** An agent that is about to be made, as it was typed. */
export interface AgentDraft {
  role: string;
  name: string;
  workingDirectory: string;
  model: string;
  systemPrompt: string;
  /** With commas or spaces; empty for those of the role. */
  tools: string;
}

export type AgentField = keyof AgentDraft;
export type AgentProblems = Partial<Record<AgentField | "form", FieldProblem>>;

/** What the server is asked to make. What is empty is left to the role. */
export function toAgentRequest({ role, tools, ...texts }: AgentDraft): NewAgent {
  const request: NewAgent = { role };
  for (const [key, value] of Object.entries(texts) as [keyof typeof texts, string][]) {
    if (value.trim() !== "") request[key] = value.trim();
  }
  const names = tools.split(/[\s,]+/).filter(Boolean);
  if (names.length > 0) request.tools = names;
  return request;
}

/** What can be said to be wrong without asking the server. */
export function findAgentProblems(draft: AgentDraft): AgentProblems {
  if (draft.role === "custom" && draft.systemPrompt.trim() === "")
    return {
      systemPrompt: {
        message: "A role of your own has no system prompt yet.",
        hint: "Say who the agent is and what it does.",
      },
    };
  return {};
}

/** The field that a refusal of the server is about, by the words of its message. */
export function agentFieldOf({ code, message }: { code: string; message: string }): AgentField | "form" {
  if (code === "directory_not_allowed" || /^The (working )?directory\b|\bis a file, not a directory\b/i.test(message))
    return "workingDirectory";
  if (/system ?prompt/i.test(message)) return "systemPrompt";
  if (/\btools?\b/i.test(message)) return "tools";
  if (/\bmodel\b/i.test(message)) return "model";
  if (/\bname\b/i.test(message)) return "name";
  if (code === "invalid_role" || /\brole\b/i.test(message)) return "role";
  return "form";
}
