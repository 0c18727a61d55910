import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { Loading } from "../components/states.tsx";
import { parseAgentsSearch } from "../pages/agents/agents-search.ts";
import { parseCostsSearch } from "../pages/costs/costs-search.ts";
import { parseHistorySearch } from "../pages/history/history-search.ts";
import { CrashPage, MissingPage } from "./fallback-pages.tsx";
import { Shell } from "./shell.tsx";

const rootRoute = createRootRoute({ component: Shell, notFoundComponent: MissingPage });

const TASK_VIEWS = ["graph", "waterfall"] as const;
export type TaskView = (typeof TASK_VIEWS)[number];

interface TaskSearch {
  view?: TaskView;
  step?: string;
}

interface AgentSearch {
  /** Kinds of events that are shown, with commas; all where it is missing. */
  kinds?: string;
  search?: string;
}

const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

const fleetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  component: lazyRouteComponent(() => import("../pages/fleet/fleet-page.tsx"), "FleetPage"),
});

const newTaskRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/new",
  component: lazyRouteComponent(() => import("../pages/new-task/new-task-page.tsx"), "NewTaskPage"),
});

const historyRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/history",
  validateSearch: parseHistorySearch,
  component: lazyRouteComponent(() => import("../pages/history/history-page.tsx"), "HistoryPage"),
});

const compareRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/compare",
  validateSearch: (search: Record<string, unknown>): { left?: string; right?: string } => {
    const [left, right] = [text(search.left), text(search.right)];
    return { ...(left ? { left } : {}), ...(right ? { right } : {}) };
  },
  component: lazyRouteComponent(() => import("../pages/compare/compare-page.tsx"), "ComparePage"),
});

const costsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/costs",
  validateSearch: parseCostsSearch,
  component: lazyRouteComponent(() => import("../pages/costs/costs-page.tsx"), "CostsPage"),
});

const agentsRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/agents",
  validateSearch: parseAgentsSearch,
  component: lazyRouteComponent(() => import("../pages/agents/agents-page.tsx"), "AgentsPage"),
});

const accessRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/access",
  component: lazyRouteComponent(() => import("../pages/access/access-page.tsx"), "AccessPage"),
});

const taskRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/tasks/$taskId",
  validateSearch: (search: Record<string, unknown>): TaskSearch => {
    const view = TASK_VIEWS.find((each) => each === search.view);
    const step = text(search.step);
    return { ...(view ? { view } : {}), ...(step ? { step } : {}) };
  },
  component: lazyRouteComponent(() => import("../pages/task/task-page.tsx"), "TaskPage"),
});

const agentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/agents/$agentId",
  validateSearch: (search: Record<string, unknown>): AgentSearch => {
    const kinds = text(search.kinds);
    const found = text(search.search);
    return { ...(kinds ? { kinds } : {}), ...(found ? { search: found } : {}) };
  },
  component: lazyRouteComponent(() => import("../pages/agent/agent-page.tsx"), "AgentPage"),
});

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    fleetRoute,
    newTaskRoute,
    historyRoute,
    compareRoute,
    costsRoute,
    agentsRoute,
    accessRoute,
    taskRoute,
    agentRoute,
  ]),
  defaultPreload: "intent",
  defaultErrorComponent: CrashPage,
  defaultPendingComponent: () => <Loading what="the page" />,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
