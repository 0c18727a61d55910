import { type ReactNode, useState } from "react";
import { Button } from "./button.tsx";
import { Modal } from "./modal.tsx";

/** Asks before something that cannot be undone. */
export function ConfirmDialog({
  title,
  action,
  busyAction = "Deleting …",
  onConfirm,
  onClose,
  children,
}: {
  title: string;
  /** What the button says that does it. */
  action: string;
  /** What it says while that is being done. */
  busyAction?: string;
  /** Does it; the dialog closes after it, whatever came of it. */
  onConfirm(): Promise<void>;
  onClose(): void;
  children: ReactNode;
}) {
  const [isBusy, setBusy] = useState(false);
  const confirm = async () => {
    setBusy(true);
    try {
      await onConfirm();
    } finally {
      onClose();
    }
  };
  return (
    <Modal
      isOpen
      onClose={onClose}
      title={title}
      footer={
        <>
          <Button onClick={onClose}>Keep</Button>
          <Button look="danger" disabled={isBusy} onClick={() => void confirm()}>
            {isBusy ? busyAction : action}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-2">{children}</div>
    </Modal>
  );
}
