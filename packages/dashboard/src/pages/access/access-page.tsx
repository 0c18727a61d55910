import { useMay, useSession } from "../../app/session.tsx";
import { signOut } from "../../app/settings-menu.tsx";
import { Button } from "../../components/button.tsx";
import { Page } from "../../components/page.tsx";
import { EmptyState } from "../../components/states.tsx";
import { Audit } from "./audit.tsx";
import { Tokens } from "./tokens.tsx";

/** Who may use the server, and who has done what. */
export function AccessPage() {
  const { name, role } = useSession();
  const isAdmin = useMay("admin");
  return (
    <Page title="Access" actions={<Button onClick={() => void signOut()}>Sign out</Button>}>
      <p className="text-muted">
        You are signed in as <span className="text-text">{name}</span>, with the role{" "}
        <span className="text-text">{role}</span>.
      </p>
      {isAdmin ? (
        <>
          <Tokens />
          <Audit />
        </>
      ) : (
        <EmptyState title="Tokens and the audit log are for admins.">
          On the machine of the server they are at hand as well: <code className="mono">orchestrator token list</code>
        </EmptyState>
      )}
    </Page>
  );
}
