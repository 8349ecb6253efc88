import type { Money } from "../s2s/v1/money_pb.js";
import type { CallOptions, Present, Shape } from "../../params.js";
import type { ArchivePartnerResponse, CreatePartnerResponse, GetPartnerResponse, PartnerService, UnarchivePartnerResponse, UpdatePartnerResponse } from "../s2s/v1/partner_service_pb.js";
import { ArchivePartnerRequestSchema, CreatePartnerRequestSchema, GetPartnerRequestSchema, ListPartnersRequestSchema, UnarchivePartnerRequestSchema, UpdatePartnerRequestSchema } from "../s2s/v1/partner_service_pb.js";
import type { Partner } from "../s2s/v1/partner_pb.js";
import type { Client } from "@connectrpc/connect";
import { list, unary } from "../../methods.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The parameters of `partners.create`.
 */
export interface CreatePartnerParams {
  /**
   * Name for people, 1 to 100 characters. Example: `Blog of Ada`.
   */
  name: string;
  /**
   * The merchant's own id of the partner, at most 64 bytes, unique in the
   * account. Compared byte by byte. Example: `aff-17`.
   */
  externalId?: string | undefined;
  /**
   * How the partner is paid, for people, at most 1,000 bytes. Example: the name
   * and number of a bank account.
   */
  payee?: string | undefined;
  /**
   * The least amount that is paid out, and the currency in which the partner is
   * paid. Not set: any amount, in any currency. Not negative.
   */
  minimumPayout?: Money | undefined;
  /**
   * Number of days after a conversion for which what is owed for it is held
   * back, 0 to 400. So refunds come before the payout.
   */
  holdDays?: number | undefined;
  /**
   * Number of days after its recording at which a pending conversion is approved
   * by itself, 1 to 400. 0: never. A change applies to all pending conversions,
   * also to those that are recorded already.
   */
  approveAfterDays?: number | undefined;
  /**
   * Makes the call safe to repeat: the same request with the same request id
   * returns the partner that the first call created. Another request with this
   * id is refused. 1 to 64 bytes. Example: a UUID.
   */
  requestId?: string | undefined;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `partners.get`.
 */
export interface GetPartnerParams {
  /**
   * Id of the partner, `partner_…`. May be empty for the key of a partner, which
   * names its own.
   */
  partnerId?: string | undefined;
}

/**
 * The parameters of `partners.list`.
 */
export interface ListPartnersParams {
  /**
   * Maximum number of partners to return, 1 to 1,000. 0 means 50; larger values
   * are read as 1,000. A page has at most 3 MiB, so it may have fewer.
   */
  pageSize?: number | undefined;
  /**
   * If true, archived partners are listed as well.
   */
  showArchived?: boolean | undefined;
}

/**
 * The parameters of `partners.update`.
 */
export interface UpdatePartnerParams {
  /**
   * Id of the partner. Example: `partner_01jd8x4k2m9v6t3q5r7w8y0z1a`.
   */
  id: string;
  /**
   * Name for people, 1 to 100 characters. Example: `Blog of Ada`.
   */
  name?: string | undefined;
  /**
   * The merchant's own id of the partner, at most 64 bytes, unique in the
   * account. Compared byte by byte. Example: `aff-17`.
   */
  externalId?: string | undefined;
  /**
   * How the partner is paid, for people, at most 1,000 bytes. Example: the name
   * and number of a bank account.
   */
  payee?: string | undefined;
  /**
   * The least amount that is paid out, and the currency in which the partner is
   * paid. Not set: any amount, in any currency. Not negative.
   */
  minimumPayout?: Money | null | undefined;
  /**
   * Number of days after a conversion for which what is owed for it is held
   * back, 0 to 400. So refunds come before the payout.
   */
  holdDays?: number | undefined;
  /**
   * Number of days after its recording at which a pending conversion is approved
   * by itself, 1 to 400. 0: never. A change applies to all pending conversions,
   * also to those that are recorded already.
   */
  approveAfterDays?: number | undefined;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `partners.archive`.
 */
export interface ArchivePartnerParams {
  /**
   * Id of the partner, `partner_…`.
   */
  partnerId: string;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `partners.unarchive`.
 */
export interface UnarchivePartnerParams {
  /**
   * Id of the partner, `partner_…`.
   */
  partnerId: string;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * Manages partners: those who are owed a share of conversions. A tracking link
 * has at most one partner. Its conversions are owed to this partner.
 */
export interface Partners {
  /**
   * Creates a partner.
   */
  create(params: CreatePartnerParams, options?: CallOptions): Promise<Present<CreatePartnerResponse, "partner">>;

  /**
   * Returns one partner.
   */
  get(params?: GetPartnerParams, options?: CallOptions): Promise<Present<GetPartnerResponse, "partner">>;

  /**
   * Lists the account's partners, newest first.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  list(params?: ListPartnersParams, options?: CallOptions): AsyncGenerator<Partner, void, undefined>;

  /**
   * Changes the fields that are given.
   *
   * A field that is given can have its default value. `null` clears a field that is an object.
   */
  update(params: UpdatePartnerParams, options?: CallOptions): Promise<Present<UpdatePartnerResponse, "partner">>;

  /**
   * Archives a partner: no further tracking link can be given to it. Its links
   * still earn, until they are archived, too. Archiving an archived partner
   * changes nothing.
   */
  archive(params: ArchivePartnerParams, options?: CallOptions): Promise<Present<ArchivePartnerResponse, "partner">>;

  /**
   * Makes an archived partner active again. Unarchiving an active partner
   * changes nothing.
   */
  unarchive(params: UnarchivePartnerParams, options?: CallOptions): Promise<Present<UnarchivePartnerResponse, "partner">>;
}

export const createPartnerShape: Shape = {
  schema: CreatePartnerRequestSchema,
  inlined: "partner",
};

export const getPartnerShape: Shape = {
  schema: GetPartnerRequestSchema,
};

export const listPartnersShape: Shape = {
  schema: ListPartnersRequestSchema,
  omitted: "pageToken",
};

export const updatePartnerShape: Shape = {
  schema: UpdatePartnerRequestSchema,
  inlined: "partner",
  id: "id",
  omitted: "updateMask",
};

export const archivePartnerShape: Shape = {
  schema: ArchivePartnerRequestSchema,
};

export const unarchivePartnerShape: Shape = {
  schema: UnarchivePartnerRequestSchema,
};

/**
 * Makes the methods of the service.
 */
export function partnersOf(stubs: Client<typeof PartnerService>): Partners {
  return {
    create: unary(stubs.createPartner, createPartnerShape),
    get: unary(stubs.getPartner, getPartnerShape),
    list: list(stubs.listPartners, listPartnersShape, "partners"),
    update: unary(stubs.updatePartner, updatePartnerShape),
    archive: unary(stubs.archivePartner, archivePartnerShape),
    unarchive: unary(stubs.unarchivePartner, unarchivePartnerShape),
  };
}
