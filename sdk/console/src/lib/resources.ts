// What many screens read: all links, codes, partners and presets of the account.

import type { ConversionCode } from "@s2s/sdk/gen/s2s/v1/conversion_code_pb";
import type { Partner } from "@s2s/sdk/gen/s2s/v1/partner_pb";
import type { Preset } from "@s2s/sdk/gen/s2s/v1/preset_pb";
import type { TrackingLink } from "@s2s/sdk/gen/s2s/v1/tracking_link_pb";
import { api } from "./api.ts";
import { session } from "./session.svelte.ts";

/** Items that a list is read to. Beyond it, a screen says that it shows the newest. */
export const ALL_MAX = 5_000;
const PAGE_SIZE = 1_000;
const FRESH_MS = 15_000;

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) {
    list.push(item);
    if (list.length >= ALL_MAX) {
      break;
    }
  }
  return list;
}

const common = () => ({ staleTime: FRESH_MS, enabled: session.has("read") });

export const allLinks = (showArchived: boolean) => ({
  ...common(),
  queryKey: ["links", "all", showArchived],
  queryFn: (): Promise<TrackingLink[]> => all(api.trackingLinks.list({ showArchived, pageSize: PAGE_SIZE })),
});

export const allCodes = (showArchived: boolean) => ({
  ...common(),
  queryKey: ["codes", "all", showArchived],
  queryFn: (): Promise<ConversionCode[]> =>
    all(api.conversionCodes.list({ showArchived, pageSize: PAGE_SIZE })),
});

export const allPartners = (showArchived: boolean) => ({
  ...common(),
  queryKey: ["partners", "all", showArchived],
  queryFn: (): Promise<Partner[]> => all(api.partners.list({ showArchived, pageSize: PAGE_SIZE })),
});

export const allPresets = () => ({
  ...common(),
  queryKey: ["presets"],
  queryFn: (): Promise<Preset[]> => all(api.presets.list({ pageSize: PAGE_SIZE })),
  staleTime: Number.POSITIVE_INFINITY,
});
