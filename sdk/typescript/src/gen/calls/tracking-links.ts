import type { RedirectKind, TrackingLink } from "../s2s/v1/tracking_link_pb.js";
import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { PartnerShareInput } from "./inputs.js";
import type { CallOptions, Present, Shape } from "../../params.js";
import type { ArchiveTrackingLinkResponse, CreateTrackingLinkResponse, GetTrackingLinkResponse, TrackingLinkService, UnarchiveTrackingLinkResponse, UpdateTrackingLinkResponse } from "../s2s/v1/tracking_link_service_pb.js";
import { ArchiveTrackingLinkRequestSchema, CreateTrackingLinkRequestSchema, GetTrackingLinkRequestSchema, ListTrackingLinksRequestSchema, UnarchiveTrackingLinkRequestSchema, UpdateTrackingLinkRequestSchema } from "../s2s/v1/tracking_link_service_pb.js";
import type { Client } from "@connectrpc/connect";
import { list, unary } from "../../methods.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The parameters of `trackingLinks.create`.
 */
export interface CreateTrackingLinkParams {
  /**
   * Path of the link: 1 to 64 of `a-z`, `0-9`, `-`, `_`, beginning with a
   * letter or digit. Unique in the installation. If it is empty in a new link,
   * the system chooses one. If it is empty in an archived link, another link has
   * taken it. A slug that a link gives up, by a change or by being archived, can
   * be used again only by the same account. Visitors may write it in upper or
   * lower case. Example: `summer-sale`.
   */
  slug?: string | undefined;
  /**
   * URL that visitors are sent to: an absolute `http` or `https` URL of at most
   * 2,048 bytes. In its path and query, macros are filled: `[s2sidentifier]`
   * (the click id), `[sub1]` to `[sub10]`, `[slug]`, `[timestamp]` (seconds
   * since 1970), also in upper case or with `%5B` and `%5D` for the brackets. A
   * link with a conversion code must have `[s2sidentifier]`. Example:
   * `https://shop.example/?s1=[s2sidentifier]`.
   */
  destination: string;
  /**
   * Ids of the conversion codes that count for clicks on this link, at most 50.
   */
  conversionCodeIds?: ReadonlyArray<string> | undefined;
  /**
   * Words by which people find the link, at most 20, each of 1 to 50
   * characters. Example: `newsletter`.
   */
  tags?: ReadonlyArray<string> | undefined;
  /**
   * HTTP status of the redirect. Default: 302.
   */
  redirectKind?: RedirectKind | undefined;
  /**
   * If true, the visitor's query parameters except sub ids are added to the
   * destination, unless it already has a parameter of that name.
   */
  queryPassThrough?: boolean | undefined;
  /**
   * Time from which visitors get the fallback destination. Not set: never.
   */
  expireTime?: Date | Timestamp | undefined;
  /**
   * URL that visitors are sent to once the link has expired or is archived;
   * same form as `destination`. Empty: they get HTTP 410.
   */
  fallbackDestination?: string | undefined;
  /**
   * Id of the partner who is owed a share of the link's conversions. Empty: the
   * conversions are owed to nobody. Once set, it never changes. Conversions that
   * were recorded before it was set are owed to nobody.
   */
  partnerId?: string | undefined;
  /**
   * The partner's share. Not set: all of the commission. A change applies to
   * conversions that are recorded later.
   */
  partnerShare?: PartnerShareInput | undefined;
  /**
   * Makes the call safe to repeat: the same request with the same request id
   * returns the link that the first call created. Another request with this id
   * is refused. 1 to 64 bytes. Example: a UUID.
   */
  requestId?: string | undefined;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
  /**
   * Id of the preset of the network that the destination belongs to. If the
   * destination has no `[s2sidentifier]`, this macro is added to the query, in
   * the parameter in which that network takes the click id. Example: `everflow`.
   */
  presetId?: string | undefined;
}

/**
 * The parameters of `trackingLinks.get`.
 */
export interface GetTrackingLinkParams {
  /**
   * Id of the link.
   */
  trackingLinkId: string;
}

/**
 * The parameters of `trackingLinks.list`.
 */
export interface ListTrackingLinksParams {
  /**
   * Maximum number of links to return, 1 to 1,000. 0 means 50; larger values
   * are read as 1,000. A page has at most 3 MiB, so it may have fewer.
   */
  pageSize?: number | undefined;
  /**
   * If true, archived links are listed as well.
   */
  showArchived?: boolean | undefined;
}

/**
 * The parameters of `trackingLinks.update`.
 */
export interface UpdateTrackingLinkParams {
  /**
   * Id of the link. Example: `link_01jd8x4k2m9v6t3q5r7w8y0z1a`.
   */
  id: string;
  /**
   * Path of the link: 1 to 64 of `a-z`, `0-9`, `-`, `_`, beginning with a
   * letter or digit. Unique in the installation. If it is empty in a new link,
   * the system chooses one. If it is empty in an archived link, another link has
   * taken it. A slug that a link gives up, by a change or by being archived, can
   * be used again only by the same account. Visitors may write it in upper or
   * lower case. Example: `summer-sale`.
   */
  slug?: string | undefined;
  /**
   * URL that visitors are sent to: an absolute `http` or `https` URL of at most
   * 2,048 bytes. In its path and query, macros are filled: `[s2sidentifier]`
   * (the click id), `[sub1]` to `[sub10]`, `[slug]`, `[timestamp]` (seconds
   * since 1970), also in upper case or with `%5B` and `%5D` for the brackets. A
   * link with a conversion code must have `[s2sidentifier]`. Example:
   * `https://shop.example/?s1=[s2sidentifier]`.
   */
  destination?: string | undefined;
  /**
   * Ids of the conversion codes that count for clicks on this link, at most 50.
   */
  conversionCodeIds?: ReadonlyArray<string> | undefined;
  /**
   * Words by which people find the link, at most 20, each of 1 to 50
   * characters. Example: `newsletter`.
   */
  tags?: ReadonlyArray<string> | undefined;
  /**
   * HTTP status of the redirect. Default: 302.
   */
  redirectKind?: RedirectKind | undefined;
  /**
   * If true, the visitor's query parameters except sub ids are added to the
   * destination, unless it already has a parameter of that name.
   */
  queryPassThrough?: boolean | undefined;
  /**
   * Time from which visitors get the fallback destination. Not set: never.
   */
  expireTime?: Date | Timestamp | null | undefined;
  /**
   * URL that visitors are sent to once the link has expired or is archived;
   * same form as `destination`. Empty: they get HTTP 410.
   */
  fallbackDestination?: string | undefined;
  /**
   * Id of the partner who is owed a share of the link's conversions. Empty: the
   * conversions are owed to nobody. Once set, it never changes. Conversions that
   * were recorded before it was set are owed to nobody.
   */
  partnerId?: string | undefined;
  /**
   * The partner's share. Not set: all of the commission. A change applies to
   * conversions that are recorded later.
   */
  partnerShare?: PartnerShareInput | null | undefined;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `trackingLinks.archive`.
 */
export interface ArchiveTrackingLinkParams {
  /**
   * Id of the link.
   */
  trackingLinkId: string;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `trackingLinks.unarchive`.
 */
export interface UnarchiveTrackingLinkParams {
  /**
   * Id of the link.
   */
  trackingLinkId: string;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * Manages tracking links: the URLs that visitors click.
 */
export interface TrackingLinks {
  /**
   * Creates a tracking link.
   */
  create(params: CreateTrackingLinkParams, options?: CallOptions): Promise<Present<CreateTrackingLinkResponse, "trackingLink">>;

  /**
   * Returns one tracking link.
   */
  get(params: GetTrackingLinkParams, options?: CallOptions): Promise<Present<GetTrackingLinkResponse, "trackingLink">>;

  /**
   * Lists the account's tracking links, newest first.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  list(params?: ListTrackingLinksParams, options?: CallOptions): AsyncGenerator<TrackingLink, void, undefined>;

  /**
   * Changes the fields that are given.
   *
   * A field that is given can have its default value. `null` clears a field that is an object.
   */
  update(params: UpdateTrackingLinkParams, options?: CallOptions): Promise<Present<UpdateTrackingLinkResponse, "trackingLink">>;

  /**
   * Archives a tracking link. Visitors get its fallback destination, or HTTP
   * 410 if it has none. Postbacks for later clicks are held, and conversions
   * reported for them are refused. Conversions of earlier clicks still count.
   * Archiving an archived link changes nothing.
   */
  archive(params: ArchiveTrackingLinkParams, options?: CallOptions): Promise<Present<ArchiveTrackingLinkResponse, "trackingLink">>;

  /**
   * Makes an archived tracking link active again. Postbacks that were held
   * because the link was archived can be replayed. If another link has taken its
   * slug meanwhile, the call fails with `SLUG_TAKEN`: change the slug first.
   * Unarchiving an active link changes nothing.
   */
  unarchive(params: UnarchiveTrackingLinkParams, options?: CallOptions): Promise<Present<UnarchiveTrackingLinkResponse, "trackingLink">>;
}

export const createTrackingLinkShape: Shape = {
  schema: CreateTrackingLinkRequestSchema,
  inlined: "trackingLink",
};

export const getTrackingLinkShape: Shape = {
  schema: GetTrackingLinkRequestSchema,
};

export const listTrackingLinksShape: Shape = {
  schema: ListTrackingLinksRequestSchema,
  omitted: "pageToken",
};

export const updateTrackingLinkShape: Shape = {
  schema: UpdateTrackingLinkRequestSchema,
  inlined: "trackingLink",
  id: "id",
  omitted: "updateMask",
};

export const archiveTrackingLinkShape: Shape = {
  schema: ArchiveTrackingLinkRequestSchema,
};

export const unarchiveTrackingLinkShape: Shape = {
  schema: UnarchiveTrackingLinkRequestSchema,
};

/**
 * Makes the methods of the service.
 */
export function trackingLinksOf(stubs: Client<typeof TrackingLinkService>): TrackingLinks {
  return {
    create: unary(stubs.createTrackingLink, createTrackingLinkShape),
    get: unary(stubs.getTrackingLink, getTrackingLinkShape),
    list: list(stubs.listTrackingLinks, listTrackingLinksShape, "trackingLinks"),
    update: unary(stubs.updateTrackingLink, updateTrackingLinkShape),
    archive: unary(stubs.archiveTrackingLink, archiveTrackingLinkShape),
    unarchive: unary(stubs.unarchiveTrackingLink, unarchiveTrackingLinkShape),
  };
}
