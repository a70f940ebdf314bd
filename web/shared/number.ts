export interface Piece {
  text: string;
  /** A number with hyphens, which must not be broken at the end of a line. */
  whole: boolean;
}

/** Longer ones would not fit into a narrow bubble. */
const NUMBER = /[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+/g;
const LONGEST = 20;

/** Split text around ticket, order and telephone numbers such as T20261121-0007. */
export function keepNumbers(text: string): Piece[] {
  const pieces: Piece[] = [];
  let end = 0;
  for (const match of text.matchAll(NUMBER)) {
    if (match[0].length > LONGEST) {
      continue;
    }
    pieces.push({ text: text.slice(end, match.index), whole: false }, { text: match[0], whole: true });
    end = match.index + match[0].length;
  }
  pieces.push({ text: text.slice(end), whole: false });
  return pieces.filter((piece) => piece.text);
}
