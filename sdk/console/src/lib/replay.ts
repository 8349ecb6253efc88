// Replays of held postbacks, page by page.

import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { DecimalSeparator } from "@s2s/sdk/gen/s2s/v1/conversion_code_pb";
import type { ErrorReason } from "@s2s/sdk/gen/s2s/v1/error_reason_pb";
import { type Postback, PostbackVerdict } from "@s2s/sdk/gen/s2s/v1/postback_pb";
import { api } from "./api.ts";

/** The held postbacks that a replay takes. */
export interface HeldFilter {
  readonly reason?: ErrorReason;
  readonly conversionCodeId?: string;
  readonly text?: string;
  readonly startTime?: Timestamp;
  readonly endTime?: Timestamp;
}

export interface Overrides {
  readonly valueMicrosWhereMissing?: bigint;
  readonly commissionMicrosWhereMissing?: bigint;
  readonly decimalSeparator?: DecimalSeparator;
  readonly conversionCodeId?: string;
  readonly trustSender?: boolean;
}

export interface Replayed {
  readonly postbacks: readonly Postback[];
  /** True if there are more that match. */
  readonly isMore: boolean;
}

export type Target = { readonly ids: readonly string[] } | { readonly filter: HeldFilter };

function requestOf(target: Target, overrides: Overrides, pageToken: string, validateOnly: boolean) {
  const postbacks =
    "ids" in target
      ? { case: "ids" as const, value: { ids: [...target.ids] } }
      : { case: "filter" as const, value: { ...target.filter, verdict: PostbackVerdict.HELD } };
  return { postbacks, overrides, pageToken, validateOnly };
}

/** Shows what a replay would do to the newest held postbacks. Writes nothing. */
export async function previewReplay(
  target: Target,
  overrides: Overrides,
  signal: AbortSignal,
): Promise<Replayed> {
  const answer = await api.stubs.postbacks.replayPostbacks(requestOf(target, overrides, "", true), {
    signal,
  });
  return { postbacks: answer.postbacks, isMore: answer.nextPageToken !== "" };
}

/** Replays all that match, and tells of its progress. Returns how many were judged and how many count now. */
export async function replayAll(
  target: Target,
  overrides: Overrides,
  onprogress: (judged: number) => void,
): Promise<{ judged: number; counted: number }> {
  let judged = 0;
  let counted = 0;
  let pageToken = "";
  do {
    const answer = await api.stubs.postbacks.replayPostbacks(requestOf(target, overrides, pageToken, false));
    judged += answer.postbacks.length;
    counted += answer.postbacks.filter(({ verdict }) => verdict !== PostbackVerdict.HELD).length;
    onprogress(judged);
    pageToken = answer.nextPageToken;
  } while (pageToken !== "");
  return { judged, counted };
}
