import { memo } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

/** Headings of a text are no headings of the page, and its pictures are not fetched. */
const COMPONENTS: Components = {
  h1: ({ children }) => <p className="mt-1 text-base font-semibold">{children}</p>,
  h2: ({ children }) => <p className="mt-1 font-semibold">{children}</p>,
  h3: ({ children }) => <p className="font-semibold">{children}</p>,
  h4: ({ children }) => <p className="font-semibold">{children}</p>,
  h5: ({ children }) => <p className="font-semibold">{children}</p>,
  h6: ({ children }) => <p className="font-semibold">{children}</p>,
  img: ({ alt, src }) => <span className="text-muted">{`[picture: ${alt || String(src ?? "")}]`}</span>,
  a: ({ children, href }) => (
    <a href={href} target="_blank" rel="noopener noreferrer" className="link">
      {children}
    </a>
  ),
  p: ({ children }) => <p className="break-words">{children}</p>,
  ul: ({ children }) => <ul className="list-disc pl-5">{children}</ul>,
  ol: ({ children }) => <ol className="list-decimal pl-5">{children}</ol>,
  blockquote: ({ children }) => <blockquote className="border-l-2 border-edge pl-3 text-muted">{children}</blockquote>,
  code: ({ children }) => <code className="mono rounded-sm bg-sunken px-1 break-words">{children}</code>,
  pre: ({ children }) => (
    <pre
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
      tabIndex={0}
      className="mono max-h-80 overflow-auto rounded-[5px] border border-line bg-sunken p-2 [&_code]:bg-transparent [&_code]:p-0"
    >
      {children}
    </pre>
  ),
  table: ({ children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard.
    <div className="overflow-x-auto" tabIndex={0}>
      <table className="border-collapse">{children}</table>
    </div>
  ),
  th: ({ children }) => <th className="border border-line px-2 py-0.5 text-left font-semibold">{children}</th>,
  td: ({ children }) => <td className="border border-line px-2 py-0.5">{children}</td>,
};

/** Markdown without HTML: tags in it stand as text. */
export const MarkdownBody = memo(function MarkdownBody({ text }: { text: string }) {
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      <ReactMarkdown remarkPlugins={[remarkGfm]} components={COMPONENTS}>
        {text}
      </ReactMarkdown>
    </div>
  );
});
