import { Menu } from "@base-ui/react/menu";
import { Link } from "@tanstack/react-router";
import { Check, Settings } from "lucide-react";
import type { ReactNode } from "react";
import { answered, api } from "../api/client.ts";
import { toProblem } from "../api/problem.ts";
import { showToast } from "../components/toasts.tsx";
import {
  chooseNotifications,
  chooseTheme,
  chooseTimeStyle,
  type Theme,
  type TimeStyle,
  usePreferences,
} from "../preferences/preferences.ts";
import type { Overlay } from "./overlay.ts";
import { useSession } from "./session.tsx";

const ITEM =
  "flex cursor-default items-center gap-2 rounded-sm px-2 py-1.5 outline-none data-[highlighted]:bg-accent-ground";

/** Signs out; the server answers with its sign-in page from then on. */
export async function signOut(): Promise<void> {
  try {
    await answered(api.DELETE("/api/v1/session"));
    location.reload();
  } catch (error) {
    showToast({ tone: "bad", title: "Not signed out", text: toProblem(error).message });
  }
}

/** Switches notifications, and says so where the browser does not let them be. */
export async function switchNotifications(isOn: boolean): Promise<void> {
  const refusal = await chooseNotifications(isOn);
  if (refusal) showToast({ tone: "warn", title: "No notifications", text: refusal });
}

/** How the page looks and tells, and who is signed in. */
export function SettingsMenu({ onOpen }: { onOpen(overlay: Overlay): void }) {
  const { theme, timeStyle, notifies } = usePreferences();
  const session = useSession();
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label="Settings"
        className="flex size-8 items-center justify-center rounded-[5px] border border-edge text-muted hover:text-text"
      >
        <Settings aria-hidden="true" className="size-4" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner align="end" sideOffset={6} className="z-40">
          <Menu.Popup className="panel w-60 p-1 shadow-lg outline-none">
            <p className="px-2 py-1.5">
              {session.name} <span className="text-muted">({session.role})</span>
              <span className="label block">version {session.version}</span>
            </p>
            <Choice name="Theme" value={theme} onChange={(value) => chooseTheme(value as Theme)}>
              <Option value="system">As the system</Option>
              <Option value="light">Light</Option>
              <Option value="dark">Dark</Option>
            </Choice>
            <Choice name="Times" value={timeStyle} onChange={(value) => chooseTimeStyle(value as TimeStyle)}>
              <Option value="relative">Relative: 3 min ago</Option>
              <Option value="absolute">Date and time</Option>
            </Choice>
            <Menu.Separator className="my-1 border-t border-line" />
            <Menu.CheckboxItem
              checked={notifies}
              onCheckedChange={(isOn) => void switchNotifications(isOn)}
              className={ITEM}
            >
              <Tick />
              Notify when a task ends or waits
            </Menu.CheckboxItem>
            <Menu.Item className={ITEM} onClick={() => onOpen("keys")}>
              <span className="size-4" />
              Keys
            </Menu.Item>
            <Menu.Item className={ITEM} render={<Link to="/access" />}>
              <span className="size-4" />
              Access
            </Menu.Item>
            <Menu.Item className={ITEM} onClick={() => void signOut()}>
              <span className="size-4" />
              Sign out
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Tick() {
  return (
    <span className="flex size-4 items-center justify-center">
      <Menu.CheckboxItemIndicator>
        <Check aria-hidden="true" className="size-4" />
      </Menu.CheckboxItemIndicator>
    </span>
  );
}

function Choice(props: { name: string; value: string; onChange(value: string): void; children: ReactNode }) {
  return (
    <Menu.RadioGroup value={props.value} onValueChange={props.onChange} aria-label={props.name}>
      <Menu.Separator className="my-1 border-t border-line" />
      <p className="label px-2 pt-1">{props.name}</p>
      {props.children}
    </Menu.RadioGroup>
  );
}

function Option({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Menu.RadioItem value={value} className={ITEM}>
      <span className="flex size-4 items-center justify-center">
        <Menu.RadioItemIndicator>
          <Check aria-hidden="true" className="size-4" />
        </Menu.RadioItemIndicator>
      </span>
      {children}
    </Menu.RadioItem>
  );
}
