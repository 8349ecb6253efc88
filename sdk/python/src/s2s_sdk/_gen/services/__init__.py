"""The services of the clients, and the stubs for whole messages. Generated: not to be edited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from s2s_sdk._gen.s2s.v1.account_service_pb2_grpc import AccountServiceStub
from s2s_sdk._gen.s2s.v1.adjustment_service_pb2_grpc import AdjustmentServiceStub
from s2s_sdk._gen.s2s.v1.api_key_service_pb2_grpc import ApiKeyServiceStub
from s2s_sdk._gen.s2s.v1.click_service_pb2_grpc import ClickServiceStub
from s2s_sdk._gen.s2s.v1.conversion_code_service_pb2_grpc import ConversionCodeServiceStub
from s2s_sdk._gen.s2s.v1.conversion_service_pb2_grpc import ConversionServiceStub
from s2s_sdk._gen.s2s.v1.partner_service_pb2_grpc import PartnerServiceStub
from s2s_sdk._gen.s2s.v1.payout_service_pb2_grpc import PayoutServiceStub
from s2s_sdk._gen.s2s.v1.postback_service_pb2_grpc import PostbackServiceStub
from s2s_sdk._gen.s2s.v1.preset_service_pb2_grpc import PresetServiceStub
from s2s_sdk._gen.s2s.v1.report_service_pb2_grpc import ReportServiceStub
from s2s_sdk._gen.s2s.v1.statement_service_pb2_grpc import StatementServiceStub
from s2s_sdk._gen.s2s.v1.tracking_link_service_pb2_grpc import TrackingLinkServiceStub
from s2s_sdk._gen.services.accounts import Accounts, AsyncAccounts
from s2s_sdk._gen.services.adjustments import Adjustments, AsyncAdjustments
from s2s_sdk._gen.services.api_keys import ApiKeys, AsyncApiKeys
from s2s_sdk._gen.services.clicks import AsyncClicks, Clicks
from s2s_sdk._gen.services.conversion_codes import AsyncConversionCodes, ConversionCodes
from s2s_sdk._gen.services.conversions import AsyncConversions, Conversions
from s2s_sdk._gen.services.partners import AsyncPartners, Partners
from s2s_sdk._gen.services.payouts import AsyncPayouts, Payouts
from s2s_sdk._gen.services.postbacks import AsyncPostbacks, Postbacks
from s2s_sdk._gen.services.presets import AsyncPresets, Presets
from s2s_sdk._gen.services.reports import AsyncReports, Reports
from s2s_sdk._gen.services.statements import AsyncStatements, Statements
from s2s_sdk._gen.services.tracking_links import AsyncTrackingLinks, TrackingLinks

if TYPE_CHECKING:
    from s2s_sdk._calls import Policy
    from s2s_sdk._gen.s2s.v1.account_service_pb2_grpc import AccountServiceAsyncStub
    from s2s_sdk._gen.s2s.v1.adjustment_service_pb2_grpc import AdjustmentServiceAsyncStub
    from s2s_sdk._gen.s2s.v1.api_key_service_pb2_grpc import ApiKeyServiceAsyncStub
    from s2s_sdk._gen.s2s.v1.click_service_pb2_grpc import ClickServiceAsyncStub
    from s2s_sdk._gen.s2s.v1.conversion_code_service_pb2_grpc import ConversionCodeServiceAsyncStub
    from s2s_sdk._gen.s2s.v1.conversion_service_pb2_grpc import ConversionServiceAsyncStub
    from s2s_sdk._gen.s2s.v1.partner_service_pb2_grpc import PartnerServiceAsyncStub
    from s2s_sdk._gen.s2s.v1.payout_service_pb2_grpc import PayoutServiceAsyncStub
    from s2s_sdk._gen.s2s.v1.postback_service_pb2_grpc import PostbackServiceAsyncStub
    from s2s_sdk._gen.s2s.v1.preset_service_pb2_grpc import PresetServiceAsyncStub
    from s2s_sdk._gen.s2s.v1.report_service_pb2_grpc import ReportServiceAsyncStub
    from s2s_sdk._gen.s2s.v1.statement_service_pb2_grpc import StatementServiceAsyncStub
    from s2s_sdk._gen.s2s.v1.tracking_link_service_pb2_grpc import TrackingLinkServiceAsyncStub


class Stubs:
    """The calls of the schema: each takes a request message."""

    accounts: AccountServiceStub
    adjustments: AdjustmentServiceStub
    api_keys: ApiKeyServiceStub
    clicks: ClickServiceStub
    conversion_codes: ConversionCodeServiceStub
    conversions: ConversionServiceStub
    partners: PartnerServiceStub
    payouts: PayoutServiceStub
    postbacks: PostbackServiceStub
    presets: PresetServiceStub
    reports: ReportServiceStub
    statements: StatementServiceStub
    tracking_links: TrackingLinkServiceStub

    def __init__(self, channel: Any) -> None:
        self.accounts = AccountServiceStub(channel)
        self.adjustments = AdjustmentServiceStub(channel)
        self.api_keys = ApiKeyServiceStub(channel)
        self.clicks = ClickServiceStub(channel)
        self.conversion_codes = ConversionCodeServiceStub(channel)
        self.conversions = ConversionServiceStub(channel)
        self.partners = PartnerServiceStub(channel)
        self.payouts = PayoutServiceStub(channel)
        self.postbacks = PostbackServiceStub(channel)
        self.presets = PresetServiceStub(channel)
        self.reports = ReportServiceStub(channel)
        self.statements = StatementServiceStub(channel)
        self.tracking_links = TrackingLinkServiceStub(channel)


class AsyncStubs(Stubs):
    """The calls of the schema: each takes a request message."""

    accounts: AccountServiceAsyncStub
    adjustments: AdjustmentServiceAsyncStub
    api_keys: ApiKeyServiceAsyncStub
    clicks: ClickServiceAsyncStub
    conversion_codes: ConversionCodeServiceAsyncStub
    conversions: ConversionServiceAsyncStub
    partners: PartnerServiceAsyncStub
    payouts: PayoutServiceAsyncStub
    postbacks: PostbackServiceAsyncStub
    presets: PresetServiceAsyncStub
    reports: ReportServiceAsyncStub
    statements: StatementServiceAsyncStub
    tracking_links: TrackingLinkServiceAsyncStub


class Services:
    """The services, each with a method for each call."""

    stubs: Stubs
    """The calls with whole messages: `stubs.conversions.RecordConversion(request)`."""
    accounts: Accounts
    """Manages the accounts of an installation. The resources of one account do not exist for another.
    """
    adjustments: Adjustments
    """Changes what a recorded conversion stands at, and lists these changes. The conversion itself
    stays as it was recorded; each change is a line after it.
    """
    api_keys: ApiKeys
    """Manages API keys. A caller sends the text of its key with every call, as `authorization: Bearer`
    and the text. A key acts for one account and may do only what its scopes allow.

    A key with the scope `admin` manages the keys of all accounts. Any other key manages only keys
    of its own account, and only those whose scopes it has itself, so that no caller can gain more
    access than it was given.
    """
    clicks: Clicks
    """Records, reads and explains clicks. A click is one visit to a tracking link. Also erases
    visitors, and rotates the keys of click ids.
    """
    conversion_codes: ConversionCodes
    """Manages conversion codes: one for each kind of conversion that a merchant reports."""
    conversions: Conversions
    """Records and reads conversions: the sales and sign-ups that follow clicks."""
    partners: Partners
    """Manages partners: those who are owed a share of conversions. A tracking link has at most one
    partner. Its conversions are owed to this partner.
    """
    payouts: Payouts
    """Says what partners are owed, and keeps what they were paid."""
    postbacks: Postbacks
    """Lists, replays and explains postbacks: the stored requests that arrived at `/s2s`, with their
    outcomes. `ConversionService.RecordConversion` receives them.
    """
    presets: Presets
    """Reads presets: the names and macros that each network uses, so that nobody has to look them up.
    Presets are the same for every account; they come with the server and can't be changed.
    """
    reports: Reports
    """Adds up clicks and conversions. What is recorded is in the next report, exact to the millionth,
    in every time zone. What retention and the erasure of visitors delete changes no report.
    """
    statements: Statements
    """Compares the statements of networks with our conversions, row by row."""
    tracking_links: TrackingLinks
    """Manages tracking links: the URLs that visitors click."""

    def __init__(self, stubs: Stubs, policy: Policy) -> None:
        self.stubs = stubs
        self.accounts = Accounts(stubs.accounts)
        self.adjustments = Adjustments(stubs.adjustments)
        self.api_keys = ApiKeys(stubs.api_keys)
        self.clicks = Clicks(stubs.clicks)
        self.conversion_codes = ConversionCodes(stubs.conversion_codes)
        self.conversions = Conversions(stubs.conversions, policy)
        self.partners = Partners(stubs.partners)
        self.payouts = Payouts(stubs.payouts)
        self.postbacks = Postbacks(stubs.postbacks, policy)
        self.presets = Presets(stubs.presets)
        self.reports = Reports(stubs.reports)
        self.statements = Statements(stubs.statements)
        self.tracking_links = TrackingLinks(stubs.tracking_links)


class AsyncServices:
    """The services, each with a method for each call."""

    stubs: AsyncStubs
    """The calls with whole messages: `stubs.conversions.RecordConversion(request)`."""
    accounts: AsyncAccounts
    """Manages the accounts of an installation. The resources of one account do not exist for another.
    """
    adjustments: AsyncAdjustments
    """Changes what a recorded conversion stands at, and lists these changes. The conversion itself
    stays as it was recorded; each change is a line after it.
    """
    api_keys: AsyncApiKeys
    """Manages API keys. A caller sends the text of its key with every call, as `authorization: Bearer`
    and the text. A key acts for one account and may do only what its scopes allow.

    A key with the scope `admin` manages the keys of all accounts. Any other key manages only keys
    of its own account, and only those whose scopes it has itself, so that no caller can gain more
    access than it was given.
    """
    clicks: AsyncClicks
    """Records, reads and explains clicks. A click is one visit to a tracking link. Also erases
    visitors, and rotates the keys of click ids.
    """
    conversion_codes: AsyncConversionCodes
    """Manages conversion codes: one for each kind of conversion that a merchant reports."""
    conversions: AsyncConversions
    """Records and reads conversions: the sales and sign-ups that follow clicks."""
    partners: AsyncPartners
    """Manages partners: those who are owed a share of conversions. A tracking link has at most one
    partner. Its conversions are owed to this partner.
    """
    payouts: AsyncPayouts
    """Says what partners are owed, and keeps what they were paid."""
    postbacks: AsyncPostbacks
    """Lists, replays and explains postbacks: the stored requests that arrived at `/s2s`, with their
    outcomes. `ConversionService.RecordConversion` receives them.
    """
    presets: AsyncPresets
    """Reads presets: the names and macros that each network uses, so that nobody has to look them up.
    Presets are the same for every account; they come with the server and can't be changed.
    """
    reports: AsyncReports
    """Adds up clicks and conversions. What is recorded is in the next report, exact to the millionth,
    in every time zone. What retention and the erasure of visitors delete changes no report.
    """
    statements: AsyncStatements
    """Compares the statements of networks with our conversions, row by row."""
    tracking_links: AsyncTrackingLinks
    """Manages tracking links: the URLs that visitors click."""

    def __init__(self, stubs: AsyncStubs, policy: Policy) -> None:
        self.stubs = stubs
        self.accounts = AsyncAccounts(stubs.accounts)
        self.adjustments = AsyncAdjustments(stubs.adjustments)
        self.api_keys = AsyncApiKeys(stubs.api_keys)
        self.clicks = AsyncClicks(stubs.clicks)
        self.conversion_codes = AsyncConversionCodes(stubs.conversion_codes)
        self.conversions = AsyncConversions(stubs.conversions, policy)
        self.partners = AsyncPartners(stubs.partners)
        self.payouts = AsyncPayouts(stubs.payouts)
        self.postbacks = AsyncPostbacks(stubs.postbacks, policy)
        self.presets = AsyncPresets(stubs.presets)
        self.reports = AsyncReports(stubs.reports)
        self.statements = AsyncStatements(stubs.statements)
        self.tracking_links = AsyncTrackingLinks(stubs.tracking_links)
