// The form of click ids. Only the server can tell whether a click id is genuine.

/**
 * Matches a click id. Like the server, ignores case, and blanks and quotes around the id. No letter
 * stands for another letter.
 */
const CLICK_ID = /^[\p{White_Space}"']*([0-9a-hjkmnp-tv-zA-HJKMNP-TV-Z]{40})[\p{White_Space}"']*$/u;

/**
 * Returns the click id as the server writes it: 40 lower-case characters. Returns `undefined` if
 * the text can't be a click id.
 */
export function normaliseClickId(text: string): string | undefined {
  return CLICK_ID.exec(text)?.[1]?.toLowerCase();
}

/**
 * Returns true if a text has the form of a click id, in upper or lower case, with or without blanks
 * and quotes around it.
 */
export function isClickId(text: string): boolean {
  return CLICK_ID.test(text);
}
