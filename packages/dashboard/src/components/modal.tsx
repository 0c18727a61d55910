import { Dialog } from "@base-ui/react/dialog";
import { X } from "lucide-react";
import type { ReactNode } from "react";

/** A dialog over the page. It takes the focus, gives it back, and closes with Escape. */
export function Modal({
  isOpen,
  onClose,
  title,
  description,
  children,
  isWide = false,
}: {
  isOpen: boolean;
  onClose(): void;
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  isWide?: boolean;
}) {
  return (
    <Dialog.Root open={isOpen} onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/45" />
        <Dialog.Popup
          className={`panel fixed inset-x-3 top-[8dvh] z-50 mx-auto flex max-h-[84dvh] flex-col shadow-xl outline-none ${isWide ? "max-w-4xl" : "max-w-lg"}`}
        >
          <div className="flex items-start justify-between gap-3 border-b border-line px-4 py-3">
            <Dialog.Title className="text-base font-semibold">{title}</Dialog.Title>
            <Dialog.Close aria-label="Close" className="text-muted hover:text-text">
              <X aria-hidden="true" className="size-4" />
            </Dialog.Close>
          </div>
          <div className="min-h-0 overflow-y-auto px-4 py-3">
            {description && <Dialog.Description className="mb-3 text-muted">{description}</Dialog.Description>}
            {children}
          </div>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
