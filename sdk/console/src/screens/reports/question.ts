// What a reader asks of reports: kept in the address of the page, so that it can be shared.

import {
  ReportBasis,
  ReportComparison,
  ReportDimension,
  type ReportFilter,
  ReportGrain,
  type ReportKey,
  type ReportMetrics,
  type ReportRow,
} from "@s2s/sdk/gen/s2s/v1/report_pb";
import type { Key } from "../../lib/i18n.svelte.ts";
import { dayForInput, dayFromInput, startOfDay } from "../../lib/time.ts";

/** A word of the address, what it stands for, and its message. */
interface Word<T> {
  readonly value: T;
  readonly label: Key;
}

export const DIMENSIONS: Readonly<Record<string, Word<ReportDimension>>> = {
  link: { value: ReportDimension.LINK, label: "field.link" },
  partner: { value: ReportDimension.PARTNER, label: "field.partner" },
  tag: { value: ReportDimension.TAG, label: "reports.tag" },
  code: { value: ReportDimension.CODE, label: "field.code" },
  currency: { value: ReportDimension.CURRENCY, label: "field.currency" },
  status: { value: ReportDimension.STATUS, label: "field.status" },
  country: { value: ReportDimension.COUNTRY, label: "click.country" },
  device: { value: ReportDimension.DEVICE, label: "click.device" },
  os: { value: ReportDimension.OS, label: "reports.os" },
  browser: { value: ReportDimension.BROWSER, label: "reports.browser" },
  referrer: { value: ReportDimension.REFERRER_HOST, label: "click.referrer" },
  sub1: { value: ReportDimension.SUB1, label: "reports.sub1" },
  sub2: { value: ReportDimension.SUB2, label: "reports.sub2" },
  sub3: { value: ReportDimension.SUB3, label: "reports.sub3" },
  sub4: { value: ReportDimension.SUB4, label: "reports.sub4" },
  sub5: { value: ReportDimension.SUB5, label: "reports.sub5" },
  sub6: { value: ReportDimension.SUB6, label: "reports.sub6" },
  sub7: { value: ReportDimension.SUB7, label: "reports.sub7" },
  sub8: { value: ReportDimension.SUB8, label: "reports.sub8" },
  sub9: { value: ReportDimension.SUB9, label: "reports.sub9" },
  sub10: { value: ReportDimension.SUB10, label: "reports.sub10" },
};

export const GRAINS: Readonly<Record<string, Word<ReportGrain>>> = {
  hour: { value: ReportGrain.HOUR, label: "reports.hour" },
  day: { value: ReportGrain.DAY, label: "reports.day" },
  week: { value: ReportGrain.WEEK, label: "reports.week" },
  month: { value: ReportGrain.MONTH, label: "reports.month" },
};

export const BASES: Readonly<Record<string, Word<ReportBasis>>> = {
  click: { value: ReportBasis.CLICK, label: "reports.by_click" },
  conversion: { value: ReportBasis.CONVERSION, label: "reports.by_conversion" },
  booked: { value: ReportBasis.BOOKED, label: "reports.by_booking" },
};

export const COMPARISONS: Readonly<Record<string, Word<ReportComparison>>> = {
  previous: { value: ReportComparison.PREVIOUS_PERIOD, label: "reports.previous" },
  year: { value: ReportComparison.YEAR_BEFORE, label: "reports.year_before" },
};

/** Periods that a click chooses: their first and last day, as distances from today. */
export const PERIODS: readonly { readonly name: string; readonly label: Key; readonly days: number }[] = [
  { name: "today", label: "overview.today", days: 1 },
  { name: "days7", label: "reports.days7", days: 7 },
  { name: "days30", label: "reports.days30", days: 30 },
  { name: "days90", label: "reports.days90", days: 90 },
];

/** Stands for a value that is empty, and before one that begins like this. */
const NONE = "~";
const DAY_MS = 86_400_000;

/** A question, as the address has it. */
export interface Question {
  readonly since: string;
  /** The last day; empty for today. */
  readonly until: string;
  readonly by: readonly string[];
  readonly per: string;
  readonly basis: string;
  readonly compare: string;
  /** The value of each dimension that everything must have. */
  readonly only: readonly (readonly [string, string])[];
}

export function readQuestion(query: URLSearchParams, zone: string): Question {
  const by = (query.get("by") ?? "link").split(",").filter((name) => name in DIMENSIONS);
  const known = (name: string, words: object) => {
    const word = query.get(name) ?? "";
    return word in words ? word : "";
  };
  return {
    since: query.get("since") ?? daysAgo(29, zone),
    until: query.get("until") ?? "",
    by: [...new Set(by)].slice(0, 3),
    per: known("per", GRAINS),
    basis: known("basis", BASES) || "click",
    compare: known("compare", COMPARISONS),
    only: Object.keys(DIMENSIONS).flatMap((name): [string, string][] => {
      const value = query.get(`only.${name}`);
      return value === null ? [] : [[name, readValue(value)]];
    }),
  };
}

/** Writes a value for the address, which has no empty ones. */
export function writeValue(value: string): string {
  return value === "" || value.startsWith(NONE) ? NONE + value : value;
}

function readValue(text: string): string {
  return text.startsWith(NONE) ? text.slice(NONE.length) : text;
}

export function daysAgo(days: number, zone: string): string {
  return dayForInput(startOfDay(new Date(), zone, -days), zone);
}

/** Returns the name of the period that a question is about, if it is one of `PERIODS`. */
export function periodOf({ since, until }: Question, zone: string): string {
  return until === "" ? (PERIODS.find(({ days }) => daysAgo(days - 1, zone) === since)?.name ?? "") : "";
}

/** The part of a request that the table and the chart share. */
export function requestOf(question: Question, zone: string) {
  const { since, until, basis, compare, only } = question;
  const end = dayFromInput(until, zone, 1);
  return {
    timeZone: zone,
    start: since,
    end: end ? dayForInput(end, zone) : "",
    basis: BASES[basis]?.value ?? ReportBasis.UNSPECIFIED,
    compare: COMPARISONS[compare]?.value ?? ReportComparison.UNSPECIFIED,
    filters: only.map(
      ([name, value]): Omit<ReportFilter, "$typeName"> => ({
        dimension: DIMENSIONS[name]?.value ?? ReportDimension.UNSPECIFIED,
        values: [value],
        exclude: false,
      }),
    ),
  };
}

/** Returns spans of time of which a chart has a few dozen. */
export function chartGrain({ since, until }: Question, zone: string): ReportGrain {
  const start = dayFromInput(since, zone);
  const end = dayFromInput(until, zone, 1) ?? new Date();
  const days = start ? (end.getTime() - start.getTime()) / DAY_MS : 0;
  return days <= 2
    ? ReportGrain.HOUR
    : days <= 92
      ? ReportGrain.DAY
      : days <= 500
        ? ReportGrain.WEEK
        : ReportGrain.MONTH;
}

/** Pending and approved conversions. */
export function standing(metrics: ReportMetrics | undefined): number {
  return Number(metrics?.pending ?? 0n) + Number(metrics?.approved ?? 0n);
}

/** The key of a row of the table, unlike that of any other row. */
export function rowKey({ keys, slot, isOthers }: ReportRow): string {
  return JSON.stringify([isOthers, slot, ...keys.map(({ value, isGone }) => [value, isGone])]);
}

/** Returns a device as the messages name it: `DEVICE_KIND_PHONE` is `PHONE`. */
export function deviceWord({ value }: Pick<ReportKey, "value">): string {
  return value.replace("DEVICE_KIND_", "");
}

/** Returns a status as the messages name it: `CONVERSION_STATUS_PENDING` is `pending`. */
export function statusWord({ value }: Pick<ReportKey, "value">): string {
  return value.replace("CONVERSION_STATUS_", "").toLowerCase();
}
