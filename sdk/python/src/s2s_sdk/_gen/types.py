"""The types of parameters: short names of enums' values, and items of batches. Generated: not to be edited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Literal, TypedDict

from google.protobuf.timestamp_pb2 import Timestamp

from s2s_sdk import v1
from s2s_sdk.money import Money

ApiKeyScopeName = Literal["READ", "WRITE", "RECORD", "ADMIN", "EDGE", "PARTNER"]
"""The permissions of a key. No scope includes another."""
ClickFlagName = Literal["BOT", "PREFETCH", "PREVIEW", "SUB_ID_CUT"]
"""The remarkable properties of a click."""
ConversionStatusName = Literal["PENDING", "APPROVED", "DECLINED"]
"""The merchant's decision about a conversion."""
ConversionTimeName = Literal["CREATE", "CONVERSION", "CLICK"]
"""The times of a conversion."""
DecimalSeparatorName = Literal["AUTO", "POINT", "COMMA"]
"""Separators of decimals in amounts."""
DedupePolicyName = Literal["ONE_PER_CLICK", "EVERY"]
"""The rules by which conversions without a transaction id are duplicates. With a transaction id, the
same click, code and transaction id always count once.
"""
PostbackVerdictName = Literal["RECORDED", "DUPLICATE", "TEST", "HELD", "UPDATED"]
"""The outcome of a postback."""
RedirectKindName = Literal["FOUND", "SEE_OTHER", "TEMPORARY"]
"""The HTTP statuses of a redirect. Permanent redirects are not offered: browsers remember them, and
the second visit would mint no click id.
"""
ReportBasisName = Literal["CLICK", "CONVERSION", "BOOKED"]
"""The time by which a conversion is counted. Clicks are always counted by their own time."""
ReportComparisonName = Literal["PREVIOUS_PERIOD", "DAY_BEFORE", "WEEK_BEFORE", "YEAR_BEFORE"]
"""The period with which a report is compared."""
ReportDimensionName = Literal[
    "LINK",
    "PARTNER",
    "TAG",
    "CODE",
    "CURRENCY",
    "STATUS",
    "COUNTRY",
    "DEVICE",
    "OS",
    "BROWSER",
    "REFERRER_HOST",
    "SUB1",
    "SUB2",
    "SUB3",
    "SUB4",
    "SUB5",
    "SUB6",
    "SUB7",
    "SUB8",
    "SUB9",
    "SUB10",
]
"""The dimensions of reports. Clicks have those of their link: link, partner and tag. Groups and
filters by conversion code, currency and status concern conversions alone. From the country on, each
click has a value of its own, and so have its conversions; a report with these dimensions counts at
most 200,000 clicks, because it looks at each of them.
"""
ReportGrainName = Literal["QUARTER_HOUR", "HOUR", "DAY", "WEEK", "MONTH"]
"""The spans of time into which a report is divided. They begin and end by the clock of the report's
time zone.
"""
ReportMetricName = Literal[
    "CLICKS",
    "BOT_CLICKS",
    "PREFETCHES",
    "PREVIEWS",
    "CONVERSIONS",
    "PENDING",
    "APPROVED",
    "DECLINED",
    "CONVERSION_RATE",
    "VALUE",
    "COMMISSION",
    "COMMISSION_PER_CLICK",
    "AVERAGE_VALUE",
]
"""The numbers by which groups can be ordered."""
StatementActionName = Literal["COMPARE", "REPLAY", "ADJUST", "RECORD", "NOTE"]
"""What can be done about a row."""
StatementResultName = Literal[
    "TWICE",
    "ONLY_THEIRS",
    "OUTSIDE_PERIOD",
    "CURRENCY_DIFFERS",
    "STATUS_DIFFERS",
    "AMOUNT_DIFFERS",
    "MATCHED",
    "ONLY_OURS",
]
"""The results of a comparison. The first that applies counts, in the order of their numbers."""
TransactionScopeName = Literal["PER_CLICK", "PER_CODE"]
"""The conversions among which an order id counts once."""
UpdatePolicyName = Literal["NONE", "STATUS", "STATUS_AND_AMOUNTS"]
"""The changes that a later postback of a recorded conversion may make. Each change is an adjustment,
with the verdict `POSTBACK_VERDICT_UPDATED`. With any policy but `UPDATE_POLICY_NONE`, news that is
older than what stands changes nothing (`NOTE_CODE_OLDER_NEWS`), and an approval of a declined
conversion is held (`ERROR_REASON_APPROVAL_AFTER_DECLINE`).
"""

__all__ = [
    "ApiKeyScopeName",
    "ClickFlagName",
    "ConversionStatusName",
    "ConversionTimeName",
    "CreateAdjustmentParams",
    "DecimalSeparatorName",
    "DedupePolicyName",
    "PostbackVerdictName",
    "RecordConversionParams",
    "RedirectKindName",
    "ReportBasisName",
    "ReportComparisonName",
    "ReportDimensionName",
    "ReportGrainName",
    "ReportMetricName",
    "StatementActionName",
    "StatementResultName",
    "TransactionScopeName",
    "UpdatePolicyName",
]


class CreateAdjustmentParams(TypedDict, total=False):
    """Adjusts a conversion. OK means that the line is durable and counted exactly once, or that
    nothing had to change. A conversion is never adjusted below 0. The same `external_id` with the
    same change returns the first line again; with another change, it is refused with
    `ADJUSTMENT_CONFLICT`.

    The parameters of one item.
    """

    conversion_id: str
    """Id of the conversion."""
    order: v1.OrderTarget
    """The merchant's order, which must have one conversion in this account."""
    approve: v1.Approval
    """Approves a pending conversion."""
    decline: v1.Decline
    """Declines a conversion."""
    refund: v1.Refund
    """Takes a part of the value back, or the rest of it."""
    restate: v1.Restatement
    """Sets another value, commission or status."""
    reverse: v1.Reversal
    """Takes back all that is left."""
    external_id: str
    """The merchant's id of the change, such as a refund id, at most 64 bytes, unique for the
    conversion. It makes the call safe to repeat. Mandatory for `refund` and `restate`. Example:
    `refund-17`.
    """
    remark: str
    """Remark for people, at most 500 bytes. It must not name the visitor: only an erasure removes it.
    """
    effective_time: datetime | Timestamp
    """Time of the change. Not set: now. At most 5 seconds ahead of the server's clock."""
    validate_only: bool
    """If true, the request is checked and answered as if real, but nothing is written: the answer
    shows the conversion before and after. The verdict is `ADJUSTMENT_VERDICT_TEST` if a line would
    be recorded.
    """


class RecordConversionParams(TypedDict, total=False):
    """Records a conversion. OK means that it is durable and counted exactly once, unless the call was
    a test. A report that repeats a recorded conversion is answered with
    `CONVERSION_VERDICT_DUPLICATE` or, if it has other amounts, with the error
    `TRANSACTION_CONFLICT`.

    The parameters of one item.
    """

    conversion_code_id: str
    """Id of the conversion code, 32 hexadecimal digits."""
    click_id: str
    """The click id, 40 characters, in upper or lower case."""
    transaction_id: str
    """The merchant's order id, at most 255 bytes. Without one, the code's dedupe policy decides which
    conversions are duplicates. Example: `order-1001`.
    """
    value: Money | v1.Money
    """Value of the sale; 0 if it has none. An empty `currency_code` means the code's currency. Not
    negative.
    """
    commission_amount: Money | v1.Money
    """Amount of the commission, in the currency of `value`. An empty `currency_code` means that
    currency. Not negative.
    """
    commission_percent_micros: int
    """Percent of `value`, in millionths of a percent, 0 to 100,000,000. The amount is rounded half
    away from zero to a millionth of the unit. Example: `10000000` is 10 %.
    """
    status: ConversionStatusName | v1.ConversionStatus.ValueType
    """The merchant's decision about the conversion. Unspecified: the `default_status` of the
    conversion code.
    """
    custom_params: Iterable[v1.CustomParam]
    """The merchant's own parameters, at most 64."""
    conversion_time: datetime | Timestamp
    """Time of the conversion. Not set: now. The attribution window is measured up to this time. At
    most 5 seconds ahead of the server's clock.
    """
    postback: v1.RawPostback
    """A postback, from which the conversion is read. OK means that it counts, unless it is a test. A
    postback that does not count is held, and answered with an error that has `PostbackFailure`
    among its details.
    """
    request_id: str
    """Makes the call safe to repeat if the report has no transaction id and its code's policy is
    `DEDUPE_POLICY_EVERY`. 1 to 64 bytes. Ignored if an edge hands on a postback, whose
    `postback_id` serves this purpose.
    """
    validate_only: bool
    """If true, the request is checked and answered as if real, but nothing is written; the verdict is
    `CONVERSION_VERDICT_TEST`. Not for a postback: its own parameter `test=1` makes it a test.
    """
