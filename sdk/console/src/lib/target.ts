// Splits the raw target of a postback, so that the page can show which bytes were repaired.
//
// The API tells how each parameter was understood, but not where it stood. So the pieces are found here,
// and a piece counts as repaired if what it says and what was understood differ.

/** A parameter as the server understood it. */
export interface Understood {
  readonly name: string;
  readonly value: string;
  readonly canonicalName: string;
}

/** A piece of the raw target. `parameter` is the place of the parameter it belongs to. */
export interface Piece {
  readonly text: string;
  readonly kind: "path" | "separator" | "name" | "value";
  readonly isRepaired: boolean;
  readonly parameter: number | undefined;
}

/** Returns raw bytes as text. Bytes that are not UTF-8 are shown as `%XX`. */
export function textOfBytes(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return Array.from(bytes, (byte) =>
      byte < 0x80 ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase()}`,
    ).join("");
  }
}

const SEPARATOR = /&amp;|&#38;|\\u0026|&para;(?=m=)|[&;\n]+|¶(?=m=)/;

const NONE: ReadonlySet<string> = new Set();

/**
 * Splits a target into pieces, and marks those that were not read as they came. `repaired` has the canonical
 * names of parameters whose values were repaired, as the notes say.
 */
export function piecesOf(target: string, understood: readonly Understood[], repaired = NONE): Piece[] {
  const [, path = "", start = "", query = ""] = /^([^?&]*?)(%20\?|%3[fF]|[?&])(.*)$/s.exec(target) ?? [];
  if (start === "") {
    return [piece(target, "path", false)];
  }
  const pieces: Piece[] = [piece(path, "path", false), piece(start, "separator", start !== "?")];
  const used = new Set<number>();
  // Where `&` separates parameters, a `;` belongs to a value.
  const separator = query.includes("&") ? /&amp;|&#38;|&para;(?=m=)|&+|\\u0026|¶(?=m=)/ : SEPARATOR;
  let rest = query;
  while (rest !== "") {
    const found = separator.exec(rest);
    const pair = found ? rest.slice(0, found.index) : rest;
    if (pair !== "") {
      pieces.push(...pairPieces(pair, understood, used, repaired));
    }
    if (!found) {
      break;
    }
    pieces.push(piece(found[0], "separator", found[0] !== "&"));
    rest = rest.slice(found.index + found[0].length);
  }
  return pieces;
}

function pairPieces(
  pair: string,
  understood: readonly Understood[],
  used: Set<number>,
  repaired: ReadonlySet<string>,
): Piece[] {
  const equals = pair.indexOf("=");
  const name = equals < 0 ? pair : pair.slice(0, equals);
  const value = equals < 0 ? "" : pair.slice(equals + 1);
  const plainName = decoded(name);
  const index = understood.findIndex(
    (parameter, at) => !used.has(at) && (parameter.name === plainName || parameter.name === name),
  );
  const parameter = understood[index];
  if (parameter === undefined) {
    return [piece(name, "name", false), ...(equals < 0 ? [] : [piece(`=${value}`, "value", false)])];
  }
  used.add(index);
  const isAlias =
    parameter.canonicalName !== "" && parameter.canonicalName.toLowerCase() !== name.toLowerCase();
  const isNoted = repaired.has(parameter.canonicalName || parameter.name);
  const isOther =
    isNoted ||
    (decoded(value) !== parameter.value && !/^\*+$/.test(parameter.value) && parameter.value !== "");
  return [
    piece(name, "name", isAlias, index),
    ...(equals < 0 ? [] : [piece("=", "separator", false, index), piece(value, "value", isOther, index)]),
  ];
}

function piece(text: string, kind: Piece["kind"], isRepaired: boolean, parameter?: number): Piece {
  return { text, kind, isRepaired, parameter };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}
