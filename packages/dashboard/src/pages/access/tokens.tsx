import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Token, tokensQuery } from "../../api/access.ts";
import { answered, api } from "../../api/client.ts";
import { toProblem } from "../../api/problem.ts";
import type { Role } from "../../api/types.ts";
import { ActionDialog } from "../../components/action-dialog.tsx";
import { Button } from "../../components/button.tsx";
import { Choices, Field, type FieldProblem } from "../../components/form.tsx";
import { Modal } from "../../components/modal.tsx";
import { Moment } from "../../components/moment.tsx";
import { Section } from "../../components/page.tsx";
import { ErrorState, Loading } from "../../components/states.tsx";
import { Cell, Heading, Row, RowHeading, Table } from "../../components/table.tsx";
import { showToast } from "../../components/toasts.tsx";

const ROLES = [
  { value: "viewer", label: "Viewer", detail: "sees everything" },
  { value: "operator", label: "Operator", detail: "also starts, steers and deletes" },
  { value: "admin", label: "Admin", detail: "also makes and revokes tokens" },
] as const;

/** The tokens that there are, to make more of them, and to take them back. */
export function Tokens() {
  const tokens = useQuery(tokensQuery);
  const [isCreating, setCreating] = useState(false);
  const [leaving, setLeaving] = useState<Token | null>(null);
  return (
    <Section title="Tokens" aside={<Button onClick={() => setCreating(true)}>New token</Button>}>
      {tokens.isError && <ErrorState error={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.isPending && <Loading what="the tokens" />}
      {tokens.data && (
        <Table caption="Tokens that are valid">
          <thead>
            <tr>
              <Heading>Name</Heading>
              <Heading>Role</Heading>
              <Heading className="hidden sm:table-cell">Created</Heading>
              <Heading>Last used</Heading>
              <Heading>
                <span className="sr-only">What can be done</span>
              </Heading>
            </tr>
          </thead>
          <tbody>
            {tokens.data.map((token) => (
              <Row key={token.tokenId}>
                <RowHeading>
                  {token.name} <span className="label mono block">{token.tokenId}</span>
                </RowHeading>
                <Cell>{token.role}</Cell>
                <Cell className="hidden sm:table-cell">
                  <Moment at={token.createdAt} />
                </Cell>
                <Cell>{token.lastUsedAt === null ? "never" : <Moment at={token.lastUsedAt} />}</Cell>
                <Cell isNumber>
                  <Button
                    look="danger"
                    className="!min-h-7"
                    aria-label={`Revoke ${token.name}, ${token.tokenId}`}
                    onClick={() => setLeaving(token)}
                  >
                    Revoke
                  </Button>
                </Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
      {isCreating && <CreateDialog onClose={() => setCreating(false)} />}
      {leaving && <RevokeDialog token={leaving} onClose={() => setLeaving(null)} />}
    </Section>
  );
}

function CreateDialog({ onClose }: { onClose(): void }) {
  const queryClient = useQueryClient();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const [problem, setProblem] = useState<FieldProblem | null>(null);
  const [token, setToken] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  // A token that is being made is shown once: closed before that, it could never be used.
  const leave = () => !isBusy && onClose();
  const create = async (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === "") return setProblem({ message: "It has no name.", hint: "Say who or what will use it." });
    setBusy(true);
    try {
      const made = await answered(api.POST("/api/v1/tokens", { body: { name: name.trim(), role } }));
      setToken(made.token);
      await queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey });
    } catch (error) {
      setProblem(toProblem(error));
    } finally {
      setBusy(false);
    }
  };
  if (token !== null)
    return (
      <Modal
        isOpen
        onClose={onClose}
        title="The new token"
        description="It is shown this once: the server keeps only its hash. Copy it now."
      >
        <Secret text={token} />
        <div className="flex justify-end">
          <Button look="primary" onClick={onClose}>
            Done
          </Button>
        </div>
      </Modal>
    );
  return (
    <Modal isOpen onClose={leave} title="New token">
      <form noValidate className="flex flex-col gap-4" onSubmit={(event) => void create(event)}>
        <Field label="Name" hint="Who or what will use it." problem={problem}>
          {(control) => (
            <input
              className="field"
              {...control}
              maxLength={100}
              value={name}
              onChange={(event) => {
                setName(event.target.value);
                setProblem(null);
              }}
            />
          )}
        </Field>
        <Choices<Role> legend="Role" value={role} choices={ROLES} onChange={setRole} />
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={leave}>Leave it</Button>
          <Button type="submit" look="primary" disabled={isBusy}>
            Create
          </Button>
        </div>
      </form>
    </Modal>
  );
}

function Secret({ text }: { text: string }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setSaid("Copied.");
    } catch {
      // Browsers let a page copy only over https or on this machine.
      setSaid("The browser does not let this page copy. Select it and copy it by hand.");
    }
  };
  return (
    <>
      <div className="flex gap-2">
        <input
          aria-label="Token"
          readOnly
          value={text}
          className="field mono"
          onFocus={(event) => event.target.select()}
        />
        <Button onClick={() => void copy()}>Copy</Button>
      </div>
      <p role="status" className="label mt-1 min-h-4">
        {said}
      </p>
    </>
  );
}

function RevokeDialog({ token, onClose }: { token: Token; onClose(): void }) {
  const queryClient = useQueryClient();
  const params = { path: { tokenId: token.tokenId } };
  return (
    <ActionDialog
      isOpen
      isDangerous
      title={`Revoke ${token.name}?`}
      description="Whoever uses it is signed out at once, in browsers and in programs. It cannot be made valid again."
      confirm="Revoke"
      run={() => answered(api.DELETE("/api/v1/tokens/{tokenId}", { params }))}
      onDone={() => {
        showToast({ tone: "good", title: "Revoked", text: token.name });
        void queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey });
      }}
      onClose={onClose}
    />
  );
}
