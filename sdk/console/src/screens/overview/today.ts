// What happened today, and yesterday up to the same hour.

import type { Conversion } from "@s2s/sdk/gen/s2s/v1/conversion_pb";
import {
  ReportBasis,
  ReportComparison,
  ReportDimension,
  ReportGrain,
  ReportMetric,
  type ReportMetrics,
  type ReportRow,
} from "@s2s/sdk/gen/s2s/v1/report_pb";
import { api } from "../../lib/api.ts";
import { type Amount, sumsOf } from "../../lib/money.ts";
import { dayForInput, startOfDay } from "../../lib/time.ts";

const NEWEST = 8;
const LINKS = 6;
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
  /** Clicks of people. */
  readonly clicks: number;
  /** Conversions by the hour of the reader's clock. */
  readonly hours: readonly number[];
  readonly hoursBefore: readonly number[];
  readonly links: readonly LinkTotals[];
  readonly newest: readonly Conversion[];
  readonly readAt: Date;
}

export async function readToday(zone: string, signal: AbortSignal): Promise<Today> {
  const now = new Date();
  const start = dayForInput(now, zone);
  const common = { timeZone: zone, basis: ReportBasis.BOOKED };
  const hourly = { ...common, grain: ReportGrain.HOUR };
  const { reports, conversions } = api.stubs;
  const [today, yesterday, links, newest] = await Promise.all([
    reports.queryReport({ ...hourly, start, compare: ReportComparison.DAY_BEFORE }, { signal }),
    reports.queryReport(
      { ...hourly, start: dayForInput(startOfDay(now, zone, -1), zone), end: start },
      { signal },
    ),
    reports.queryReport(
      {
        ...common,
        start,
        groupBy: [ReportDimension.LINK],
        orderBy: ReportMetric.CONVERSIONS,
        limit: LINKS,
      },
      { signal },
    ),
    conversions.listConversions({ pageSize: NEWEST }, { signal }),
  ]);
  return {
    today: totalsOf(today.total?.metrics),
    before: totalsOf(today.total?.compared),
    clicks: Number(today.total?.metrics?.clicks ?? 0n),
    hours: byHour(today.rows),
    hoursBefore: byHour(yesterday.rows),
    links: links.rows
      .filter((row) => !row.isOthers)
      .map((row) => ({ linkId: row.keys[0]?.value ?? "", ...totalsOf(row.metrics) }))
      .filter((link) => link.conversions > 0),
    newest: newest.conversions,
    readAt: now,
  };
}

/** Pending and approved conversions: what was declined is neither sold nor owed. */
function totalsOf(metrics: ReportMetrics | undefined): Totals {
  return {
    conversions: Number(metrics?.pending ?? 0n) + Number(metrics?.approved ?? 0n),
    value: sumsOf((metrics?.amounts ?? []).map(({ value }) => value)),
    commission: sumsOf((metrics?.amounts ?? []).map(({ commission }) => commission)),
  };
}

function byHour(rows: readonly ReportRow[]): number[] {
  const hours = new Array<number>(HOURS).fill(0);
  for (const { slot, metrics } of rows) {
    // An hour that the clock shows twice is one column.
    const hour = Number(slot.slice(11, 13));
    hours[hour] = (hours[hour] ?? 0) + totalsOf(metrics).conversions;
  }
  return hours;
}
