import type { Accounts } from "./calls/accounts.js";
import { accountsOf } from "./calls/accounts.js";
import type { Adjustments } from "./calls/adjustments.js";
import { adjustmentsOf } from "./calls/adjustments.js";
import type { ApiKeys } from "./calls/api-keys.js";
import { apiKeysOf } from "./calls/api-keys.js";
import type { Clicks } from "./calls/clicks.js";
import { clicksOf } from "./calls/clicks.js";
import type { ConversionCodes } from "./calls/conversion-codes.js";
import { conversionCodesOf } from "./calls/conversion-codes.js";
import type { Conversions } from "./calls/conversions.js";
import { conversionsOf } from "./calls/conversions.js";
import type { Partners } from "./calls/partners.js";
import { partnersOf } from "./calls/partners.js";
import type { Payouts } from "./calls/payouts.js";
import { payoutsOf } from "./calls/payouts.js";
import type { Postbacks } from "./calls/postbacks.js";
import { postbacksOf } from "./calls/postbacks.js";
import type { Presets } from "./calls/presets.js";
import { presetsOf } from "./calls/presets.js";
import type { Reports } from "./calls/reports.js";
import { reportsOf } from "./calls/reports.js";
import type { Statements } from "./calls/statements.js";
import { statementsOf } from "./calls/statements.js";
import type { TrackingLinks } from "./calls/tracking-links.js";
import { trackingLinksOf } from "./calls/tracking-links.js";
import type { Client, Transport } from "@connectrpc/connect";
import { createClient } from "@connectrpc/connect";
import { AccountService } from "./s2s/v1/account_service_pb.js";
import { AdjustmentService } from "./s2s/v1/adjustment_service_pb.js";
import { ApiKeyService } from "./s2s/v1/api_key_service_pb.js";
import { ClickService } from "./s2s/v1/click_service_pb.js";
import { ConversionCodeService } from "./s2s/v1/conversion_code_service_pb.js";
import { ConversionService } from "./s2s/v1/conversion_service_pb.js";
import { PartnerService } from "./s2s/v1/partner_service_pb.js";
import { PayoutService } from "./s2s/v1/payout_service_pb.js";
import { PostbackService } from "./s2s/v1/postback_service_pb.js";
import { PresetService } from "./s2s/v1/preset_service_pb.js";
import { ReportService } from "./s2s/v1/report_service_pb.js";
import { StatementService } from "./s2s/v1/statement_service_pb.js";
import { TrackingLinkService } from "./s2s/v1/tracking_link_service_pb.js";
import type { Policy } from "../calls.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The services, each with a method for each call.
 */
export interface Services {
  /**
   * Manages the accounts of an installation. The resources of one account do not
   * exist for another.
   */
  readonly accounts: Accounts;
  /**
   * Changes what a recorded conversion stands at, and lists these changes. The
   * conversion itself stays as it was recorded; each change is a line after it.
   */
  readonly adjustments: Adjustments;
  /**
   * Manages API keys. A caller sends the text of its key with every call, as
   * `authorization: Bearer` and the text. A key acts for one account and may do
   * only what its scopes allow.
   *
   * A key with the scope `admin` manages the keys of all accounts. Any other key
   * manages only keys of its own account, and only those whose scopes it has
   * itself, so that no caller can gain more access than it was given.
   */
  readonly apiKeys: ApiKeys;
  /**
   * Records, reads and explains clicks. A click is one visit to a tracking link.
   * Also erases visitors, and rotates the keys of click ids.
   */
  readonly clicks: Clicks;
  /**
   * Manages conversion codes: one for each kind of conversion that a merchant
   * reports.
   */
  readonly conversionCodes: ConversionCodes;
  /**
   * Records and reads conversions: the sales and sign-ups that follow clicks.
   */
  readonly conversions: Conversions;
  /**
   * Manages partners: those who are owed a share of conversions. A tracking link
   * has at most one partner. Its conversions are owed to this partner.
   */
  readonly partners: Partners;
  /**
   * Says what partners are owed, and keeps what they were paid.
   */
  readonly payouts: Payouts;
  /**
   * Lists, replays and explains postbacks: the stored requests that arrived at
   * `/s2s`, with their outcomes. `ConversionService.RecordConversion` receives
   * them.
   */
  readonly postbacks: Postbacks;
  /**
   * Reads presets: the names and macros that each network uses, so that nobody
   * has to look them up. Presets are the same for every account; they come with
   * the server and can't be changed.
   */
  readonly presets: Presets;
  /**
   * Adds up clicks and conversions. What is recorded is in the next report, exact
   * to the millionth, in every time zone. What retention and the erasure of
   * visitors delete changes no report.
   */
  readonly reports: Reports;
  /**
   * Compares the statements of networks with our conversions, row by row.
   */
  readonly statements: Statements;
  /**
   * Manages tracking links: the URLs that visitors click.
   */
  readonly trackingLinks: TrackingLinks;
}

/**
 * The services with whole messages: requests and responses.
 */
export interface Stubs {
  readonly accounts: Client<typeof AccountService>;
  readonly adjustments: Client<typeof AdjustmentService>;
  readonly apiKeys: Client<typeof ApiKeyService>;
  readonly clicks: Client<typeof ClickService>;
  readonly conversionCodes: Client<typeof ConversionCodeService>;
  readonly conversions: Client<typeof ConversionService>;
  readonly partners: Client<typeof PartnerService>;
  readonly payouts: Client<typeof PayoutService>;
  readonly postbacks: Client<typeof PostbackService>;
  readonly presets: Client<typeof PresetService>;
  readonly reports: Client<typeof ReportService>;
  readonly statements: Client<typeof StatementService>;
  readonly trackingLinks: Client<typeof TrackingLinkService>;
}

/**
 * The services without streams of requests, which browsers can't send.
 */
export interface WebServices {
  /**
   * Manages the accounts of an installation. The resources of one account do not
   * exist for another.
   */
  readonly accounts: Accounts;
  /**
   * Changes what a recorded conversion stands at, and lists these changes. The
   * conversion itself stays as it was recorded; each change is a line after it.
   */
  readonly adjustments: Adjustments;
  /**
   * Manages API keys. A caller sends the text of its key with every call, as
   * `authorization: Bearer` and the text. A key acts for one account and may do
   * only what its scopes allow.
   *
   * A key with the scope `admin` manages the keys of all accounts. Any other key
   * manages only keys of its own account, and only those whose scopes it has
   * itself, so that no caller can gain more access than it was given.
   */
  readonly apiKeys: ApiKeys;
  /**
   * Records, reads and explains clicks. A click is one visit to a tracking link.
   * Also erases visitors, and rotates the keys of click ids.
   */
  readonly clicks: Clicks;
  /**
   * Manages conversion codes: one for each kind of conversion that a merchant
   * reports.
   */
  readonly conversionCodes: ConversionCodes;
  /**
   * Records and reads conversions: the sales and sign-ups that follow clicks.
   */
  readonly conversions: Omit<Conversions, "streamRecord">;
  /**
   * Manages partners: those who are owed a share of conversions. A tracking link
   * has at most one partner. Its conversions are owed to this partner.
   */
  readonly partners: Partners;
  /**
   * Says what partners are owed, and keeps what they were paid.
   */
  readonly payouts: Payouts;
  /**
   * Lists, replays and explains postbacks: the stored requests that arrived at
   * `/s2s`, with their outcomes. `ConversionService.RecordConversion` receives
   * them.
   */
  readonly postbacks: Postbacks;
  /**
   * Reads presets: the names and macros that each network uses, so that nobody
   * has to look them up. Presets are the same for every account; they come with
   * the server and can't be changed.
   */
  readonly presets: Presets;
  /**
   * Adds up clicks and conversions. What is recorded is in the next report, exact
   * to the millionth, in every time zone. What retention and the erasure of
   * visitors delete changes no report.
   */
  readonly reports: Reports;
  /**
   * Compares the statements of networks with our conversions, row by row.
   */
  readonly statements: Statements;
  /**
   * Manages tracking links: the URLs that visitors click.
   */
  readonly trackingLinks: TrackingLinks;
}

/**
 * The stubs without streams of requests.
 */
export interface WebStubs {
  readonly accounts: Client<typeof AccountService>;
  readonly adjustments: Client<typeof AdjustmentService>;
  readonly apiKeys: Client<typeof ApiKeyService>;
  readonly clicks: Client<typeof ClickService>;
  readonly conversionCodes: Client<typeof ConversionCodeService>;
  readonly conversions: Omit<Client<typeof ConversionService>, "streamRecordConversions">;
  readonly partners: Client<typeof PartnerService>;
  readonly payouts: Client<typeof PayoutService>;
  readonly postbacks: Client<typeof PostbackService>;
  readonly presets: Client<typeof PresetService>;
  readonly reports: Client<typeof ReportService>;
  readonly statements: Client<typeof StatementService>;
  readonly trackingLinks: Client<typeof TrackingLinkService>;
}

/**
 * Makes the stubs.
 */
export function stubsOf(transport: Transport): Stubs {
  return {
    accounts: createClient(AccountService, transport),
    adjustments: createClient(AdjustmentService, transport),
    apiKeys: createClient(ApiKeyService, transport),
    clicks: createClient(ClickService, transport),
    conversionCodes: createClient(ConversionCodeService, transport),
    conversions: createClient(ConversionService, transport),
    partners: createClient(PartnerService, transport),
    payouts: createClient(PayoutService, transport),
    postbacks: createClient(PostbackService, transport),
    presets: createClient(PresetService, transport),
    reports: createClient(ReportService, transport),
    statements: createClient(StatementService, transport),
    trackingLinks: createClient(TrackingLinkService, transport),
  };
}

/**
 * Makes the services.
 */
export function servicesOf(stubs: Stubs, policy: Policy): Services {
  return {
    accounts: accountsOf(stubs.accounts),
    adjustments: adjustmentsOf(stubs.adjustments),
    apiKeys: apiKeysOf(stubs.apiKeys),
    clicks: clicksOf(stubs.clicks),
    conversionCodes: conversionCodesOf(stubs.conversionCodes),
    conversions: conversionsOf(stubs.conversions, policy),
    partners: partnersOf(stubs.partners),
    payouts: payoutsOf(stubs.payouts),
    postbacks: postbacksOf(stubs.postbacks, policy),
    presets: presetsOf(stubs.presets),
    reports: reportsOf(stubs.reports),
    statements: statementsOf(stubs.statements),
    trackingLinks: trackingLinksOf(stubs.trackingLinks),
  };
}
