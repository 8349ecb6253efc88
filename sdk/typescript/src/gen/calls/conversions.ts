import type { CallOptions, OneOf, Present, Shape } from "../../params.js";
import type { Money } from "../s2s/v1/money_pb.js";
import type { Conversion, ConversionStatus } from "../s2s/v1/conversion_pb.js";
import type { CustomParamInput, RawPostbackInput } from "./inputs.js";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { BatchRecordConversionsResponse, ConversionService, ConversionTime, GetConversionResponse, PartnerConversion, RecordConversionResponse, RecordConversionResult, WatchConversionsResponse } from "../s2s/v1/conversion_service_pb.js";
import { BatchRecordConversionsRequestSchema, GetConversionRequestSchema, ListConversionsRequestSchema, ListPartnerConversionsRequestSchema, RecordConversionRequestSchema, WatchConversionsRequestSchema } from "../s2s/v1/conversion_service_pb.js";
import type { Client } from "@connectrpc/connect";
import type { Policy } from "../../calls.js";
import { list, stream, unary } from "../../methods.js";
import { watch } from "../../watch.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The parameters of `conversions.record`.
 */
export type RecordConversionParams = {
  /**
   * Makes the call safe to repeat if the report has no transaction id and its
   * code's policy is `DEDUPE_POLICY_EVERY`. 1 to 64 bytes. Ignored if an edge
   * hands on a postback, whose `postbackId` serves this purpose.
   */
  requestId?: string | undefined;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written; the verdict is `CONVERSION_VERDICT_TEST`. Not for a postback: its
   * own parameter `test=1` makes it a test.
   */
  validateOnly?: boolean | undefined;
} & OneOf<
  | ({
      /**
       * Id of the conversion code, 32 hexadecimal digits.
       */
      conversionCodeId: string;
      /**
       * The click id, 40 characters, in upper or lower case.
       */
      clickId: string;
      /**
       * The merchant's order id, at most 255 bytes. Without one, the code's dedupe
       * policy decides which conversions are duplicates. Example: `order-1001`.
       */
      transactionId?: string | undefined;
      /**
       * Value of the sale; 0 if it has none. An empty `currencyCode` means the
       * code's currency. Not negative.
       */
      value: Money;
      /**
       * The merchant's decision about the conversion. Unspecified: the
       * `defaultStatus` of the conversion code.
       */
      status?: ConversionStatus | undefined;
      /**
       * The merchant's own parameters, at most 64.
       */
      customParams?: ReadonlyArray<CustomParamInput> | undefined;
      /**
       * Time of the conversion. Not set: now. The attribution window is measured up
       * to this time. At most 5 seconds ahead of the server's clock.
       */
      conversionTime?: Date | Timestamp | undefined;
    } & OneOf<
      | {
          /**
           * Amount of the commission, in the currency of `value`. An empty
           * `currencyCode` means that currency. Not negative.
           */
          commissionAmount?: Money | undefined;
        }
      | {
          /**
           * Percent of `value`, in millionths of a percent, 0 to 100,000,000. The
           * amount is rounded half away from zero to a millionth of the unit.
           * Example: `10000000` is 10 %.
           */
          commissionPercentMicros?: bigint | undefined;
        }
    >)
  | {
      /**
       * A postback, from which the conversion is read. OK means that it counts,
       * unless it is a test. A postback that does not count is held, and answered
       * with an error that has `PostbackFailure` among its details.
       */
      postback: RawPostbackInput;
    }
>;

/**
 * The parameters of `conversions.batchRecord`.
 */
export interface BatchRecordConversionsParams {
  /**
   * The conversions to record, 1 to 1,000.
   */
  requests: ReadonlyArray<RecordConversionParams>;
}

/**
 * The parameters of `conversions.get`.
 */
export interface GetConversionParams {
  /**
   * Id of the conversion.
   */
  conversionId: string;
}

/**
 * The parameters of `conversions.list`.
 */
export interface ListConversionsParams {
  /**
   * Id of the conversion code.
   */
  conversionCodeId?: string | undefined;
  /**
   * Id of the tracking link.
   */
  trackingLinkId?: string | undefined;
  /**
   * The click id.
   */
  clickId?: string | undefined;
  /**
   * The merchant's order id, compared byte by byte.
   */
  transactionId?: string | undefined;
  /**
   * Present status. Unspecified: all.
   */
  status?: ConversionStatus | undefined;
  /**
   * Status with which the conversion was recorded. Unspecified: all.
   */
  recordedStatus?: ConversionStatus | undefined;
  /**
   * Kind of time that `startTime` and `endTime` limit. Unspecified: the time
   * of recording.
   */
  time?: ConversionTime | undefined;
  /**
   * Earliest time, inclusive.
   */
  startTime?: Date | Timestamp | undefined;
  /**
   * Latest time, exclusive.
   */
  endTime?: Date | Timestamp | undefined;
  /**
   * Id of the partner.
   */
  partnerId?: string | undefined;
  /**
   * Maximum number of conversions to return, 1 to 1,000. 0 means 50; larger
   * values are read as 1,000. A page may have fewer, or none: only an empty
   * `nextPageToken` ends the list.
   */
  pageSize?: number | undefined;
}

/**
 * The parameters of `conversions.listPartner`.
 */
export interface ListPartnerConversionsParams {
  /**
   * Maximum number of conversions to return, 1 to 1,000. 0 means 50; larger
   * values are read as 1,000.
   */
  pageSize?: number | undefined;
  /**
   * Id of the partner, `partner_…`. May be empty for the key of a partner, which
   * names its own.
   */
  partnerId?: string | undefined;
  /**
   * Earliest time of recording, inclusive.
   */
  startTime?: Date | Timestamp | undefined;
  /**
   * Latest time of recording, exclusive.
   */
  endTime?: Date | Timestamp | undefined;
}

/**
 * The parameters of `conversions.watch`.
 */
export interface WatchConversionsParams {
  /**
   * Id of the conversion code.
   */
  conversionCodeId?: string | undefined;
  /**
   * Id of the tracking link.
   */
  trackingLinkId?: string | undefined;
  /**
   * The click id.
   */
  clickId?: string | undefined;
  /**
   * The merchant's order id, compared byte by byte.
   */
  transactionId?: string | undefined;
  /**
   * Present status. Unspecified: all.
   */
  status?: ConversionStatus | undefined;
  /**
   * Status with which the conversion was recorded. Unspecified: all.
   */
  recordedStatus?: ConversionStatus | undefined;
  /**
   * Id of the partner.
   */
  partnerId?: string | undefined;
  /**
   * The resume token of a message of an earlier stream. Empty: the stream begins
   * with what is recorded from now on. The server keeps events for 7 days; an
   * older token is refused with `RESUME_TOKEN_TOO_OLD`.
   */
  resumeToken?: string | undefined;
  /**
   * Sends the conversions of all accounts. Needs the scope `admin` besides
   * `read`.
   */
  allAccounts?: boolean | undefined;
}

/**
 * Records and reads conversions: the sales and sign-ups that follow clicks.
 */
export interface Conversions {
  /**
   * Records a conversion. OK means that it is durable and counted exactly once,
   * unless the call was a test. A report that repeats a recorded conversion is
   * answered with `CONVERSION_VERDICT_DUPLICATE` or, if it has other amounts,
   * with the error `TRANSACTION_CONFLICT`.
   */
  record(params: RecordConversionParams, options?: CallOptions): Promise<RecordConversionResponse>;

  /**
   * Records up to 1,000 conversions. Each has its own result; one bad item does
   * not affect the others. An answer has at most 3 MiB: if it would be longer,
   * the last results come without custom parameters, remarks and long messages.
   * A shortened result says so: in a note `NOTE_CODE_SHORTENED` or, if it is an
   * error, as `shortened` in the metadata of the `ErrorInfo`. Verdicts, ids,
   * reasons and the names of invalid fields are never left out.
   */
  batchRecord(params: BatchRecordConversionsParams, options?: CallOptions): Promise<BatchRecordConversionsResponse>;

  /**
   * Records conversions for as long as the client sends them: the call for
   * millions of conversions. Each has its own result, in the order of the
   * requests. At most 1,000 are in progress, so a sender who does not read
   * results is held up. A server that is shutting down answers the requests it
   * has accepted and ends with UNAVAILABLE; requests without a result by then
   * must be sent again. If two equal conversions are in progress at the same
   * time, either may be the duplicate.
   *
   * Nothing is sent again automatically, and only `options` set a timeout.
   */
  streamRecord(params: Iterable<RecordConversionParams> | AsyncIterable<RecordConversionParams>, options?: CallOptions): AsyncGenerator<RecordConversionResult, void, undefined>;

  /**
   * Returns one conversion.
   */
  get(params: GetConversionParams, options?: CallOptions): Promise<Present<GetConversionResponse, "conversion">>;

  /**
   * Lists the account's conversions, newest first. A page has at most 3 MiB, and
   * the server looks at 20,000 conversions at most to fill it. So a page may have
   * fewer conversions than asked for, or none, and still a token.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  list(params?: ListConversionsParams, options?: CallOptions): AsyncGenerator<Conversion, void, undefined>;

  /**
   * Lists the conversions that are owed to a partner, newest first, as the
   * partner may see them. A page may have fewer conversions than asked for, or
   * none, and still a token.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  listPartner(params?: ListPartnerConversionsParams, options?: CallOptions): AsyncGenerator<PartnerConversion, void, undefined>;

  /**
   * Sends each conversion once it is recorded, and again after each adjustment,
   * by any server of the installation, for as long as the client listens. The
   * stream begins with a heartbeat. Each message has a resume token: a stream
   * that begins with that token goes on behind the message, without a gap and
   * without a repetition, on any server. Conversions that are recorded one after
   * the other come in no order that a client may rely on. An account has at most
   * 100 streams on a server, and a server at most 1,000.
   *
   * Sends only the conversions that pass. `time`, `startTime` and `endTime`
   * must be unset, and `clickId` together with `allAccounts`.
   *
   * After a failure that may pass, the stream goes on by itself behind the last message. Any other error ends it. To go on later, or in another process, keep the `resumeToken` of the last message that you have dealt with. Only `options` set a timeout. Ending the iteration cancels the call.
   */
  watch(params?: WatchConversionsParams, options?: CallOptions): AsyncGenerator<WatchConversionsResponse, void, undefined>;
}

export const recordConversionShape: Shape = {
  schema: RecordConversionRequestSchema,
  inlined: "conversion",
};

export const batchRecordConversionsShape: Shape = {
  schema: BatchRecordConversionsRequestSchema,
  items: { requests: recordConversionShape },
};

export const getConversionShape: Shape = {
  schema: GetConversionRequestSchema,
};

export const listConversionsShape: Shape = {
  schema: ListConversionsRequestSchema,
  inlined: "filter",
  omitted: "pageToken",
};

export const listPartnerConversionsShape: Shape = {
  schema: ListPartnerConversionsRequestSchema,
  omitted: "pageToken",
};

export const watchConversionsShape: Shape = {
  schema: WatchConversionsRequestSchema,
  inlined: "filter",
};

/**
 * Makes the methods of the service.
 */
export function conversionsOf(stubs: Client<typeof ConversionService>, policy: Policy): Conversions {
  return {
    record: unary(stubs.recordConversion, recordConversionShape),
    batchRecord: unary(stubs.batchRecordConversions, batchRecordConversionsShape),
    streamRecord: stream(stubs.streamRecordConversions, recordConversionShape, "request", "result"),
    get: unary(stubs.getConversion, getConversionShape),
    list: list(stubs.listConversions, listConversionsShape, "conversions"),
    listPartner: list(stubs.listPartnerConversions, listPartnerConversionsShape, "conversions"),
    watch: watch(stubs.watchConversions, watchConversionsShape, "s2s.v1.ConversionService/WatchConversions", policy),
  };
}
