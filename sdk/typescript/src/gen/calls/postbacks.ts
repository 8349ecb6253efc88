import type { Postback, PostbackVerdict } from "../s2s/v1/postback_pb.js";
import type { ErrorReason } from "../s2s/v1/error_reason_pb.js";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { ReplayOverridesInput } from "./inputs.js";
import type { CallOptions, OneOf, Present, Shape } from "../../params.js";
import type { ExplainPostbackResponse, GetPostbackResponse, PostbackService, ReplayPostbacksResponse, WatchPostbacksResponse } from "../s2s/v1/postback_service_pb.js";
import { ExplainPostbackRequestSchema, GetPostbackRequestSchema, ListPostbacksRequestSchema, ReplayPostbacksRequestSchema, WatchPostbacksRequestSchema } from "../s2s/v1/postback_service_pb.js";
import type { Client } from "@connectrpc/connect";
import type { Policy } from "../../calls.js";
import { list, unary } from "../../methods.js";
import { watch } from "../../watch.js";

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
 * The parameters of `postbacks.watch`.
 */
export interface WatchPostbacksParams {
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
   * Text that the raw target or body contains, byte for byte; at most 200
   * bytes. Example: `order-1001`.
   */
  text?: string | undefined;
  /**
   * The resume token of a message of an earlier stream. Empty: the stream begins
   * with what is judged from now on. The server keeps events for 7 days; an older
   * token is refused with `RESUME_TOKEN_TOO_OLD`.
   */
  resumeToken?: string | undefined;
  /**
   * Sends the postbacks of all accounts. Needs the scope `admin` besides `read`.
   */
  allAccounts?: boolean | undefined;
}

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

  /**
   * Sends each postback once it is judged: when it comes, and again when a
   * replay gives it another verdict. It is sent by any server of the
   * installation, for as long as the client listens. The stream begins with a
   * heartbeat. Each message has a resume token: a stream that begins with that
   * token goes on behind the message, without a gap and without a repetition, on
   * any server. An account has at most 100 streams on a server, and a server at
   * most 1,000.
   *
   * Sends only the postbacks that pass. `startTime` and `endTime` must be
   * unset.
   *
   * After a failure that may pass, the stream goes on by itself behind the last message. Any other error ends it. To go on later, or in another process, keep the `resumeToken` of the last message that you have dealt with. Only `options` set a timeout. Ending the iteration cancels the call.
   */
  watch(params?: WatchPostbacksParams, options?: CallOptions): AsyncGenerator<WatchPostbacksResponse, void, undefined>;
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

export const watchPostbacksShape: Shape = {
  schema: WatchPostbacksRequestSchema,
  inlined: "filter",
};

/**
 * Makes the methods of the service.
 */
export function postbacksOf(stubs: Client<typeof PostbackService>, policy: Policy): Postbacks {
  return {
    list: list(stubs.listPostbacks, listPostbacksShape, "postbacks"),
    get: unary(stubs.getPostback, getPostbackShape),
    replay: unary(stubs.replayPostbacks, replayPostbacksShape),
    explain: unary(stubs.explainPostback, explainPostbackShape),
    watch: watch(stubs.watchPostbacks, watchPostbacksShape, "s2s.v1.PostbackService/WatchPostbacks", policy),
  };
}
