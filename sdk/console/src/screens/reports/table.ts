// The rows of a report as a table for other programs: a line for each row and currency.

import type { Money } from "@s2s/sdk/gen/s2s/v1/money_pb";
import type { ReportMetrics, ReportRow } from "@s2s/sdk/gen/s2s/v1/report_pb";
import { decimalOf } from "../../lib/money.ts";
import { type Question, standing } from "./question.ts";

const OWN = ["clicks", "pending", "approved", "declined", "conversion_rate_millionths"];
const AMOUNTS = ["currency", "value", "commission", "commission_per_click", "average_value"];
const COMPARED = ["clicks_before", "conversions_before", "value_before", "commission_before"];

/** Returns the titles, then the lines. */
export function tableOf({ by, compare }: Question, rows: readonly ReportRow[]): string[][] {
  const titles = [...by.flatMap((name) => [name, `${name}_name`]), "since", ...OWN, ...AMOUNTS];
  const lines = rows.flatMap((row) => {
    const keys = by.flatMap((_, index) => {
      const key = row.keys[index];
      return [key?.value ?? "", key?.isGone ? "gone" : (key?.name ?? "")];
    });
    const own = [...keys, row.slot, ...numbers(row.metrics)];
    return currenciesOf(row).map((currency) => [
      ...own,
      currency,
      ...amounts(row.metrics, currency),
      ...(compare ? before(row.compared, currency) : []),
    ]);
  });
  return [compare ? [...titles, ...COMPARED] : titles, ...lines];
}

function numbers(metrics: ReportMetrics | undefined): string[] {
  return [
    metrics?.clicks ?? "",
    metrics?.pending ?? 0n,
    metrics?.approved ?? 0n,
    metrics?.declined ?? 0n,
    metrics?.conversionRateMillionths ?? "",
  ].map(String);
}

/** The currencies of a row or its compared period; an empty one if there are none. */
function currenciesOf({ metrics, compared }: ReportRow): string[] {
  const all = [metrics, compared].flatMap((one) => one?.amounts ?? []).map((one) => one.currencyCode);
  return all.length === 0 ? [""] : [...new Set(all)];
}

function amounts(metrics: ReportMetrics | undefined, currency: string): string[] {
  const one = metrics?.amounts.find(({ currencyCode }) => currencyCode === currency);
  return [one?.value, one?.commission, one?.commissionPerClick, one?.averageValue].map(decimal);
}

function before(metrics: ReportMetrics | undefined, currency: string): string[] {
  const one = metrics?.amounts.find(({ currencyCode }) => currencyCode === currency);
  return [
    String(metrics?.clicks ?? ""),
    String(standing(metrics)),
    decimal(one?.value),
    decimal(one?.commission),
  ];
}

function decimal(money: Money | undefined): string {
  return money ? decimalOf(money.micros) : "";
}
