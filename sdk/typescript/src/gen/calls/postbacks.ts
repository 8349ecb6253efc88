import type { Postback, PostbackVerdict } from "../s2s/v1/postback_pb.js";
import type { ErrorReason } from "../s2s/v1/error_reason_pb.js";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { ReplayOverridesInput } from "./inputs.js";
import type { CallOptions, OneOf, Present, Shape } from "../../params.js";
import type { ExplainPostbackResponse, GetPostbackResponse, PostbackService, ReplayPostbacksResponse } from "../s2s/v1/postback_service_pb.js";
import { ExplainPostbackRequestSchema, GetPostbackRequestSchema, ListPostbacksRequestSchema, ReplayPostbacksRequestSchema } from "../s2s/v1/postback_service_pb.js";
import type { Client } from "@connectrpc/connect";
import { list, unary } from "../../methods.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The parameters of `postbacks.list`.
 */
export interface ListPostbacksParams {
  /**
   * Verdict: `POSTBACK_VERDICT_RECORDED`, `POSTBACK_VERDICT_DUPLICATE` or
   * `POSTBACK_VERDICT_HELD`. Unspecified: all.
   */
  verdict?: PostbackVerdict | undefined;
  /**
   * Reason for holding. Unspecified: all.
   */
  reason?: ErrorReason | undefined;
  /**
   * Id of the conversion code that the postbacks name.
   */
  conversionCodeId?: string | undefined;
  /**
   * Earliest time of arrival, inclusive.
   */
  startTime?: Date | Timestamp | undefined;
  /**
   * Latest time of arrival, exclusive.
   */
  endTime?: Date | Timestamp | undefined;
  /**
   * Text that the raw target or body contains, byte for byte; at most 200
   * bytes. Example: `order-1001`.
   */
  text?: string | undefined;
  /**
   * Maximum number of postbacks to return, 1 to 1,000. 0 means 50; larger
   * values are read as 1,000. A page may have fewer, or none: only an empty
   * `nextPageToken` ends the list.
   */
  pageSize?: number | undefined;
}

/**
 * The parameters of `postbacks.get`.
 */
export interface GetPostbackParams {
  /**
   * Id of the postback.
   */
  postbackId: string;
}

/**
 * The parameters of `postbacks.replay`.
 */
export type ReplayPostbacksParams = {
  /**
   * Values to read in place of those that came.
   */
  overrides?: ReplayOverridesInput | undefined;
  /**
   * With `filter`: `nextPageToken` of the previous call; empty for the first
   * call.
   */
  pageToken?: string | undefined;
  /**
   * If true, the request is answered as if real, but nothing is written.
   */
  validateOnly?: boolean | undefined;
} & OneOf<
  | ({
      /**
       * Verdict: `POSTBACK_VERDICT_RECORDED`, `POSTBACK_VERDICT_DUPLICATE` or
       * `POSTBACK_VERDICT_HELD`. Unspecified: all.
       */
      verdict?: PostbackVerdict | undefined;
      /**
       * Reason for holding. Unspecified: all.
       */
      reason?: ErrorReason | undefined;
      /**
       * Id of the conversion code that the postbacks name.
       */
      conversionCodeId?: string | undefined;
      /**
       * Earliest time of arrival, inclusive.
       */
      startTime?: Date | Timestamp | undefined;
      /**
       * Latest time of arrival, exclusive.
       */
      endTime?: Date | Timestamp | undefined;
      /**
       * Text that the raw target or body contains, byte for byte; at most 200
       * bytes. Example: `order-1001`.
       */
      text?: string | undefined;
    })
  | {
      /**
       * Postbacks by id. One that is not held is returned unchanged.
       */
      ids: ReadonlyArray<string>;
    }
>;

/**
 * The parameters of `postbacks.explain`.
 */
export type ExplainPostbackParams = OneOf<
  | {
      /**
       * Postback URL, or only its path and query, at most 8 KiB. Example:
       * `https://t.example/s2s?clickId={clickId}&id=6B1F…&val=1&com=0.5`.
       */
      target: Uint8Array | string;
    }
  | {
      /**
       * Id of a stored postback.
       */
      postbackId: string;
    }
>;

/**
 * Lists, replays and explains postbacks: the stored requests that arrived at
 * `/s2s`, with their outcomes. `ConversionService.RecordConversion` receives
 * them.
 */
export interface Postbacks {
  /**
   * Lists the account's postbacks, newest first. A page has at most 3 MiB, and
   * the server looks at 20,000 postbacks at most to fill it. So a page may have
   * fewer postbacks than asked for, or none, and still a token.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  list(params?: ListPostbacksParams, options?: CallOptions): AsyncGenerator<Postback, void, undefined>;

  /**
   * Returns one postback.
   */
  get(params: GetPostbackParams, options?: CallOptions): Promise<Present<GetPostbackResponse, "postback">>;

  /**
   * Reads held postbacks again once the cause of their holding is fixed, by the
   * same rules as new postbacks and as of their time of arrival. A postback that
   * is replayed twice counts once. An answer has at most 3 MiB: if it would be
   * longer, the last postbacks come without remarks and body, with only the
   * beginning of their target, and with a note that says so
   * (`NOTE_CODE_SHORTENED`). `GetPostback` returns all of a postback.
   */
  replay(params: ReplayPostbacksParams, options?: CallOptions): Promise<ReplayPostbacksResponse>;

  /**
   * Explains step by step how a postback URL or a stored postback would be
   * read, and what its verdict would be. Records nothing.
   */
  explain(params: ExplainPostbackParams, options?: CallOptions): Promise<ExplainPostbackResponse>;
}

export const listPostbacksShape: Shape = {
  schema: ListPostbacksRequestSchema,
  inlined: "filter",
  omitted: "pageToken",
};

export const getPostbackShape: Shape = {
  schema: GetPostbackRequestSchema,
};

export const replayPostbacksShape: Shape = {
  schema: ReplayPostbacksRequestSchema,
  inlined: "filter",
};

export const explainPostbackShape: Shape = {
  schema: ExplainPostbackRequestSchema,
};

/**
 * Makes the methods of the service.
 */
export function postbacksOf(stubs: Client<typeof PostbackService>): Postbacks {
  return {
    list: list(stubs.listPostbacks, listPostbacksShape, "postbacks"),
    get: unary(stubs.getPostback, getPostbackShape),
    replay: unary(stubs.replayPostbacks, replayPostbacksShape),
    explain: unary(stubs.explainPostback, explainPostbackShape),
  };
}
