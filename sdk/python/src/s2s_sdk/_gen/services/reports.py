"""The calls of `ReportService` as methods. Generated: not to be edited."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from s2s_sdk import v1
from s2s_sdk._gen.s2s.v1.report_service_pb2_grpc import ReportServiceStub
from s2s_sdk._gen.types import (
    ReportBasisName,
    ReportComparisonName,
    ReportDimensionName,
    ReportGrainName,
    ReportMetricName,
)
from s2s_sdk._requests import build

if TYPE_CHECKING:
    from s2s_sdk._gen.s2s.v1.report_service_pb2_grpc import ReportServiceAsyncStub


class Reports:
    """Adds up clicks and conversions. What is recorded is in the next report, exact to the millionth,
    in every time zone. What retention and the erasure of visitors delete changes no report.
    """

    def __init__(self, stub: ReportServiceStub) -> None:
        self._stub = stub

    def query(
        self,
        *,
        time_zone: str | None = None,
        start: str,
        end: str | None = None,
        grain: ReportGrainName | v1.ReportGrain.ValueType | None = None,
        week_start: int | None = None,
        basis: ReportBasisName | v1.ReportBasis.ValueType | None = None,
        group_by: Iterable[ReportDimensionName | v1.ReportDimension.ValueType] | None = None,
        filters: Iterable[v1.ReportFilter] | None = None,
        order_by: ReportMetricName | v1.ReportMetric.ValueType | None = None,
        order_currency: str | None = None,
        limit: int | None = None,
        compare: ReportComparisonName | v1.ReportComparison.ValueType | None = None,
        timeout: float | None = None,
    ) -> v1.QueryReportResponse:
        """Adds up the clicks and conversions of a period. `REPORT_TOO_WIDE` says that the report has
        more rows than an answer can hold, `SUM_TOO_LARGE` that a sum is larger than a number of 64
        bits.

        Args:
            time_zone: Name of a time zone in the IANA database. Empty: `UTC`. Example:
                `Europe/Madrid`.
            start: Start of the period, inclusive: a date or a time of the zone's clock, or a time
                with its offset from UTC. A time must be a full quarter of an hour, from 1970 on. A
                time that the clock shows twice or not at all needs an offset. Examples:
                `2026-11-01`, `2026-11-01T06:15`, `2026-11-01T06:15+01:00`.
            end: End of the period, exclusive, in the same form; at most 3,660 days after `start`.
                Empty: now, rounded up to a quarter of an hour.
            grain: Spans of time into which the report is divided. The first and the last may be cut
                by `start` and `end`. Values: `QUARTER_HOUR`, `HOUR`, `DAY`, `WEEK`, `MONTH`.
            week_start: Day on which weeks begin: 1 for Monday to 7 for Sunday. 0 means 1.
            basis: Time by which conversions are counted. Values: `CLICK`, `CONVERSION`, `BOOKED`.
            group_by: Dimensions of the groups, at most 3. Empty: there are no groups. Values:
                `LINK`, `PARTNER`, `TAG`, `CODE`, `CURRENCY`, `STATUS`, `COUNTRY`, `DEVICE`, `OS`,
                `BROWSER`, `REFERRER_HOST`, `SUB1`, `SUB2`, `SUB3`, `SUB4`, `SUB5`, `SUB6`, `SUB7`,
                `SUB8`, `SUB9`, `SUB10`.
            filters: Conditions that must all be met, at most 20.
            order_by: Number by which groups are ordered, the largest first. Values: `CLICKS`,
                `BOT_CLICKS`, `PREFETCHES`, `PREVIEWS`, `CONVERSIONS`, `PENDING`, `APPROVED`,
                `DECLINED`, `CONVERSION_RATE`, `VALUE`, `COMMISSION`, `COMMISSION_PER_CLICK`,
                `AVERAGE_VALUE`.
            order_currency: ISO 4217 alphabetic code: the currency whose amounts order the groups,
                if `order_by` is an amount. Empty: the currency with the most conversions.
            limit: Maximum number of groups, 1 to 1,000. 0 means 100; larger values are read as
                1,000. What the groups beyond it have is in a row of its own, so that the rows add
                up to the total.
            compare: Period to compare with. Values: `PREVIOUS_PERIOD`, `DAY_BEFORE`, `WEEK_BEFORE`,
                `YEAR_BEFORE`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            A report.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.QueryReportRequest,
            {
                "time_zone": time_zone,
                "start": start,
                "end": end,
                "grain": grain,
                "week_start": week_start,
                "basis": basis,
                "group_by": group_by,
                "filters": filters,
                "order_by": order_by,
                "order_currency": order_currency,
                "limit": limit,
                "compare": compare,
            },
        )
        return self._stub.QueryReport(request, timeout=timeout)


class AsyncReports:
    """Adds up clicks and conversions. What is recorded is in the next report, exact to the millionth,
    in every time zone. What retention and the erasure of visitors delete changes no report.
    """

    def __init__(self, stub: ReportServiceAsyncStub) -> None:
        self._stub = stub

    async def query(
        self,
        *,
        time_zone: str | None = None,
        start: str,
        end: str | None = None,
        grain: ReportGrainName | v1.ReportGrain.ValueType | None = None,
        week_start: int | None = None,
        basis: ReportBasisName | v1.ReportBasis.ValueType | None = None,
        group_by: Iterable[ReportDimensionName | v1.ReportDimension.ValueType] | None = None,
        filters: Iterable[v1.ReportFilter] | None = None,
        order_by: ReportMetricName | v1.ReportMetric.ValueType | None = None,
        order_currency: str | None = None,
        limit: int | None = None,
        compare: ReportComparisonName | v1.ReportComparison.ValueType | None = None,
        timeout: float | None = None,
    ) -> v1.QueryReportResponse:
        """Adds up the clicks and conversions of a period. `REPORT_TOO_WIDE` says that the report has
        more rows than an answer can hold, `SUM_TOO_LARGE` that a sum is larger than a number of 64
        bits.

        Args:
            time_zone: Name of a time zone in the IANA database. Empty: `UTC`. Example:
                `Europe/Madrid`.
            start: Start of the period, inclusive: a date or a time of the zone's clock, or a time
                with its offset from UTC. A time must be a full quarter of an hour, from 1970 on. A
                time that the clock shows twice or not at all needs an offset. Examples:
                `2026-11-01`, `2026-11-01T06:15`, `2026-11-01T06:15+01:00`.
            end: End of the period, exclusive, in the same form; at most 3,660 days after `start`.
                Empty: now, rounded up to a quarter of an hour.
            grain: Spans of time into which the report is divided. The first and the last may be cut
                by `start` and `end`. Values: `QUARTER_HOUR`, `HOUR`, `DAY`, `WEEK`, `MONTH`.
            week_start: Day on which weeks begin: 1 for Monday to 7 for Sunday. 0 means 1.
            basis: Time by which conversions are counted. Values: `CLICK`, `CONVERSION`, `BOOKED`.
            group_by: Dimensions of the groups, at most 3. Empty: there are no groups. Values:
                `LINK`, `PARTNER`, `TAG`, `CODE`, `CURRENCY`, `STATUS`, `COUNTRY`, `DEVICE`, `OS`,
                `BROWSER`, `REFERRER_HOST`, `SUB1`, `SUB2`, `SUB3`, `SUB4`, `SUB5`, `SUB6`, `SUB7`,
                `SUB8`, `SUB9`, `SUB10`.
            filters: Conditions that must all be met, at most 20.
            order_by: Number by which groups are ordered, the largest first. Values: `CLICKS`,
                `BOT_CLICKS`, `PREFETCHES`, `PREVIEWS`, `CONVERSIONS`, `PENDING`, `APPROVED`,
                `DECLINED`, `CONVERSION_RATE`, `VALUE`, `COMMISSION`, `COMMISSION_PER_CLICK`,
                `AVERAGE_VALUE`.
            order_currency: ISO 4217 alphabetic code: the currency whose amounts order the groups,
                if `order_by` is an amount. Empty: the currency with the most conversions.
            limit: Maximum number of groups, 1 to 1,000. 0 means 100; larger values are read as
                1,000. What the groups beyond it have is in a row of its own, so that the rows add
                up to the total.
            compare: Period to compare with. Values: `PREVIOUS_PERIOD`, `DAY_BEFORE`, `WEEK_BEFORE`,
                `YEAR_BEFORE`.
            timeout: Time limit of the call over all its attempts, in seconds. Default: the
                client's.

        Returns:
            A report.

        Raises:
            Error: The call failed.
            ValueError: An argument has no meaning, such as a datetime without a time zone.
        """
        request = build(
            v1.QueryReportRequest,
            {
                "time_zone": time_zone,
                "start": start,
                "end": end,
                "grain": grain,
                "week_start": week_start,
                "basis": basis,
                "group_by": group_by,
                "filters": filters,
                "order_by": order_by,
                "order_currency": order_currency,
                "limit": limit,
                "compare": compare,
            },
        )
        return await self._stub.QueryReport(request, timeout=timeout)
