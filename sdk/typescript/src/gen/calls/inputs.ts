import type { Money } from "../s2s/v1/money_pb.js";
import type { ConversionStatus } from "../s2s/v1/conversion_pb.js";
import type { CheckMode, DecimalSeparator, ReplyMode } from "../s2s/v1/conversion_code_pb.js";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { ReportDimension } from "../s2s/v1/report_pb.js";
import type { ShareBasis } from "../s2s/v1/partner_pb.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * An order of the merchant, as the target of an adjustment.
 */
export interface OrderTargetInput {
  /**
   * The merchant's order id, compared byte by byte. If it has several
   * conversions, the adjustment is refused with `ORDER_AMBIGUOUS`.
   */
  transactionId: string;
  /**
   * Id of the conversion code, if the order has conversions of several codes.
   */
  conversionCodeId?: string | undefined;
}

/**
 * Approves a pending conversion. Its amounts stay.
 */
export interface ApprovalInput {
}

/**
 * Declines a pending or approved conversion. Its value stays, and its
 * commission becomes 0.
 */
export interface DeclineInput {
}

/**
 * Takes a part of the value back, or the rest of it. The status stays. The
 * commission is computed anew: by its percent if it stands at that percent of
 * the value, or else in proportion to the value. If the value becomes 0, so does
 * the commission.
 */
export interface RefundInput {
  /**
   * The amount that is paid back, more than 0 and at most the present value. An
   * empty `currencyCode` means the conversion's currency.
   */
  amount: Money;
  /**
   * If true, the commission stays as it is.
   */
  keepCommission?: boolean | undefined;
}

/**
 * Sets another value, commission or status. At least one field must be set. A
 * declined conversion needs a status and a commission.
 */
export interface RestatementInput {
  /**
   * The new value. Not set: it stays. An empty `currencyCode` means the
   * conversion's currency. Not negative.
   */
  value?: Money | undefined;
  /**
   * The new commission, in the currency of the conversion. Not set: computed
   * anew if it stands at its percent of the value; otherwise it stays. An empty
   * `currencyCode` means that currency. Not negative.
   */
  commission?: Money | undefined;
  /**
   * The new status, pending or approved. Unspecified: it stays.
   */
  status?: ConversionStatus | undefined;
}

/**
 * Takes back all that is left: value and commission become 0, and the
 * conversion is declined.
 */
export interface ReversalInput {
}

/**
 * Form of the answer of `/s2s` for a code. With any form, the verdict is in the
 * header `S2S-Verdict`. Answers with the verdict `QUEUED`, `IGNORED` or
 * `REFUSED` don't follow this setting.
 */
export interface ReplySettingInput {
  /**
   * Kind of answer.
   */
  mode?: ReplyMode | undefined;
  /**
   * Body of the answer if `mode` is `REPLY_MODE_FIXED_TEXT`, 1 to 200
   * characters of printable ASCII; otherwise empty. Example: `OK`.
   */
  text?: string | undefined;
}

/**
 * Checks that authenticate the sender of a postback. The checks are independent
 * of each other; a postback must pass every one that is enforced.
 */
export interface PostbackAuthenticationInput {
  /**
   * Checks that `sec` is one of the code's secrets: see `RotatePostbackSecret`.
   */
  secretCheck?: CheckMode | undefined;
  /**
   * Checks that the query ends with `&sig=` and a valid signature: the
   * HMAC-SHA256, keyed by one of the code's secrets, of the query before
   * `&sig=`, exactly as it is sent. In a `POST` with a body, a line feed and
   * the body are signed after the query. The signature is 64 hexadecimal digits
   * in upper or lower case. `ts` is the time of signing in seconds since 1970
   * UTC, at most 300 seconds off when the postback arrives. The same signature
   * counts once.
   */
  signatureCheck?: CheckMode | undefined;
  /**
   * Checks that the sender's address is one of `allowedAddresses`.
   */
  addressCheck?: CheckMode | undefined;
  /**
   * Checks that the postback came over HTTPS.
   */
  httpsCheck?: CheckMode | undefined;
  /**
   * Addresses and networks that may call, at most 32. At least one unless
   * `addressCheck` is off. Examples: `203.0.113.7`, `198.51.100.0/24`,
   * `2001:db8::/48`.
   */
  allowedAddresses?: ReadonlyArray<string> | undefined;
}

/**
 * One of the merchant's own parameters.
 */
export interface CustomParamInput {
  /**
   * Name of the parameter, at most 255 bytes; empty if the text had no `=`.
   */
  key?: string | undefined;
  /**
   * Value of the parameter, at most 2,048 bytes.
   */
  value?: string | undefined;
}

/**
 * A postback as it arrived. Its target and body are kept byte for byte, except
 * that secrets are masked, and that a body which was compressed or encoded in
 * another way is kept decoded. Once its visitor was erased, only the data by
 * which the postback counts is kept.
 *
 * Anybody who may record conversions may hand a postback on. The fields
 * `senderAddress`, `receiveTime`, `overHttps`, `postbackId` and `queued` are
 * believed only from edges. From other callers they are ignored: the postback is
 * treated as having arrived now, from an unknown address, and not over HTTPS.
 */
export interface RawPostbackInput {
  /**
   * The HTTP method. Example: `GET`.
   */
  method: string;
  /**
   * Request target: path and query, raw, at most 8 KiB. In a stored target or
   * body, the value of `sec` and every occurrence of one of the code's secrets
   * are replaced with `*`. Example: `/s2s?clickId=…&id=…&val=1&com=0.5`.
   */
  target: Uint8Array | string;
  /**
   * `Content-Type` of the body; empty if there is none.
   */
  contentType?: string | undefined;
  /**
   * Body of a `POST`, at most 8 KiB; otherwise empty.
   */
  body?: Uint8Array | string | undefined;
  /**
   * `User-Agent` of the sender, at most 512 bytes.
   */
  userAgent?: string | undefined;
  /**
   * True if, according to its headers, a person's browser sent the postback.
   * Such a postback is held even if it would otherwise count. Example: true if
   * there is a `Sec-Fetch-Dest`. Not stored.
   */
  fromBrowser?: boolean | undefined;
  /**
   * Address of the sender, stored according to the server's
   * `--store-addresses`, by default truncated to /24 (IPv4) or /48 (IPv6).
   * Empty: not known.
   */
  senderAddress?: string | undefined;
  /**
   * Time of arrival. Not set: now.
   */
  receiveTime?: Date | Timestamp | undefined;
  /**
   * True if the postback came over HTTPS. Not stored.
   */
  overHttps?: boolean | undefined;
  /**
   * Makes an edge's call safe to repeat: a call with the same id is the same
   * postback and counts once. Becomes the id of the postback.
   */
  postbackId?: string | undefined;
  /**
   * True if the postback waited in an edge's spool, so that its sender was told
   * that it is kept. Such a postback is never refused with `SHED`. Not stored.
   */
  queued?: boolean | undefined;
}

/**
 * An entry by hand in the ledger of a partner: a bonus, a fee or a correction.
 * It never changes; another entry corrects it.
 */
export interface PartnerEntryInput {
  /**
   * Id of the entry. Example: `entry_01jd8x4k2m9v6t3q5r7w8y0z1a`.
   */
  id?: string | undefined;
  /**
   * Id of the partner.
   */
  partnerId: string;
  /**
   * The change of what is approved. Negative for a fee, never 0.
   */
  amount: Money;
  /**
   * What it is for, for people, 1 to 1,000 bytes. The partner sees it.
   */
  note: string;
}

/**
 * Overrides for a replay, for causes that can no longer be fixed at the sender.
 * Every override that is applied is noted with the postback.
 */
export interface ReplayOverridesInput {
  /**
   * Value to read if `val` is absent, empty or a macro that was not replaced,
   * in millionths of the currency unit: 0 to 10^18. Example: `0`.
   */
  valueMicrosWhereMissing?: bigint | undefined;
  /**
   * Commission to read if `com` is absent, empty or a macro that was not
   * replaced; same unit and limits.
   */
  commissionMicrosWhereMissing?: bigint | undefined;
  /**
   * Separator of the decimals in amounts that can be read in two ways, such as
   * `1.500` and `1,500`. Default: that of the conversion code.
   */
  decimalSeparator?: DecimalSeparator | undefined;
  /**
   * Id of the conversion code to count for, regardless of the code that the
   * postback names: 32 hexadecimal digits.
   */
  conversionCodeId?: string | undefined;
  /**
   * If true, postbacks that did not pass the checks of their sender count as
   * well. If false, such a postback stays held as long as its code enforces a
   * check that it did not pass: the proof of the sender is not stored, so a
   * replay can't check it again.
   */
  trustSender?: boolean | undefined;
}

/**
 * A condition on what a report counts.
 */
export interface ReportFilterInput {
  /**
   * The dimension that is looked at.
   */
  dimension: ReportDimension;
  /**
   * Values as `ReportKey.value` has them, 1 to 100. Only what has one of them
   * counts.
   */
  values: ReadonlyArray<string>;
  /**
   * If true, only what has none of the values counts.
   */
  exclude?: boolean | undefined;
}

/**
 * A row of a network's statement, to be compared with our conversions. An amount
 * that is not set is not compared, and neither is an empty status.
 */
export interface NewStatementRowInput {
  /**
   * The network's id of the sale, at most 255 bytes. Empty if it states none;
   * then `clickId` is mandatory.
   */
  transactionId?: string | undefined;
  /**
   * Click id, at most 255 bytes. Counts where no conversion has the transaction
   * id.
   */
  clickId?: string | undefined;
  /**
   * Value of the sale. May be negative. Without a currency, it is in the default
   * currency of the code.
   */
  value?: Money | undefined;
  /**
   * What the network pays, in the currency of the value. May be negative.
   */
  commission?: Money | undefined;
  /**
   * The network's word for the status, as in its postbacks. A refused sale may be
   * called `reversed`, too.
   */
  status?: string | undefined;
  /**
   * Time of the sale by the network.
   */
  time?: Date | Timestamp | undefined;
}

/**
 * The share of a conversion that a partner is owed.
 */
export interface PartnerShareInput {
  /**
   * What the partner gets a percent of. Unspecified: of the commission.
   */
  basis?: ShareBasis | undefined;
  /**
   * The percent, in millionths of a percent, 0 to 100,000,000. Example:
   * `80000000` is 80 %.
   */
  percentMicros: bigint;
}

