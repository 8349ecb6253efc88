import type { PartnerEntryInput } from "./inputs.js";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { Money } from "../s2s/v1/money_pb.js";
import type { CallOptions, Present, Shape } from "../../params.js";
import type { CancelPayoutResponse, CreatePartnerEntryResponse, CreatePayoutResponse, GetPartnerBalanceResponse, GetPayoutResponse, MarkPayoutPaidResponse, PayoutService } from "../s2s/v1/payout_service_pb.js";
import { CancelPayoutRequestSchema, CreatePartnerEntryRequestSchema, CreatePayoutRequestSchema, GetPartnerBalanceRequestSchema, GetPayoutRequestSchema, ListPartnerLinesRequestSchema, ListPayoutsRequestSchema, MarkPayoutPaidRequestSchema } from "../s2s/v1/payout_service_pb.js";
import type { PartnerLine, Payout } from "../s2s/v1/payout_pb.js";
import type { Client } from "@connectrpc/connect";
import { list, unary } from "../../methods.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The parameters of `payouts.getPartnerBalance`.
 */
export interface GetPartnerBalanceParams {
  /**
   * Id of the partner, `partner_…`. May be empty for the key of a partner, which
   * names its own.
   */
  partnerId?: string | undefined;
}

/**
 * The parameters of `payouts.listPartnerLines`.
 */
export interface ListPartnerLinesParams {
  /**
   * Id of the partner, `partner_…`. May be empty for the key of a partner, which
   * names its own.
   */
  partnerId?: string | undefined;
  /**
   * Maximum number of lines to return, 1 to 1,000. 0 means 50; larger values are
   * read as 1,000. A page has at most 3 MiB, so it may have fewer.
   */
  pageSize?: number | undefined;
  /**
   * Only the lines of this payout, sorted by `dueTime`.
   */
  payoutId?: string | undefined;
  /**
   * Only the lines that change what is approved and are in no payout, sorted by
   * `dueTime`. Can't be combined with `payoutId`.
   */
  unpaid?: boolean | undefined;
}

/**
 * The parameters of `payouts.createPartnerEntry`.
 */
export interface CreatePartnerEntryParams {
  /**
   * The entry. Output-only fields are ignored.
   */
  entry: PartnerEntryInput;
  /**
   * Makes the call safe to repeat: the same request with the same request id
   * returns the entry that the first call created. Another request with this id
   * is refused. 1 to 64 bytes. Example: a UUID.
   */
  requestId?: string | undefined;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `payouts.create`.
 */
export interface CreatePayoutParams {
  /**
   * Id of the partner, `partner_…`.
   */
  partnerId: string;
  /**
   * Currency of the payout. Empty: the currency in which the partner is paid.
   * Amounts are never converted, so each currency has payouts of its own.
   */
  currencyCode?: string | undefined;
  /**
   * Lines that were due and recorded before this time are paid: those whose
   * `dueTime` is earlier than this time less the partner's `holdDays`. Of lines
   * that take something back, the time of recording does not count. Not set: now.
   * A later time than now is refused. For a partner with many sales a second, give
   * a time some seconds ago, so that sales that are being recorded change no total.
   */
  cutoffTime?: Date | Timestamp | undefined;
  /**
   * The total that was seen, in the currency of the payout; mandatory unless
   * `validateOnly`. If another total is due, the call is refused with
   * `PAYOUT_DIFFERS`, so that nobody pays what nobody has seen.
   */
  expectedTotal?: Money | undefined;
  /**
   * Makes the call safe to repeat: the same request with the same request id
   * returns the payout that the first call created. Another request with this id
   * is refused. 1 to 64 bytes. Example: a UUID.
   */
  requestId?: string | undefined;
  /**
   * If true, the payout is shown, but nothing is written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `payouts.get`.
 */
export interface GetPayoutParams {
  /**
   * Id of the payout, `payout_…`.
   */
  payoutId: string;
}

/**
 * The parameters of `payouts.list`.
 */
export interface ListPayoutsParams {
  /**
   * Maximum number of payouts to return, 1 to 1,000. 0 means 50; larger values
   * are read as 1,000. A page has at most 3 MiB, so it may have fewer.
   */
  pageSize?: number | undefined;
  /**
   * Only the payouts of this partner. The key of a partner sees its own, also if
   * this is empty.
   */
  partnerId?: string | undefined;
}

/**
 * The parameters of `payouts.markPayoutPaid`.
 */
export interface MarkPayoutPaidParams {
  /**
   * Id of the payout, `payout_…`.
   */
  payoutId: string;
  /**
   * How it was paid, for people, 1 to 200 bytes, such as the number of a bank
   * transfer. The partner sees it.
   */
  reference: string;
  /**
   * Time of the payment, not in the future. Not set: now.
   */
  paidTime?: Date | Timestamp | undefined;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `payouts.cancel`.
 */
export interface CancelPayoutParams {
  /**
   * Id of the payout, `payout_…`.
   */
  payoutId: string;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * Says what partners are owed, and keeps what they were paid.
 */
export interface Payouts {
  /**
   * Returns what a partner is owed now, by currency.
   */
  getPartnerBalance(params?: GetPartnerBalanceParams, options?: CallOptions): Promise<GetPartnerBalanceResponse>;

  /**
   * Lists lines of a partner's ledger, newest first: all of them, those of a
   * payout, or those that are due and in no payout.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  listPartnerLines(params?: ListPartnerLinesParams, options?: CallOptions): AsyncGenerator<PartnerLine, void, undefined>;

  /**
   * Enters a bonus, a fee or a correction in the ledger of a partner.
   */
  createPartnerEntry(params: CreatePartnerEntryParams, options?: CallOptions): Promise<CreatePartnerEntryResponse>;

  /**
   * Creates a payout of all lines of a partner that are due. A dry run shows it;
   * then the call with `expectedTotal` creates it, unless another total is due
   * by now.
   */
  create(params: CreatePayoutParams, options?: CallOptions): Promise<Present<CreatePayoutResponse, "payout">>;

  /**
   * Returns one payout.
   */
  get(params: GetPayoutParams, options?: CallOptions): Promise<Present<GetPayoutResponse, "payout">>;

  /**
   * Lists payouts, newest first.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  list(params?: ListPayoutsParams, options?: CallOptions): AsyncGenerator<Payout, void, undefined>;

  /**
   * Notes that an open payout was paid. The same call again changes nothing.
   */
  markPayoutPaid(params: MarkPayoutPaidParams, options?: CallOptions): Promise<Present<MarkPayoutPaidResponse, "payout">>;

  /**
   * Gives an open payout up: its lines are due again. Canceling a canceled payout
   * changes nothing.
   */
  cancel(params: CancelPayoutParams, options?: CallOptions): Promise<Present<CancelPayoutResponse, "payout">>;
}

export const getPartnerBalanceShape: Shape = {
  schema: GetPartnerBalanceRequestSchema,
};

export const listPartnerLinesShape: Shape = {
  schema: ListPartnerLinesRequestSchema,
  omitted: "pageToken",
};

export const createPartnerEntryShape: Shape = {
  schema: CreatePartnerEntryRequestSchema,
};

export const createPayoutShape: Shape = {
  schema: CreatePayoutRequestSchema,
};

export const getPayoutShape: Shape = {
  schema: GetPayoutRequestSchema,
};

export const listPayoutsShape: Shape = {
  schema: ListPayoutsRequestSchema,
  omitted: "pageToken",
};

export const markPayoutPaidShape: Shape = {
  schema: MarkPayoutPaidRequestSchema,
};

export const cancelPayoutShape: Shape = {
  schema: CancelPayoutRequestSchema,
};

/**
 * Makes the methods of the service.
 */
export function payoutsOf(stubs: Client<typeof PayoutService>): Payouts {
  return {
    getPartnerBalance: unary(stubs.getPartnerBalance, getPartnerBalanceShape),
    listPartnerLines: list(stubs.listPartnerLines, listPartnerLinesShape, "lines"),
    createPartnerEntry: unary(stubs.createPartnerEntry, createPartnerEntryShape),
    create: unary(stubs.createPayout, createPayoutShape),
    get: unary(stubs.getPayout, getPayoutShape),
    list: list(stubs.listPayouts, listPayoutsShape, "payouts"),
    markPayoutPaid: unary(stubs.markPayoutPaid, markPayoutPaidShape),
    cancel: unary(stubs.cancelPayout, cancelPayoutShape),
  };
}
