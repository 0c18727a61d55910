import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext, useEffect } from "react";
import { sessionQuery } from "../api/queries.ts";
import type { Role, Session } from "../api/types.ts";
import { ErrorState, Loading } from "../components/states.tsx";
import { setServerTime } from "../live/clock.ts";

const SessionContext = createContext<Session | null>(null);

/** Finds out who is signed in before anything else is shown. */
export function SessionGate({ children }: { children: ReactNode }) {
  const session = useQuery(sessionQuery);
  const time = session.data?.time;
  useEffect(() => {
    if (time) setServerTime(time);
  }, [time]);

  if (session.data) return <SessionContext value={session.data}>{children}</SessionContext>;
  return (
    <main className="mx-auto max-w-xl p-6">
      <h1 className="mb-4 text-lg font-semibold">Orchestrator</h1>
      {session.isError ? (
        <ErrorState error={session.error} onRetry={() => void session.refetch()} />
      ) : (
        <Loading what="your session" />
      )}
    </main>
  );
}

/** Who is signed in, and what the server is. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession needs a SessionGate above it.");
  return session;
}

const RANKS: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** Whether who is signed in may do what this role may. */
export function useMay(role: Role): boolean {
  return RANKS[useSession().role] >= RANKS[role];
}
