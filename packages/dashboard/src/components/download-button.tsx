import { Download } from "lucide-react";
import { Button } from "./button.tsx";

/** Gives a text to the reader as a file. */
export function DownloadButton({ label, fileName, make }: { label: string; fileName: string; make(): string }) {
  const download = () => {
    const url = URL.createObjectURL(new Blob([make()], { type: "text/csv;charset=utf-8" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = fileName;
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <Button look="quiet" onClick={download} aria-label={`${label} as CSV`} className="!min-h-7 !font-normal text-muted">
      <Download aria-hidden="true" className="size-4" />
      CSV
    </Button>
  );
}
