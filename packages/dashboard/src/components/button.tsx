import type { ComponentProps } from "react";

type Look = "plain" | "primary" | "danger" | "quiet";

const LOOKS: Record<Look, string> = {
  plain: "border-edge bg-surface text-text hover:bg-sunken",
  primary: "border-accent bg-accent text-on-accent hover:opacity-90",
  danger: "border-bad bg-surface text-bad hover:bg-bad-ground",
  quiet: "border-transparent text-text hover:bg-sunken",
};

/** The classes of a button, for links and triggers that look like one. */
export function buttonClass(look: Look = "plain"): string {
  return `inline-flex min-h-8 items-center justify-center gap-1.5 whitespace-nowrap rounded-[5px] border px-2.5 py-1 font-medium disabled:cursor-not-allowed disabled:opacity-55 ${LOOKS[look]}`;
}

export function Button({ look = "plain", className = "", ...rest }: ComponentProps<"button"> & { look?: Look }) {
  return <button type="button" className={`${buttonClass(look)} ${className}`} {...rest} />;
}
