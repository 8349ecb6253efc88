// Generated from the schema by make generate. Do not edit.

package io.s2s.sdk;

import io.s2s.sdk.v1.QueryReportRequest;
import io.s2s.sdk.v1.QueryReportResponse;
import io.s2s.sdk.v1.ReportBasis;
import io.s2s.sdk.v1.ReportComparison;
import io.s2s.sdk.v1.ReportDimension;
import io.s2s.sdk.v1.ReportFilter;
import io.s2s.sdk.v1.ReportGrain;
import io.s2s.sdk.v1.ReportMetric;
import io.s2s.sdk.v1.ReportServiceGrpc;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Adds up clicks and conversions. What is recorded is in the next report, exact to the millionth,
 * in every time zone. What retention and the erasure of visitors delete changes no report.
 */
public final class Reports {
  private final Calls calls;

  Reports(Calls calls) {
    this.calls = calls;
  }

  /**
   * Returns this service with a time limit for each of its calls: over all attempts of a call, for
   * each page of a list, and for a whole stream.
   */
  public Reports withTimeout(Duration timeout) {
    return new Reports(calls.withTimeout(timeout));
  }

  /**
   * Adds up the clicks and conversions of a period. {@code REPORT_TOO_WIDE} says that the report
   * has more rows than an answer can hold, {@code SUM_TOO_LARGE} that a sum is larger than a number
   * of 64 bits.
   *
   * @param params sets the parameters
   * @throws S2sException if the call fails
   */
  public QueryReportResponse query(Consumer<QueryParams> params) {
    QueryParams made = new QueryParams();
    params.accept(made);
    return query(made);
  }

  /**
   * Adds up the clicks and conversions of a period. {@code REPORT_TOO_WIDE} says that the report
   * has more rows than an answer can hold, {@code SUM_TOO_LARGE} that a sum is larger than a number
   * of 64 bits.
   *
   * @throws S2sException if the call fails
   */
  public QueryReportResponse query(QueryParams params) {
    return calls.unary(ReportServiceGrpc.getQueryReportMethod(), params.toRequest());
  }

  /** The parameters of {@code query}. */
  public static final class QueryParams {
    private final QueryReportRequest.Builder request = QueryReportRequest.newBuilder();

    /** Creates parameters, none of which is given yet. */
    public QueryParams() {}

    /**
     * Name of a time zone in the IANA database. Empty: {@code UTC}. Example: {@code Europe/Madrid}.
     */
    public QueryParams timeZone(String timeZone) {
      request.setTimeZone(timeZone);
      return this;
    }

    /**
     * Start of the period, inclusive: a date or a time of the zone's clock, or a time with its
     * offset from UTC. A time must be a full quarter of an hour, from 1970 on. A time that the
     * clock shows twice or not at all needs an offset. Examples: {@code 2026-11-01}, {@code
     * 2026-11-01T06:15}, {@code 2026-11-01T06:15+01:00}. Required.
     */
    public QueryParams start(String start) {
      request.setStart(start);
      return this;
    }

    /**
     * End of the period, exclusive, in the same form; at most 3,660 days after {@code start}.
     * Empty: now, rounded up to a quarter of an hour.
     */
    public QueryParams end(String end) {
      request.setEnd(end);
      return this;
    }

    /**
     * Spans of time into which the report is divided. The first and the last may be cut by {@code
     * start} and {@code end}.
     */
    public QueryParams grain(ReportGrain grain) {
      request.setGrain(grain);
      return this;
    }

    /** Day on which weeks begin: 1 for Monday to 7 for Sunday. 0 means 1. */
    public QueryParams weekStart(int weekStart) {
      request.setWeekStart(weekStart);
      return this;
    }

    /** Time by which conversions are counted. */
    public QueryParams basis(ReportBasis basis) {
      request.setBasis(basis);
      return this;
    }

    /** Dimensions of the groups, at most 3. Empty: there are no groups. */
    public QueryParams groupBy(Iterable<ReportDimension> groupBy) {
      request.clearGroupBy().addAllGroupBy(groupBy);
      return this;
    }

    /** Dimensions of the groups, at most 3. Empty: there are no groups. */
    public QueryParams groupBy(ReportDimension... groupBy) {
      return groupBy(List.of(groupBy));
    }

    /** Conditions that must all be met, at most 20. */
    public QueryParams filters(Iterable<ReportFilter> filters) {
      request.clearFilters().addAllFilters(filters);
      return this;
    }

    /** Conditions that must all be met, at most 20. */
    public QueryParams filters(ReportFilter... filters) {
      return filters(List.of(filters));
    }

    /** Number by which groups are ordered, the largest first. */
    public QueryParams orderBy(ReportMetric orderBy) {
      request.setOrderBy(orderBy);
      return this;
    }

    /**
     * ISO 4217 alphabetic code: the currency whose amounts order the groups, if {@code orderBy} is
     * an amount. Empty: the currency with the most conversions.
     */
    public QueryParams orderCurrency(String orderCurrency) {
      request.setOrderCurrency(orderCurrency);
      return this;
    }

    /**
     * Maximum number of groups, 1 to 1,000. 0 means 100; larger values are read as 1,000. What the
     * groups beyond it have is in a row of its own, so that the rows add up to the total.
     */
    public QueryParams limit(int limit) {
      request.setLimit(limit);
      return this;
    }

    /** Period to compare with. */
    public QueryParams compare(ReportComparison compare) {
      request.setCompare(compare);
      return this;
    }

    QueryReportRequest toRequest() {
      return request.build();
    }
  }
}
