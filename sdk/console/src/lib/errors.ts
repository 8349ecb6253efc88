// Failures of calls, for people.

import { S2sError } from "./api.ts";
import { language, t, tCode } from "./i18n.svelte.ts";

export interface ToldError {
  readonly title: string;
  readonly text: string;
  readonly fields: readonly string[];
  readonly reason: string;
}

/**
 * Tells a failure: in the reader's language as far as its reason has a message, and in any case with the
 * server's own sentence, which names the values.
 */
export function tellError(error: unknown): ToldError {
  if (!(error instanceof S2sError)) {
    return {
      title: t("error.unexpected"),
      text: error instanceof Error ? error.message : String(error),
      fields: [],
      reason: "",
    };
  }
  const fields = error.fieldViolations.map(({ field, description }) => `${field}: ${description}`);
  const sentence = fields.length === 1 && error.message === fields[0] ? "" : error.message;
  const cure = language() === "en" ? "" : tCode("cure", error.reasonText, "");
  return {
    title: tCode("reason", error.reasonText, t("error.refused")),
    text: [cure, sentence].filter(Boolean).join(" · "),
    fields,
    reason: error.reasonText,
  };
}

/** Returns a failure as one line. */
export function errorLine(error: unknown): string {
  const { title, text, fields } = tellError(error);
  return [title, fields[0] ?? text].filter(Boolean).join(": ");
}

/** Returns the descriptions of invalid fields, by the last part of their path. */
export function fieldProblems(error: unknown): Readonly<Record<string, string>> {
  if (!(error instanceof S2sError)) {
    return {};
  }
  return Object.fromEntries(
    error.fieldViolations.map(({ field, description }) => [
      field.slice(field.lastIndexOf(".") + 1).replace(/\[\d+\]$/, ""),
      description,
    ]),
  );
}
