// How the values of the API look: a word, a tone and an icon, so that colour never stands alone.

import type { LucideIcon } from "@lucide/svelte";
import Ban from "@lucide/svelte/icons/ban";
import CircleCheck from "@lucide/svelte/icons/circle-check";
import CircleDashed from "@lucide/svelte/icons/circle-dashed";
import CircleX from "@lucide/svelte/icons/circle-x";
import Clock from "@lucide/svelte/icons/clock";
import CopyCheck from "@lucide/svelte/icons/copy-check";
import FlaskConical from "@lucide/svelte/icons/flask-conical";
import Hand from "@lucide/svelte/icons/hand";
import RefreshCw from "@lucide/svelte/icons/refresh-cw";
import { AdjustmentKind } from "@s2s/sdk/gen/s2s/v1/adjustment_pb";
import { ConversionStatus } from "@s2s/sdk/gen/s2s/v1/conversion_pb";
import { ErrorReason } from "@s2s/sdk/gen/s2s/v1/error_reason_pb";
import { PayoutState } from "@s2s/sdk/gen/s2s/v1/payout_pb";
import { PostbackVerdict } from "@s2s/sdk/gen/s2s/v1/postback_pb";
import { type Key, tCode } from "./i18n.svelte.ts";

export type Tone = "good" | "warn" | "bad" | "info" | "new" | "mute";

export interface Look {
  readonly tone: Tone;
  readonly icon: LucideIcon;
  readonly label: Key;
}

const UNKNOWN: Look = { tone: "mute", icon: CircleDashed, label: "state.unknown" };

const VERDICTS: Partial<Record<PostbackVerdict, Look>> = {
  [PostbackVerdict.RECORDED]: { tone: "good", icon: CircleCheck, label: "verdict.recorded" },
  [PostbackVerdict.DUPLICATE]: { tone: "info", icon: CopyCheck, label: "verdict.duplicate" },
  [PostbackVerdict.UPDATED]: { tone: "new", icon: RefreshCw, label: "verdict.updated" },
  [PostbackVerdict.HELD]: { tone: "warn", icon: Hand, label: "verdict.held" },
  [PostbackVerdict.TEST]: { tone: "mute", icon: FlaskConical, label: "verdict.test" },
};

const STATUSES: Partial<Record<ConversionStatus, Look>> = {
  [ConversionStatus.APPROVED]: { tone: "good", icon: CircleCheck, label: "status.approved" },
  [ConversionStatus.PENDING]: { tone: "warn", icon: Clock, label: "status.pending" },
  [ConversionStatus.DECLINED]: { tone: "mute", icon: Ban, label: "status.declined" },
};

const PAYOUTS: Partial<Record<PayoutState, Look>> = {
  [PayoutState.OPEN]: { tone: "warn", icon: Clock, label: "payout.open" },
  [PayoutState.PAID]: { tone: "good", icon: CircleCheck, label: "payout.paid" },
  [PayoutState.CANCELED]: { tone: "mute", icon: CircleX, label: "payout.canceled" },
};

export const verdictLook = (verdict: PostbackVerdict): Look => VERDICTS[verdict] ?? UNKNOWN;
export const statusLook = (status: ConversionStatus): Look => STATUSES[status] ?? UNKNOWN;
export const payoutLook = (state: PayoutState): Look => PAYOUTS[state] ?? UNKNOWN;

const ADJUSTMENTS: Partial<Record<AdjustmentKind, Key>> = {
  [AdjustmentKind.APPROVE]: "adjustment.approve",
  [AdjustmentKind.DECLINE]: "adjustment.decline",
  [AdjustmentKind.REFUND]: "adjustment.refund",
  [AdjustmentKind.RESTATE]: "adjustment.restate",
  [AdjustmentKind.REVERSE]: "adjustment.reverse",
};

export const adjustmentLabel = (kind: AdjustmentKind): Key => ADJUSTMENTS[kind] ?? "state.unknown";

/** Returns the name of a reason, such as `AMOUNT_AMBIGUOUS`. */
export function reasonName(reason: ErrorReason): string {
  return reason === ErrorReason.UNSPECIFIED ? "" : (ErrorReason[reason] ?? String(reason));
}

/** Returns a few words for a reason. A reason that is newer than this page shows its name. */
export function reasonTitle(name: string): string {
  return tCode("reason", name, name.toLowerCase().replaceAll("_", " "));
}
