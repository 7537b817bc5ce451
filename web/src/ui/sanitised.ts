import DOMPurify from "dompurify";
import { Marked } from "marked";
import type { TrustedHTML } from "trusted-types/lib/index.js";

// HTML within Markdown is shown as the text it is: parsing it, even to clean it, would trip over the page's policy.
const marked = new Marked({
  gfm: true,
  renderer: { html: ({ text }) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;") },
});

DOMPurify.addHook("afterSanitizeAttributes", (node) => {
  if (node.nodeName !== "A") return;
  node.setAttribute("target", "_blank");
  node.setAttribute("rel", "noopener noreferrer");
});

/** Returns Markdown as HTML without scripts, forms, styles, or pictures that would tell others who looks. */
export function sanitised(text: string): TrustedHTML {
  const html = marked.parse(text, { async: false });
  return DOMPurify.sanitize(html, {
    RETURN_TRUSTED_TYPE: true,
    FORBID_TAGS: ["style", "form", "input", "button", "textarea", "select", "img", "svg", "math", "video", "audio", "source"],
    FORBID_ATTR: ["style", "class", "id", "name"],
  });
}
