import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import { type Estimate, estimateQuery } from "../../api/catalogue.ts";
import { answered, api } from "../../api/client.ts";
import { toProblem } from "../../api/problem.ts";
import { useMay, useSession } from "../../app/session.tsx";
import { Button } from "../../components/button.tsx";
import { useDebounced } from "../../components/debounced.ts";
import { FieldError, Notice } from "../../components/form.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState, ErrorState, Loading } from "../../components/states.tsx";
import { type Draft, fieldOf, findProblems, type Problems, toEstimateRequest, toTaskRequest } from "./draft.ts";
import { EstimatePanel } from "./estimate-panel.tsx";
import { useKeptDraft } from "./kept-draft.ts";
import { LimitFields, PromptFields, ShapeFields, WorkFields } from "./task-fields.tsx";

const ESTIMATE_REST_MS = 400;
const FORM_ID = "new-task";

/** Writes a task, shows what it comes to, and starts it. */
export function NewTaskPage() {
  const { rehearsal, directories } = useSession();
  const mayStart = useMay("operator");
  const navigate = useNavigate();
  const [draft, setDraft] = useKeptDraft(directories[0] ?? "");
  const [problems, setProblems] = useState<Problems>({});
  const [isStarting, setStarting] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const estimate = useEstimate(draft);

  const edit = (fields: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...fields }));
    setProblems({});
  };
  useEffect(() => {
    if (Object.keys(problems).length === 0) return;
    // The first field at fault gets the focus; a group of fields has none, and is shown.
    const field = form.current?.querySelector<HTMLElement>("[aria-invalid]");
    if (field) field.focus();
    else form.current?.querySelector("[role=alert]")?.scrollIntoView({ block: "center" });
  }, [problems]);
  const start = async (event?: FormEvent) => {
    event?.preventDefault();
    const found = findProblems(draft);
    if (Object.keys(found).length > 0) return setProblems(found);
    setStarting(true);
    try {
      const { taskId } = await answered(api.POST("/api/v1/tasks", { body: toTaskRequest(draft) }));
      setDraft((before) => ({ ...before, prompt: "" }));
      await navigate({ to: "/tasks/$taskId", params: { taskId } });
    } catch (error) {
      const problem = toProblem(error);
      setProblems({ [fieldOf(problem, draft)]: problem });
    } finally {
      setStarting(false);
    }
  };

  const shown = { ...estimate.problems, ...problems };
  const fields = { draft, problems: shown, onEdit: edit };
  return (
    <Page title="New task">
      {rehearsal && (
        <Notice>
          This server rehearses: a script answers in place of a model. The task really runs, with real tools, but its
          work is the script's, and nothing is charged.
        </Notice>
      )}
      {!mayStart && (
        <Notice>
          You are signed in as a viewer, who may look and estimate but not start a task. Ask for a token of the role
          operator: <code className="mono">orchestrator token create --role operator</code>
        </Notice>
      )}
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_minmax(18rem,24rem)]">
        <form
          ref={form}
          noValidate
          id={FORM_ID}
          aria-label="New task"
          onSubmit={(event) => void start(event)}
          className="flex min-w-0 flex-col gap-4"
        >
          <PromptFields {...fields} onSubmit={() => void (mayStart && start())} />
          <ShapeFields {...fields} />
          <WorkFields {...fields} />
          <LimitFields {...fields} />
          {shown.form && <FieldError problem={shown.form} />}
        </form>
        <aside
          aria-label="What the task comes to"
          className="panel min-w-0 px-4 py-3 lg:sticky lg:top-16 lg:row-span-2 lg:max-h-[calc(100dvh-5rem)] lg:overflow-y-auto"
        >
          {estimate.view}
        </aside>
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" form={FORM_ID} look="primary" disabled={!mayStart || isStarting} className="px-5">
            {isStarting ? "Starting …" : rehearsal ? "Start the rehearsal" : "Start"}
          </Button>
          <span className="label">{mayStart ? "Or Ctrl-Enter in the prompt." : "A viewer cannot start a task."}</span>
        </div>
      </div>
    </Page>
  );
}

/** Asks what the draft comes to once it rests; a refusal belongs to a field, or stands in place of the answer. */
function useEstimate(draft: Draft) {
  const rested = useDebounced(draft, ESTIMATE_REST_MS);
  const request = useMemo(() => toEstimateRequest(rested), [rested]);
  const isReady =
    rested.prompt.trim() !== "" &&
    (rested.shape !== "workflow" || rested.workflow !== "") &&
    (rested.shape !== "roles" || rested.steps.length > 0);
  const answer = useQuery({ ...estimateQuery(request), enabled: isReady, retry: false });
  const problem = isReady && answer.isError ? toProblem(answer.error) : null;
  const field = problem ? fieldOf(problem, rested) : null;
  // The directory is looked at by its own field, which says the same.
  const problems: Problems =
    problem && field && field !== "form" && field !== "workingDirectory" ? { [field]: problem } : {};
  return { problems, view: <EstimateView draft={draft} rested={rested} answer={answer} isReady={isReady} /> };
}

function EstimateView({
  draft,
  rested,
  answer,
  isReady,
}: {
  draft: Draft;
  rested: Draft;
  answer: UseQueryResult<Estimate>;
  isReady: boolean;
}) {
  if (!isReady)
    return (
      <EmptyState title="What it comes to">
        Its steps, what it will probably cost, and what will prove the work appear here as you write.
      </EmptyState>
    );
  if (answer.isError && fieldOf(toProblem(answer.error), rested) === "form") return <ErrorState error={answer.error} />;
  if (answer.isError)
    return <EmptyState title="What it comes to">It appears here again once what is marked is put right.</EmptyState>;
  if (!answer.data) return <Loading what="the estimate" />;
  return <EstimatePanel estimate={answer.data} draft={rested} isStale={answer.isPlaceholderData || draft !== rested} />;
}
