import type { TrustedHTML } from "trusted-types/lib/index.js";
import { useEffect, useState } from "preact/hooks";

/** Markdown, made harmless; the code for it is fetched with the first text that needs it. */
export function Markdown({ text }: { text: string }) {
  const [html, setHtml] = useState<TrustedHTML | null>(null);
  useEffect(() => {
    let current = true;
    void import("./sanitised.ts").then(({ sanitised }) => {
      if (current) setHtml(sanitised(text));
    });
    return () => {
      current = false;
    };
  }, [text]);
  if (html === null) return <p class="card-note">{text}</p>;
  // Typed as text by Preact, which hands it on as it is: the page's policy takes nothing else.
  return <div class="markdown" dangerouslySetInnerHTML={{ __html: html as unknown as string }} />;
}
