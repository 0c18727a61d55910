import { Modal } from "../components/modal.tsx";
import { KEYS } from "./shortcuts.ts";

export function KeysDialog({ isOpen, onClose }: { isOpen: boolean; onClose(): void }) {
  return (
    <Modal isOpen={isOpen} onClose={onClose} title="Keys">
      <dl className="grid grid-cols-[auto_1fr] items-baseline gap-x-4 gap-y-1.5">
        {KEYS.map(({ keys, meaning }) => (
          <div key={keys} className="contents">
            <dt>
              <kbd className="mono whitespace-pre rounded-sm border border-edge px-1.5">{keys}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
