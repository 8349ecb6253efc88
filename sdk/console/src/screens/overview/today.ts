// What happened today, and yesterday up to the same hour. Read from lists, newest first, up to a limit: a
// service of reports can take the place of `readToday`, and the screen stays as it is.

import { timestampDate, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { ClickFlag } from "@s2s/sdk/gen/s2s/v1/click_pb";
import type { Conversion } from "@s2s/sdk/gen/s2s/v1/conversion_pb";
import { ConversionStatus } from "@s2s/sdk/gen/s2s/v1/conversion_pb";
import type { TrackingLink } from "@s2s/sdk/gen/s2s/v1/tracking_link_pb";
import { api } from "../../lib/api.ts";
import { type Amount, sumsOf } from "../../lib/money.ts";
import { partsIn, startOfDay } from "../../lib/time.ts";

const PAGE_SIZE = 1_000;
const PAGES_MAX = 5;
/** Clicks are read for each link, so these are bounds on what a look at the overview costs. */
const LINKS_MAX = 10;
const CLICKS_MAX = 500;
export const HOURS = 24;

export interface Totals {
  readonly conversions: number;
  readonly value: readonly Amount[];
  readonly commission: readonly Amount[];
}

export interface LinkTotals extends Totals {
  readonly linkId: string;
}

export interface Today {
  readonly today: Totals;
  /** Yesterday up to the same hour. */
  readonly before: Totals;
  /** Clicks of people; undefined if nobody may read them. */
  readonly clicks: number;
  /** Conversions by the hour of the reader's clock. */
  readonly hours: readonly number[];
  readonly hoursBefore: readonly number[];
  readonly links: readonly LinkTotals[];
  readonly newest: readonly Conversion[];
  /** True if there is more than was read, so that the numbers are lower bounds. */
  readonly isPartial: boolean;
  readonly areClicksPartial: boolean;
  readonly readAt: Date;
}

export async function readToday(
  zone: string,
  links: readonly TrackingLink[],
  signal: AbortSignal,
): Promise<Today> {
  const now = new Date();
  const start = startOfDay(now, zone);
  const startBefore = startOfDay(now, zone, -1);
  const until = new Date(startBefore.getTime() + (now.getTime() - start.getTime()));
  const [{ conversions, isPartial }, clicks] = await Promise.all([
    conversionsSince(startBefore, signal),
    clicksSince(start, links, signal),
  ]);
  const created = (conversion: Conversion) =>
    conversion.createTime ? timestampDate(conversion.createTime) : now;
  const today = conversions.filter((conversion) => created(conversion) >= start);
  const yesterday = conversions.filter((conversion) => created(conversion) < start);
  const byHour = (list: readonly Conversion[]) => {
    const hours = new Array<number>(HOURS).fill(0);
    for (const conversion of list) {
      const { hour } = partsIn(created(conversion), zone);
      hours[hour] = (hours[hour] ?? 0) + 1;
    }
    return hours;
  };
  return {
    today: totalsOf(today),
    before: totalsOf(yesterday.filter((conversion) => created(conversion) < until)),
    clicks: clicks.count,
    hours: byHour(today),
    hoursBefore: byHour(yesterday),
    links: byLink(today),
    newest: conversions.slice(0, 8),
    isPartial,
    areClicksPartial: clicks.isPartial,
    readAt: now,
  };
}

function totalsOf(conversions: readonly Conversion[]): Totals {
  // What was declined is neither sold nor owed.
  const counted = conversions.filter(({ current }) => current?.status !== ConversionStatus.DECLINED);
  return {
    conversions: counted.length,
    value: sumsOf(counted.map(({ current }) => current?.value)),
    commission: sumsOf(counted.map(({ current }) => current?.commission)),
  };
}

function byLink(conversions: readonly Conversion[]): LinkTotals[] {
  const groups = new Map<string, Conversion[]>();
  for (const conversion of conversions) {
    groups.set(conversion.trackingLinkId, [...(groups.get(conversion.trackingLinkId) ?? []), conversion]);
  }
  return [...groups]
    .map(([linkId, list]) => ({ linkId, ...totalsOf(list) }))
    .sort((a, b) => b.conversions - a.conversions)
    .slice(0, 6);
}

async function conversionsSince(start: Date, signal: AbortSignal) {
  const conversions: Conversion[] = [];
  let pageToken = "";
  for (let page = 0; page < PAGES_MAX; page++) {
    const filter = { startTime: timestampFromDate(start) };
    const answer = await api.stubs.conversions.listConversions(
      { pageSize: PAGE_SIZE, pageToken, filter },
      { signal },
    );
    conversions.push(...answer.conversions);
    pageToken = answer.nextPageToken;
    if (pageToken === "") {
      return { conversions, isPartial: false };
    }
  }
  return { conversions, isPartial: true };
}

/** Counts clicks of the newest links. There is no list of the clicks of all links. */
async function clicksSince(start: Date, links: readonly TrackingLink[], signal: AbortSignal) {
  const withoutFlags = [ClickFlag.BOT, ClickFlag.PREFETCH, ClickFlag.PREVIEW];
  const counts = await Promise.all(
    links.slice(0, LINKS_MAX).map(async ({ id }) => {
      const answer = await api.stubs.clicks.listClicks(
        { trackingLinkId: id, pageSize: CLICKS_MAX, withoutFlags },
        { signal },
      );
      const today = answer.clicks.filter(({ clickTime }) => clickTime && timestampDate(clickTime) >= start);
      return {
        count: today.length,
        isPartial: today.length === answer.clicks.length && answer.nextPageToken !== "",
      };
    }),
  );
  return {
    count: counts.reduce((sum, { count }) => sum + count, 0),
    isPartial: links.length > LINKS_MAX || counts.some(({ isPartial }) => isPartial),
  };
}
