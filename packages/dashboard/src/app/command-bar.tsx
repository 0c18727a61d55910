import { Dialog } from "@base-ui/react/dialog";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useDeferredValue, useState } from "react";
import { agentsQuery, tasksQuery } from "../api/queries.ts";
import { AGENT_LOOKS, TASK_LOOKS } from "../format/statuses.ts";
import { chooseTheme, chooseTimeStyle, usePreferences } from "../preferences/preferences.ts";
import { type Command, usePageCommands } from "./commands.ts";
import type { Overlay } from "./overlay.ts";
import { PLACES } from "./places.ts";
import { signOut, switchNotifications } from "./settings-menu.tsx";

interface Group {
  title: string;
  commands: Command[];
}

/** Goes to any page, task or agent, and does whatever the page that is shown can do. */
export function CommandBar({ isOpen, onOpen }: { isOpen: boolean; onOpen(overlay: Overlay): void }) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => onOpen(open ? "commands" : null)}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/45" />
        <Dialog.Popup
          aria-label="Search and commands"
          className="panel fixed inset-x-3 top-[10dvh] z-50 mx-auto flex max-h-[70dvh] max-w-xl flex-col shadow-xl outline-none"
        >
          <Finder onOpen={onOpen} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Finder({ onOpen }: { onOpen(overlay: Overlay): void }) {
  const [search, setSearch] = useState("");
  const [marked, setMarked] = useState(0);
  const groups = useGroups(useDeferredValue(search.trim()), onOpen);
  const all = groups.flatMap((group) => group.commands);
  const current = all[Math.min(marked, all.length - 1)];

  const run = (command: Command | undefined) => {
    if (!command) return;
    onOpen(null);
    command.run();
  };
  const listen = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0) {
      event.preventDefault();
      setMarked((Math.min(marked, all.length - 1) + step + all.length) % Math.max(1, all.length));
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(current);
    }
  };

  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: the dialog was opened to type in it.
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="commands"
        aria-label="Search pages, tasks, agents and commands"
        aria-activedescendant={current ? `command-${current.key}` : undefined}
        value={search}
        placeholder="Page, task, agent or command"
        onChange={(event) => {
          setSearch(event.target.value);
          setMarked(0);
        }}
        onKeyDown={listen}
        className="w-full rounded-t-[6px] border-b border-line bg-transparent px-4 py-3 text-base outline-none placeholder:text-muted"
      />
      <div id="commands" role="listbox" aria-label="Found" className="min-h-0 overflow-y-auto p-1.5">
        {all.length === 0 && <p className="px-3 py-4 text-muted">Nothing found. Try a word of a task's prompt.</p>}
        {groups.map((group) => (
          // biome-ignore lint/a11y/useSemanticElements: groups of options in a listbox have no element of their own.
          <div key={group.title} role="group" aria-label={group.title}>
            <p className="label px-2.5 pb-0.5 pt-2" aria-hidden="true">
              {group.title}
            </p>
            {group.commands.map((command) => (
              <Choice
                key={command.key}
                command={command}
                isMarked={command === current}
                onMark={() => setMarked(all.indexOf(command))}
                onRun={() => run(command)}
              />
            ))}
          </div>
        ))}
      </div>
    </>
  );
}

function Choice(props: { command: Command; isMarked: boolean; onMark(): void; onRun(): void }) {
  const { command, isMarked } = props;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the field that owns the list listens to the keys.
    <div
      id={`command-${command.key}`}
      role="option"
      tabIndex={-1}
      aria-selected={isMarked}
      ref={(element) => {
        if (isMarked) element?.scrollIntoView({ block: "nearest" });
      }}
      onPointerMove={props.onMark}
      onClick={props.onRun}
      className={`flex cursor-default items-baseline gap-3 rounded-sm px-2.5 py-1.5 ${isMarked ? "bg-accent-ground" : ""}`}
    >
      <span className="min-w-0 flex-1 truncate">{command.title}</span>
      {command.detail && <span className="label shrink-0 !text-text opacity-80">{command.detail}</span>}
    </div>
  );
}

function useGroups(search: string, onOpen: (overlay: Overlay) => void): Group[] {
  const navigate = useNavigate();
  const { theme, timeStyle, notifies } = usePreferences();
  const pageCommands = usePageCommands((state) => state.commands);
  const tasks = useQuery(tasksQuery({ ...(search && { search }), limit: 8, sort: "createdAt", order: "desc" }));
  const agents = useQuery(agentsQuery({ isDeleted: "false", limit: 50 }));

  const places: Command[] = PLACES.map(({ to, name, key }) => ({
    key: `place-${key}`,
    title: name,
    detail: `g ${key}`,
    run: () => void navigate({ to }),
  }));
  const nextTheme = theme === "dark" ? "light" : "dark";
  const actions: Command[] = [
    { key: "theme", title: `Use the ${nextTheme} theme`, run: () => chooseTheme(nextTheme) },
    { key: "theme-system", title: "Use the theme of the system", run: () => chooseTheme("system") },
    {
      key: "times",
      title: timeStyle === "relative" ? "Show dates and times of day" : "Show times as what has passed",
      run: () => chooseTimeStyle(timeStyle === "relative" ? "absolute" : "relative"),
    },
    {
      key: "notify",
      title: notifies ? "Do not notify any more" : "Notify when a task ends or waits",
      run: () => void switchNotifications(!notifies),
    },
    { key: "keys", title: "Show the keys", detail: "?", run: () => onOpen("keys") },
    { key: "sign-out", title: "Sign out", run: () => void signOut() },
  ];
  const foundTasks: Command[] = (tasks.data?.items ?? []).map((task) => ({
    key: task.taskId,
    title: task.prompt,
    detail: TASK_LOOKS[task.status].word,
    run: () => void navigate({ to: "/tasks/$taskId", params: { taskId: task.taskId } }),
  }));
  const foundAgents: Command[] = (agents.data?.items ?? []).map((agent) => ({
    key: agent.agentId,
    title: agent.name === agent.role ? agent.name : `${agent.name} · ${agent.role}`,
    detail: AGENT_LOOKS[agent.status].word,
    run: () => void navigate({ to: "/agents/$agentId", params: { agentId: agent.agentId } }),
  }));
  const words = search.toLowerCase().split(/\s+/);
  const fits = (command: Command) => words.every((word) => command.title.toLowerCase().includes(word));
  const idFits = (command: Command) => fits(command) || command.key.startsWith(search);
  return [
    { title: "On this page", commands: pageCommands.filter(fits) },
    { title: "Pages", commands: places.filter(fits) },
    { title: "Tasks", commands: foundTasks },
    { title: "Agents", commands: foundAgents.filter(idFits).slice(0, 8) },
    { title: "Commands", commands: actions.filter(fits) },
  ].filter((group) => group.commands.length > 0);
}
