import type { ReportBasis, ReportComparison, ReportDimension, ReportGrain, ReportMetric } from "../s2s/v1/report_pb.js";
import type { ReportFilterInput } from "./inputs.js";
import type { CallOptions, Shape } from "../../params.js";
import type { QueryReportResponse, ReportService } from "../s2s/v1/report_service_pb.js";
import { QueryReportRequestSchema } from "../s2s/v1/report_service_pb.js";
import type { Client } from "@connectrpc/connect";
import { unary } from "../../methods.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The parameters of `reports.query`.
 */
export interface QueryReportParams {
  /**
   * Name of a time zone in the IANA database. Empty: `UTC`. Example:
   * `Europe/Madrid`.
   */
  timeZone?: string | undefined;
  /**
   * Start of the period, inclusive: a date or a time of the zone's clock, or a
   * time with its offset from UTC. A time must be a full quarter of an hour, from
   * 1970 on. A time that the clock shows twice or not at all needs an offset.
   * Examples: `2026-11-01`, `2026-11-01T06:15`, `2026-11-01T06:15+01:00`.
   */
  start: string;
  /**
   * End of the period, exclusive, in the same form; at most 3,660 days after
   * `start`. Empty: now, rounded up to a quarter of an hour.
   */
  end?: string | undefined;
  /**
   * Spans of time into which the report is divided. The first and the last may
   * be cut by `start` and `end`.
   */
  grain?: ReportGrain | undefined;
  /**
   * Day on which weeks begin: 1 for Monday to 7 for Sunday. 0 means 1.
   */
  weekStart?: number | undefined;
  /**
   * Time by which conversions are counted.
   */
  basis?: ReportBasis | undefined;
  /**
   * Dimensions of the groups, at most 3. Empty: there are no groups.
   */
  groupBy?: ReadonlyArray<ReportDimension> | undefined;
  /**
   * Conditions that must all be met, at most 20.
   */
  filters?: ReadonlyArray<ReportFilterInput> | undefined;
  /**
   * Number by which groups are ordered, the largest first.
   */
  orderBy?: ReportMetric | undefined;
  /**
   * ISO 4217 alphabetic code: the currency whose amounts order the groups, if
   * `orderBy` is an amount. Empty: the currency with the most conversions.
   */
  orderCurrency?: string | undefined;
  /**
   * Maximum number of groups, 1 to 1,000. 0 means 100; larger values are read as
   * 1,000. What the groups beyond it have is in a row of its own, so that the
   * rows add up to the total.
   */
  limit?: number | undefined;
  /**
   * Period to compare with.
   */
  compare?: ReportComparison | undefined;
}

/**
 * Adds up clicks and conversions. What is recorded is in the next report, exact
 * to the millionth, in every time zone. What retention and the erasure of
 * visitors delete changes no report.
 */
export interface Reports {
  /**
   * Adds up the clicks and conversions of a period. `REPORT_TOO_WIDE` says that
   * the report has more rows than an answer can hold, `SUM_TOO_LARGE` that a sum
   * is larger than a number of 64 bits.
   */
  query(params: QueryReportParams, options?: CallOptions): Promise<QueryReportResponse>;
}

export const queryReportShape: Shape = {
  schema: QueryReportRequestSchema,
};

/**
 * Makes the methods of the service.
 */
export function reportsOf(stubs: Client<typeof ReportService>): Reports {
  return {
    query: unary(stubs.queryReport, queryReportShape),
  };
}
