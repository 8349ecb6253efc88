// Click ids, by their form alone: whether one is genuine the server knows.

/** The server ignores case, and blanks and quotes around it. No letter stands for another. */
const CLICK_ID = /^[\p{White_Space}"']*([0-9a-hjkmnp-tv-zA-HJKMNP-TV-Z]{40})[\p{White_Space}"']*$/u;

/** The click id as the server writes it, 40 lower-case characters; `undefined`: no click id looks like that. */
export function normaliseClickId(text: string): string | undefined {
  return CLICK_ID.exec(text)?.[1]?.toLowerCase();
}

/** Whether a text looks like a click id, in any case and with blanks or quotes around it. */
export function isClickId(text: string): boolean {
  return CLICK_ID.test(text);
}
