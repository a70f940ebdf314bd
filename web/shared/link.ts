const SCHEMES = new Set(["http:", "https:", "mailto:", "tel:"]);

/**
 * The address if a customer may be sent there, else null: http, https, mailto, tel, or a path of the site.
 * `//host` and `/\host` are refused, since browsers read them as another host.
 */
export function safeUrl(url: string): string | null {
  const trimmed = url.trim();
  if (/^[/#](?![/\\])/.test(trimmed) && !hasControlCharacter(trimmed)) {
    return trimmed;
  }
  try {
    const parsed = new URL(trimmed);
    return SCHEMES.has(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

/** Whether the address leaves the page's own site and should open beside it. */
export function isExternal(url: string): boolean {
  return /^https?:/i.test(url);
}

function hasControlCharacter(text: string): boolean {
  // URL parsers drop tab and newline, so "/\t/host" would become "//host".
  return [...text].some((character) => character.charCodeAt(0) < 0x20);
}

export interface TextPart {
  text: string;
  url: string | null;
}

const ADDRESS = /https?:\/\/[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+/g;

/** Split running text into plain parts and web addresses; closing punctuation stays outside the address. */
export function linkify(text: string): TextPart[] {
  const parts: TextPart[] = [];
  let end = 0;
  for (const match of text.matchAll(ADDRESS)) {
    const address = match[0].replace(/[.,;:!?)\]']+$/, "");
    const url = safeUrl(address);
    if (!url) {
      continue;
    }
    if (match.index > end) {
      parts.push({ text: text.slice(end, match.index), url: null });
    }
    parts.push({ text: address, url });
    end = match.index + address.length;
  }
  if (end < text.length) {
    parts.push({ text: text.slice(end), url: null });
  }
  return parts;
}
