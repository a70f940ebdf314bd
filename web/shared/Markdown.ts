import { lexer, type Token, type Tokens } from "marked";
import { h, type FunctionalComponent, type VNode } from "vue";
import { isExternal, safeUrl } from "./link";

type Shown = VNode | string;

const NO_SPACE = "\u200b";

/** Markdown as elements: what is no known mark, HTML among it, is text. */
export const Markdown: FunctionalComponent<{ text: string }> = ({ text }) =>
  h("div", { class: "markdown" }, all(lexer(spaced(text), { gfm: true, breaks: true })));
Markdown.props = ["text"];

function all(tokens: readonly Token[] | undefined): Shown[] {
  return (tokens ?? []).flatMap((token) => one(token as Tokens.Generic));
}

function one(token: Tokens.Generic): Shown[] {
  switch (token.type) {
    case "space":
    case "def":
      return [];
    case "paragraph":
      return [h("p", all(token.tokens))];
    case "heading":
      return [h("p", h("strong", all(token.tokens)))];
    case "list":
      return [h(token["ordered"] ? "ol" : "ul", (token["items"] as Tokens.ListItem[]).map(item))];
    case "blockquote":
      return [h("blockquote", all(token.tokens))];
    case "code":
      return [h("pre", h("code", text(token)))];
    case "hr":
      return [h("hr")];
    case "br":
      return [h("br")];
    case "strong":
    case "em":
    case "del":
      return [h(token.type, all(token.tokens))];
    case "codespan":
      return [h("code", text(token))];
    case "link":
      return link(token as Tokens.Link);
    case "image":
      return picture(token as Tokens.Image);
    case "escape":
      return [text(token)];
    case "text":
      return token.tokens ? all(token.tokens) : [text(token)];
    default:
      return [shown(token.raw)];
  }
}

/** The number of an ordered list's first item is not kept: each list counts from one. */
function item(found: Tokens.ListItem): VNode {
  return h("li", all(found.tokens));
}

function link(found: Tokens.Link): Shown[] {
  const url = safeUrl(found.href);
  if (!url) {
    return all(found.tokens);
  }
  const beside = isExternal(url) ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return [h("a", { href: url, ...beside }, all(found.tokens))];
}

function picture(found: Tokens.Image): Shown[] {
  const url = safeUrl(found.href);
  return url ? [h("img", { src: url, alt: shown(found.text), loading: "lazy" })] : [shown(found.text)];
}

/**
 * Markdown finds emphasis by the blanks around it, and Chinese has none: **注意：**请 would stay as it is typed.
 * A blank without width beside the mark tells it; it goes again before anything is shown.
 */
function spaced(markdown: string): string {
  return markdown
    .replace(/(?<=\p{P})(?<![*\\])(\*{1,2})(?=[^\s\p{P}])/gu, `${NO_SPACE}$1`)
    .replace(/(?<=[^\s\p{P}])(\*{1,2})(?=\p{P})(?!\*)/gu, `$1${NO_SPACE}`);
}

function text(token: Tokens.Generic): string {
  return shown(String(token["text"]));
}

function shown(found: string): string {
  return found.replaceAll(NO_SPACE, "");
}
