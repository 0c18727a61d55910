import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { rolesQuery } from "../../api/catalogue.ts";
import { answered, api } from "../../api/client.ts";
import { toProblem } from "../../api/problem.ts";
import { useSession } from "../../app/session.tsx";
import { Button } from "../../components/button.tsx";
import { useDebounced } from "../../components/debounced.ts";
import { DirectoryField } from "../../components/directory-field.tsx";
import { Field, FieldError } from "../../components/form.tsx";
import { Modal } from "../../components/modal.tsx";
import { ModelField } from "../../components/model-field.tsx";
import { type AgentDraft, type AgentProblems, agentFieldOf, findAgentProblems, toAgentRequest } from "./agent-draft.ts";

const DIRECTORY_REST_MS = 350;

/** Makes an agent by hand, and goes to it. */
export function CreateAgentDialog({ onClose }: { onClose(): void }) {
  const { directories, rehearsal } = useSession();
  const navigate = useNavigate();
  const [draft, setDraft] = useState<AgentDraft>({
    role: "scout",
    name: "",
    workingDirectory: directories[0] ?? "",
    model: "",
    systemPrompt: "",
    tools: "",
  });
  const [problems, setProblems] = useState<AgentProblems>({});
  const [isBusy, setBusy] = useState(false);
  const directory = useDebounced(draft.workingDirectory.trim(), DIRECTORY_REST_MS);
  const roles = useQuery(rolesQuery(directory || undefined)).data?.roles ?? [];
  const role = roles.find((each) => each.name === draft.role);
  const isCustom = draft.role === "custom";

  const edit = (fields: Partial<AgentDraft>) => {
    setDraft((before) => ({ ...before, ...fields }));
    setProblems({});
  };
  const create = async (event: FormEvent) => {
    event.preventDefault();
    const found = findAgentProblems(draft);
    if (Object.keys(found).length > 0) return setProblems(found);
    setBusy(true);
    try {
      const { agentId } = await answered(api.POST("/api/v1/agents", { body: toAgentRequest(draft) }));
      await navigate({ to: "/agents/$agentId", params: { agentId } });
    } catch (error) {
      const problem = toProblem(error);
      setProblems({ [agentFieldOf(problem)]: problem });
      setBusy(false);
    }
  };

  return (
    <Modal
      isOpen
      onClose={onClose}
      title="New agent"
      description={`It lives until you delete it, and works when you write to it.${rehearsal ? " This server rehearses: a script answers in place of a model." : ""}`}
    >
      <form noValidate className="flex flex-col gap-4" onSubmit={(event) => void create(event)}>
        <div className="grid gap-4 sm:grid-cols-2">
          <Field label="Role" hint={isCustom ? "One of your own." : role?.description} problem={problems.role}>
            {(control) => (
              <select
                className="field"
                {...control}
                value={draft.role}
                onChange={(event) => edit({ role: event.target.value })}
              >
                {!role && !isCustom && <option value={draft.role}>{draft.role}</option>}
                {roles.map((each) => (
                  <option key={each.name} value={each.name}>
                    {each.name}
                  </option>
                ))}
                {roles.every((each) => each.name !== "custom") && <option value="custom">custom</option>}
              </select>
            )}
          </Field>
          <Field label="Name" hint="Empty: the name of its role." problem={problems.name}>
            {(control) => (
              <input
                className="field"
                {...control}
                maxLength={100}
                value={draft.name}
                placeholder={draft.role}
                onChange={(event) => edit({ name: event.target.value })}
              />
            )}
          </Field>
        </div>
        <DirectoryField
          label="Working directory"
          value={draft.workingDirectory}
          problem={problems.workingDirectory}
          repositoryHint="A git repository. The agent works in the directory itself."
          onChange={(workingDirectory) => edit({ workingDirectory })}
        />
        <ModelField value={draft.model} problem={problems.model} onChange={(model) => edit({ model })} />
        <Field
          label="System prompt"
          hint={isCustom ? "Who the agent is and what it does." : "Empty: that of the role."}
          problem={problems.systemPrompt}
        >
          {(control) => (
            <textarea
              className="field"
              rows={isCustom ? 5 : 2}
              {...control}
              value={draft.systemPrompt}
              onChange={(event) => edit({ systemPrompt: event.target.value })}
            />
          )}
        </Field>
        <Field
          label="Tools"
          hint={`Names with commas. Empty: ${role ? role.tools.join(", ") : "the usual ones"}.`}
          problem={problems.tools}
        >
          {(control) => (
            <input
              className="field mono"
              {...control}
              spellCheck={false}
              value={draft.tools}
              onChange={(event) => edit({ tools: event.target.value })}
            />
          )}
        </Field>
        {problems.form && <FieldError problem={problems.form} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>Leave it</Button>
          <Button type="submit" look="primary" disabled={isBusy}>
            {isBusy ? "One moment …" : "Create"}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
