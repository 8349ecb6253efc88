// The results of a comparison with a statement, and what can be done about each.

import { StatementAction, StatementResult, StatementState } from "@s2s/sdk/gen/s2s/v1/statement_pb";
import type { Key } from "./i18n.svelte.ts";
import type { Tone } from "./labels.ts";

export interface ResultLook {
  readonly name: string;
  readonly label: Key;
  readonly hint: Key;
  readonly tone: Tone;
  readonly actions: readonly StatementAction[];
}

const { REPLAY, RECORD, ADJUST, NOTE, COMPARE } = StatementAction;

export const RESULTS: ReadonlyMap<StatementResult, ResultLook> = new Map([
  [
    StatementResult.ONLY_THEIRS,
    {
      name: "only_theirs",
      label: "result.only_theirs",
      hint: "result.only_theirs_hint",
      tone: "bad",
      actions: [REPLAY, RECORD, NOTE],
    },
  ],
  [
    StatementResult.ONLY_OURS,
    {
      name: "only_ours",
      label: "result.only_ours",
      hint: "result.only_ours_hint",
      tone: "warn",
      actions: [ADJUST, NOTE],
    },
  ],
  [
    StatementResult.AMOUNT_DIFFERS,
    {
      name: "amount",
      label: "result.amount",
      hint: "result.amount_hint",
      tone: "warn",
      actions: [ADJUST, NOTE],
    },
  ],
  [
    StatementResult.STATUS_DIFFERS,
    {
      name: "status",
      label: "result.status",
      hint: "result.status_hint",
      tone: "warn",
      actions: [ADJUST, NOTE],
    },
  ],
  [
    StatementResult.CURRENCY_DIFFERS,
    {
      name: "currency",
      label: "result.currency",
      hint: "result.currency_hint",
      tone: "warn",
      actions: [NOTE],
    },
  ],
  [
    StatementResult.OUTSIDE_PERIOD,
    {
      name: "outside",
      label: "result.outside",
      hint: "result.outside_hint",
      tone: "info",
      actions: [NOTE, COMPARE],
    },
  ],
  [
    StatementResult.TWICE,
    { name: "twice", label: "result.twice", hint: "result.twice_hint", tone: "info", actions: [NOTE] },
  ],
  [
    StatementResult.MATCHED,
    { name: "matched", label: "result.matched", hint: "result.matched_hint", tone: "good", actions: [] },
  ],
]);

const UNKNOWN: ResultLook = {
  name: "",
  label: "state.unknown",
  hint: "state.unknown",
  tone: "mute",
  actions: [],
};

export const resultLook = (result: StatementResult): ResultLook => RESULTS.get(result) ?? UNKNOWN;

export const resultOf = (name: string): StatementResult =>
  [...RESULTS].find(([, look]) => look.name === name)?.[0] ?? StatementResult.UNSPECIFIED;

const ACTIONS: Partial<Record<StatementAction, { label: Key; text: Key }>> = {
  [REPLAY]: { label: "action.replay", text: "action_text.replay" },
  [RECORD]: { label: "action.record", text: "action_text.record" },
  [ADJUST]: { label: "action.adjust", text: "action_text.adjust" },
  [NOTE]: { label: "action.note", text: "action_text.note" },
  [COMPARE]: { label: "action.compare", text: "action_text.compare" },
};

export const actionLabel = (action: StatementAction): Key => ACTIONS[action]?.label ?? "state.unknown";
export const actionText = (action: StatementAction): Key => ACTIONS[action]?.text ?? "state.unknown";

export const stateLabel = (state: StatementState): Key =>
  state === StatementState.COMPLETE
    ? "statement.complete"
    : state === StatementState.COMPARING
      ? "statement.comparing"
      : "statement.open";
