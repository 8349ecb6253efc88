import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import type { Click, ClickFlag } from "../s2s/v1/click_pb.js";
import type { CallOptions, DurationInput, Present, Shape } from "../../params.js";
import type { ClickService, EraseVisitorResponse, ExplainClickResponse, GetClickResponse, RecordClickResponse, RotateClickIdKeyResponse } from "../s2s/v1/click_service_pb.js";
import { EraseVisitorRequestSchema, ExplainClickRequestSchema, GetClickRequestSchema, ListClicksRequestSchema, RecordClickRequestSchema, RotateClickIdKeyRequestSchema } from "../s2s/v1/click_service_pb.js";
import type { Client } from "@connectrpc/connect";
import { list, unary } from "../../methods.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The parameters of `clicks.record`.
 */
export interface RecordClickParams {
  /**
   * Id of the tracking link.
   */
  trackingLinkId: string;
  /**
   * The click id, if the caller is an edge that has minted it. Otherwise empty:
   * the system mints one.
   */
  clickId?: string | undefined;
  /**
   * The visitor's sub ids: keys `sub1` to `sub10`, values of at most 1,024
   * characters.
   */
  subIds?: Readonly<Record<string, string>> | undefined;
  /**
   * The visitor's whole query, cut off after 2,048 bytes.
   */
  query?: string | undefined;
  /**
   * The visitor's `Referer`, cut off after 1,024 bytes.
   */
  referrer?: string | undefined;
  /**
   * The visitor's `User-Agent`, cut off after 512 bytes.
   */
  userAgent?: string | undefined;
  /**
   * The visitor's address, IPv4 or IPv6, stored according to the server's
   * `--store-addresses`. Empty: not known.
   */
  address?: string | undefined;
  /**
   * Time of the click. Not set: now. At most 5 seconds ahead of the server's
   * clock. Not allowed together with `clickId`, which holds its time.
   */
  clickTime?: Date | Timestamp | undefined;
  /**
   * Makes the call safe to repeat: the same link, `clickTime` and request id
   * give the same click id. 1 to 64 bytes. Needs `clickTime`. Not for use with
   * `clickId`, which serves the same purpose.
   */
  requestId?: string | undefined;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
  /**
   * Flags that the caller has found by other means than the user agent. The
   * server itself recognises robots by their user agent.
   */
  flags?: ReadonlyArray<ClickFlag> | undefined;
}

/**
 * The parameters of `clicks.get`.
 */
export interface GetClickParams {
  /**
   * The click id, 40 characters.
   */
  clickId: string;
}

/**
 * The parameters of `clicks.list`.
 */
export interface ListClicksParams {
  /**
   * Id of the tracking link whose clicks are listed.
   */
  trackingLinkId: string;
  /**
   * Maximum number of clicks to return, 1 to 1,000. 0 means 50; larger values
   * are read as 1,000. A page may have fewer, or none: only an empty
   * `nextPageToken` ends the list.
   */
  pageSize?: number | undefined;
  /**
   * Lists only clicks that have none of these flags. Example: `BOT`, `PREFETCH`
   * and `PREVIEW` leave the clicks of people.
   */
  withoutFlags?: ReadonlyArray<ClickFlag> | undefined;
}

/**
 * The parameters of `clicks.explain`.
 */
export interface ExplainClickParams {
  /**
   * The click id, 40 characters, in upper or lower case.
   */
  clickId: string;
}

/**
 * The parameters of `clicks.eraseVisitor`.
 */
export interface EraseVisitorParams {
  /**
   * The click id, 40 characters, in upper or lower case. A genuine click id is
   * enough: the click may be not yet recorded, or no longer stored.
   */
  clickId: string;
  /**
   * If true, the request is answered as if real, but nothing is written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `clicks.rotateClickIdKey`.
 */
export interface RotateClickIdKeyParams {
  /**
   * Time for which ids of the former keys count although their click is not
   * stored: 0 seconds to 400 days, whole seconds. 0 ends the keys at once; use it
   * if a key was stolen. A key that ends sooner is not prolonged. Not set: the
   * longest attribution window that any conversion code has, or 30 days if
   * there is no code.
   */
  overlap?: DurationInput | Duration | undefined;
  /**
   * Makes the call safe to repeat: a call with the request id of an earlier
   * rotation makes no further key. 1 to 64 bytes. Example: a UUID.
   */
  requestId?: string | undefined;
  /**
   * If true, the request is checked, but nothing is written; the answer has the
   * keys as they are.
   */
  validateOnly?: boolean | undefined;
}

/**
 * Records, reads and explains clicks. A click is one visit to a tracking link.
 * Also erases visitors, and rotates the keys of click ids.
 */
export interface Clicks {
  /**
   * Records a click, for partners who redirect visitors themselves. A repeated
   * call with the same `clickId`, or with the same link, `clickTime` and
   * `requestId`, returns the click that the first call recorded.
   */
  record(params: RecordClickParams, options?: CallOptions): Promise<Present<RecordClickResponse, "click">>;

  /**
   * Returns one click.
   */
  get(params: GetClickParams, options?: CallOptions): Promise<Present<GetClickResponse, "click">>;

  /**
   * Lists the clicks of one tracking link, newest first. A page has at most
   * 3 MiB; with `withoutFlags`, the server looks at 20,000 clicks at most to
   * fill it. So a page may have fewer clicks than asked for, or none, and still a
   * token.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  list(params: ListClicksParams, options?: CallOptions): AsyncGenerator<Click, void, undefined>;

  /**
   * Explains what happened to a click: its link, its conversions, and the held
   * postbacks that name it. If the answer would be longer than 3 MiB, the end of
   * its lists is shortened. A shortened postback has no body, only the beginning of
   * its target, and a single note, `NOTE_CODE_SHORTENED`, in place of its own
   * notes. A shortened conversion has no custom parameters; if there are such
   * conversions, the `notes` of the answer have one `NOTE_CODE_SHORTENED`.
   * `GetPostback` and `GetConversion` return all of a postback or conversion.
   */
  explain(params: ExplainClickParams, options?: CallOptions): Promise<ExplainClickResponse>;

  /**
   * Erases all data that identifies the visitor of a click: from the click, its
   * conversions and the postbacks that name it. The erasure is permanent. Ids,
   * times and money stay, and nothing counts differently than before. OK means
   * that the erasure is durable. Repeating it changes nothing.
   */
  eraseVisitor(params: EraseVisitorParams, options?: CallOptions): Promise<EraseVisitorResponse>;

  /**
   * Makes a new key for click ids. Within two seconds, every core and every
   * edge that reaches its core mints with it. Ids of the former keys count for an
   * overlap; after it, they count only if their click is stored. Needs the
   * scope `admin`: the keys are those of the whole installation.
   */
  rotateClickIdKey(params?: RotateClickIdKeyParams, options?: CallOptions): Promise<RotateClickIdKeyResponse>;
}

export const recordClickShape: Shape = {
  schema: RecordClickRequestSchema,
};

export const getClickShape: Shape = {
  schema: GetClickRequestSchema,
};

export const listClicksShape: Shape = {
  schema: ListClicksRequestSchema,
  omitted: "pageToken",
};

export const explainClickShape: Shape = {
  schema: ExplainClickRequestSchema,
};

export const eraseVisitorShape: Shape = {
  schema: EraseVisitorRequestSchema,
};

export const rotateClickIdKeyShape: Shape = {
  schema: RotateClickIdKeyRequestSchema,
};

/**
 * Makes the methods of the service.
 */
export function clicksOf(stubs: Client<typeof ClickService>): Clicks {
  return {
    record: unary(stubs.recordClick, recordClickShape),
    get: unary(stubs.getClick, getClickShape),
    list: list(stubs.listClicks, listClicksShape, "clicks"),
    explain: unary(stubs.explainClick, explainClickShape),
    eraseVisitor: unary(stubs.eraseVisitor, eraseVisitorShape),
    rotateClickIdKey: unary(stubs.rotateClickIdKey, rotateClickIdKeyShape),
  };
}
