import { type ReactNode, useEffect } from "react";

/** The frame of a page: its heading, what can be done, and its content. Sets the title of the window. */
export function Page({
  title,
  heading,
  actions,
  children,
}: {
  title: string;
  /** What stands at the top, where it is more than the title. */
  heading?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
}) {
  useEffect(() => {
    document.title = `${title} · Orchestrator`;
  }, [title]);
  return (
    <div className="mx-auto flex w-full max-w-[110rem] flex-col gap-4 px-4 py-4 md:px-6">
      <header className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1 basis-64">
          {heading ?? <h1 className="text-lg font-semibold leading-8">{title}</h1>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A part of a page under a heading of its own. */
export function Section({
  title,
  aside,
  children,
  className = "",
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  return (
    <section aria-label={title} className={`min-w-0 ${className}`}>
      <div className="mb-1.5 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 className="font-semibold">{title}</h2>
        {aside && <div className="text-muted">{aside}</div>}
      </div>
      {children}
    </section>
  );
}
