// A link as the editor has it, and the request that it becomes.

import type { CreateTrackingLinkParams } from "@s2s/sdk/gen/calls/tracking-links";
import { ShareBasis } from "@s2s/sdk/gen/s2s/v1/partner_pb";
import { RedirectKind, type TrackingLink } from "@s2s/sdk/gen/s2s/v1/tracking_link_pb";
import { toDate } from "../../lib/api.ts";
import { decimalOf, parseAmount } from "../../lib/money.ts";
import { dayForInput, dayFromInput } from "../../lib/time.ts";

export interface Draft {
  destination: string;
  slug: string;
  conversionCodeIds: string[];
  tags: string;
  partnerId: string;
  shareBasis: string;
  sharePercent: string;
  redirectKind: string;
  queryPassThrough: boolean;
  expireDay: string;
  fallbackDestination: string;
  presetId: string;
}

export function draftOf(link: TrackingLink | undefined, zone: string): Draft {
  const expire = toDate(link?.expireTime);
  return {
    destination: link?.destination ?? "",
    slug: link?.slug ?? "",
    conversionCodeIds: [...(link?.conversionCodeIds ?? [])],
    tags: (link?.tags ?? []).join(", "),
    partnerId: link?.partnerId ?? "",
    shareBasis: String(link?.partnerShare?.basis || ShareBasis.COMMISSION),
    sharePercent: link?.partnerShare ? decimalOf(link.partnerShare.percentMicros) : "",
    redirectKind: String(link?.redirectKind || RedirectKind.FOUND),
    queryPassThrough: link?.queryPassThrough ?? false,
    expireDay: expire ? dayForInput(expire, zone) : "",
    fallbackDestination: link?.fallbackDestination ?? "",
    presetId: "",
  };
}

/** Returns the parameters of a link without those that only a new link has. */
export function paramsOf(
  draft: Draft,
  language: string,
  zone: string,
): Omit<CreateTrackingLinkParams, "presetId"> {
  const percent = parseAmount(draft.sharePercent, language);
  return {
    destination: draft.destination.trim(),
    slug: draft.slug.trim(),
    conversionCodeIds: draft.conversionCodeIds,
    tags: draft.tags
      .split(",")
      .map((tag) => tag.trim())
      .filter(Boolean),
    partnerId: draft.partnerId,
    ...(draft.partnerId &&
      typeof percent === "bigint" && {
        partnerShare: { basis: Number(draft.shareBasis) as ShareBasis, percentMicros: percent },
      }),
    redirectKind: Number(draft.redirectKind) as RedirectKind,
    queryPassThrough: draft.queryPassThrough,
    expireTime: dayFromInput(draft.expireDay, zone),
    fallbackDestination: draft.fallbackDestination.trim(),
  };
}
