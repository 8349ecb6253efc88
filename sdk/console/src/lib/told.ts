// The server's sentences in the reader's language, as far as their codes have messages.

import { type Step, StepKind, StepOutcome } from "@s2s/sdk/gen/s2s/v1/explanation_pb";
import { type Note, NoteCode } from "@s2s/sdk/gen/s2s/v1/note_pb";
import { type SetupWarning, SetupWarningCode } from "@s2s/sdk/gen/s2s/v1/setup_warning_pb";
import { language, tCode } from "./i18n.svelte.ts";

/** A sentence in the reader's language, and the server's own if it is in another one. */
export interface Told {
  readonly text: string;
  readonly original: string;
}

function tell(prefix: string, code: string, sentence: string): Told {
  // The server writes English, and names the values.
  const known = language() === "en" ? "" : tCode(prefix, code, "");
  return known ? { text: known, original: sentence } : { text: sentence, original: "" };
}

/** Tells why something is held, and what cures it. */
export const tellReason = (name: string, message: string): Told => tell("cure", name, message);

export const tellNote = (note: Note): Told => tell("note", NoteCode[note.code] ?? "", note.message);

export const tellWarning = (warning: SetupWarning): Told =>
  tell("warning", SetupWarningCode[warning.code] ?? "", warning.message);

export const stepName = (step: Step): string =>
  tCode("step", StepKind[step.kind] ?? "", (StepKind[step.kind] ?? "").toLowerCase().replaceAll("_", " "));

export const isPassed = (step: Step): boolean => step.outcome === StepOutcome.PASSED;
export const isFailed = (step: Step): boolean => step.outcome === StepOutcome.FAILED;
