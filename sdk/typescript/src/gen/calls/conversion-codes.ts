import type { CallOptions, DurationInput, Present, Shape } from "../../params.js";
import type { Duration } from "@bufbuild/protobuf/wkt";
import type { ConversionCode, DecimalSeparator, DedupePolicy, TransactionScope, UpdatePolicy } from "../s2s/v1/conversion_code_pb.js";
import type { PostbackAuthenticationInput, ReplySettingInput } from "./inputs.js";
import type { ConversionStatus } from "../s2s/v1/conversion_pb.js";
import type { ArchiveConversionCodeResponse, ConversionCodeService, CreateConversionCodeResponse, GetConversionCodeResponse, GetPostbackUrlResponse, RotatePostbackSecretResponse, TestSetupResponse, UnarchiveConversionCodeResponse, UpdateConversionCodeResponse } from "../s2s/v1/conversion_code_service_pb.js";
import { ArchiveConversionCodeRequestSchema, CreateConversionCodeRequestSchema, GetConversionCodeRequestSchema, GetPostbackUrlRequestSchema, ListConversionCodesRequestSchema, RotatePostbackSecretRequestSchema, TestSetupRequestSchema, UnarchiveConversionCodeRequestSchema, UpdateConversionCodeRequestSchema } from "../s2s/v1/conversion_code_service_pb.js";
import type { Client } from "@connectrpc/connect";
import { list, unary } from "../../methods.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The parameters of `conversionCodes.create`.
 */
export interface CreateConversionCodeParams {
  /**
   * Name for people, 1 to 100 characters. Example: `Sale`.
   */
  name: string;
  /**
   * ISO 4217 code for amounts that come without a currency. Default: `USD`.
   */
  defaultCurrency?: string | undefined;
  /**
   * Time after its click within which a conversion still counts: 1 second to
   * 400 days, whole seconds. Default: 30 days.
   */
  attributionWindow?: DurationInput | Duration | undefined;
  /**
   * Rule for conversions that are sent without a transaction id. Default:
   * `DEDUPE_POLICY_ONE_PER_CLICK`. After a change, such a conversion that was
   * recorded under the former rule counts again if it is sent again.
   */
  dedupePolicy?: DedupePolicy | undefined;
  /**
   * Form of the answer to postbacks. Default: `REPLY_MODE_BY_VERDICT`, or, if the
   * code is created with a preset that has a `reply`, that form.
   */
  reply?: ReplySettingInput | undefined;
  /**
   * Id of the preset of the network that calls the code's postback URL; its
   * status words are understood. Example: `everflow`.
   */
  presetId?: string | undefined;
  /**
   * Checks of a postback's sender. Default: none, so that anyone who knows the
   * postback URL can report a conversion of a genuine click.
   */
  postbackAuthentication?: PostbackAuthenticationInput | undefined;
  /**
   * Status of conversions that are sent without one. Default:
   * `CONVERSION_STATUS_APPROVED`, with which the commission is owed at once.
   */
  defaultStatus?: ConversionStatus | undefined;
  /**
   * Separator of the decimals in the amounts of postbacks. It settles amounts
   * that can be read in two ways, such as `1.500` and `1,500`, and no others.
   * Default: `DECIMAL_SEPARATOR_AUTO`, or, if the code is created with a preset,
   * `DECIMAL_SEPARATOR_POINT`.
   */
  decimalSeparator?: DecimalSeparator | undefined;
  /**
   * What a later postback of a recorded conversion may change. Default:
   * `UPDATE_POLICY_STATUS`. A code that was created before there were updates has
   * `UPDATE_POLICY_NONE`.
   */
  updatePolicy?: UpdatePolicy | undefined;
  /**
   * The conversions among which an order id counts once. Default:
   * `TRANSACTION_SCOPE_PER_CLICK`.
   */
  transactionScope?: TransactionScope | undefined;
  /**
   * Makes the call safe to repeat: the same request with the same request id
   * returns the code that the first call created. Another request with this id
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
 * The parameters of `conversionCodes.get`.
 */
export interface GetConversionCodeParams {
  /**
   * Id of the code, 32 hexadecimal digits.
   */
  conversionCodeId: string;
}

/**
 * The parameters of `conversionCodes.list`.
 */
export interface ListConversionCodesParams {
  /**
   * Maximum number of codes to return, 1 to 1,000. 0 means 50; larger values
   * are read as 1,000. A page has at most 3 MiB, so it may have fewer.
   */
  pageSize?: number | undefined;
  /**
   * If true, archived codes are listed as well.
   */
  showArchived?: boolean | undefined;
}

/**
 * The parameters of `conversionCodes.update`.
 */
export interface UpdateConversionCodeParams {
  /**
   * Id of the code: 32 upper-case hexadecimal digits, as in the postback URL.
   * Example: `6B1F0A3C9D5E4F7081A2B3C4D5E6F708`.
   */
  id: string;
  /**
   * Name for people, 1 to 100 characters. Example: `Sale`.
   */
  name?: string | undefined;
  /**
   * ISO 4217 code for amounts that come without a currency. Default: `USD`.
   */
  defaultCurrency?: string | undefined;
  /**
   * Time after its click within which a conversion still counts: 1 second to
   * 400 days, whole seconds. Default: 30 days.
   */
  attributionWindow?: DurationInput | Duration | null | undefined;
  /**
   * Rule for conversions that are sent without a transaction id. Default:
   * `DEDUPE_POLICY_ONE_PER_CLICK`. After a change, such a conversion that was
   * recorded under the former rule counts again if it is sent again.
   */
  dedupePolicy?: DedupePolicy | undefined;
  /**
   * Form of the answer to postbacks. Default: `REPLY_MODE_BY_VERDICT`, or, if the
   * code is created with a preset that has a `reply`, that form.
   */
  reply?: ReplySettingInput | null | undefined;
  /**
   * Id of the preset of the network that calls the code's postback URL; its
   * status words are understood. Example: `everflow`.
   */
  presetId?: string | undefined;
  /**
   * Checks of a postback's sender. Default: none, so that anyone who knows the
   * postback URL can report a conversion of a genuine click.
   */
  postbackAuthentication?: PostbackAuthenticationInput | null | undefined;
  /**
   * Status of conversions that are sent without one. Default:
   * `CONVERSION_STATUS_APPROVED`, with which the commission is owed at once.
   */
  defaultStatus?: ConversionStatus | undefined;
  /**
   * Separator of the decimals in the amounts of postbacks. It settles amounts
   * that can be read in two ways, such as `1.500` and `1,500`, and no others.
   * Default: `DECIMAL_SEPARATOR_AUTO`, or, if the code is created with a preset,
   * `DECIMAL_SEPARATOR_POINT`.
   */
  decimalSeparator?: DecimalSeparator | undefined;
  /**
   * What a later postback of a recorded conversion may change. Default:
   * `UPDATE_POLICY_STATUS`. A code that was created before there were updates has
   * `UPDATE_POLICY_NONE`.
   */
  updatePolicy?: UpdatePolicy | undefined;
  /**
   * The conversions among which an order id counts once. Default:
   * `TRANSACTION_SCOPE_PER_CLICK`.
   */
  transactionScope?: TransactionScope | undefined;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `conversionCodes.archive`.
 */
export interface ArchiveConversionCodeParams {
  /**
   * Id of the code, 32 hexadecimal digits.
   */
  conversionCodeId: string;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `conversionCodes.unarchive`.
 */
export interface UnarchiveConversionCodeParams {
  /**
   * Id of the code, 32 hexadecimal digits.
   */
  conversionCodeId: string;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `conversionCodes.rotatePostbackSecret`.
 */
export interface RotatePostbackSecretParams {
  /**
   * Id of the code, 32 hexadecimal digits.
   */
  conversionCodeId: string;
  /**
   * Time for which the present secret stays valid: 0 seconds to 30 days, whole
   * seconds. 0 ends it at once, for a secret that has leaked. Default: 24
   * hours.
   */
  overlap?: DurationInput | Duration | undefined;
  /**
   * Makes the call safe to repeat: a call with the request id of the last
   * rotation returns the secret that was made then. 1 to 64 bytes. Example: a
   * UUID.
   */
  requestId?: string | undefined;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written; the answer has no secret.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `conversionCodes.getPostbackUrl`.
 */
export interface GetPostbackUrlParams {
  /**
   * Id of the code, 32 hexadecimal digits.
   */
  conversionCodeId: string;
  /**
   * Id of the preset of the network that is to call the URL. Empty: the code's
   * preset, if it has one. Example: `everflow`.
   */
  presetId?: string | undefined;
}

/**
 * The parameters of `conversionCodes.testSetup`.
 */
export interface TestSetupParams {
  /**
   * Id of the code to test, 32 hexadecimal digits.
   */
  conversionCodeId: string;
  /**
   * Id of the tracking link to test. Empty: the newest active link that has the
   * code.
   */
  trackingLinkId?: string | undefined;
}

/**
 * Manages conversion codes: one for each kind of conversion that a merchant
 * reports.
 */
export interface ConversionCodes {
  /**
   * Creates a conversion code.
   */
  create(params: CreateConversionCodeParams, options?: CallOptions): Promise<Present<CreateConversionCodeResponse, "conversionCode">>;

  /**
   * Returns one conversion code.
   */
  get(params: GetConversionCodeParams, options?: CallOptions): Promise<Present<GetConversionCodeResponse, "conversionCode">>;

  /**
   * Lists the account's conversion codes, newest first.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  list(params?: ListConversionCodesParams, options?: CallOptions): AsyncGenerator<ConversionCode, void, undefined>;

  /**
   * Changes the fields that are given.
   *
   * A field that is given can have its default value. `null` clears a field that is an object.
   */
  update(params: UpdateConversionCodeParams, options?: CallOptions): Promise<Present<UpdateConversionCodeResponse, "conversionCode">>;

  /**
   * Archives a conversion code. The code stays readable. Postbacks that name it
   * and arrive later are held; a postback that repeats a recorded sale is still
   * a duplicate. Archiving an archived code changes nothing.
   */
  archive(params: ArchiveConversionCodeParams, options?: CallOptions): Promise<Present<ArchiveConversionCodeResponse, "conversionCode">>;

  /**
   * Makes an archived conversion code active again. Postbacks that were held
   * meanwhile can be replayed. Unarchiving an active code changes nothing.
   */
  unarchive(params: UnarchiveConversionCodeParams, options?: CallOptions): Promise<Present<UnarchiveConversionCodeResponse, "conversionCode">>;

  /**
   * Makes a new secret for the code's postbacks, and returns it; no other call
   * returns it. The previous secret stays valid for a while, so that senders can
   * be changed one by one. Any older secret ends at once.
   */
  rotatePostbackSecret(params: RotatePostbackSecretParams, options?: CallOptions): Promise<Present<RotatePostbackSecretResponse, "conversionCode">>;

  /**
   * Renders the postback URL for the merchant to paste.
   */
  getPostbackUrl(params: GetPostbackUrlParams, options?: CallOptions): Promise<GetPostbackUrlResponse>;

  /**
   * Simulates a complete conversion for a code, and reports the outcome of each
   * step: a click on one of its tracking links, the redirect to the merchant,
   * and the call of the postback URL with its macros filled in. Records nothing.
   */
  testSetup(params: TestSetupParams, options?: CallOptions): Promise<TestSetupResponse>;
}

export const createConversionCodeShape: Shape = {
  schema: CreateConversionCodeRequestSchema,
  inlined: "conversionCode",
};

export const getConversionCodeShape: Shape = {
  schema: GetConversionCodeRequestSchema,
};

export const listConversionCodesShape: Shape = {
  schema: ListConversionCodesRequestSchema,
  omitted: "pageToken",
};

export const updateConversionCodeShape: Shape = {
  schema: UpdateConversionCodeRequestSchema,
  inlined: "conversionCode",
  id: "id",
  omitted: "updateMask",
};

export const archiveConversionCodeShape: Shape = {
  schema: ArchiveConversionCodeRequestSchema,
};

export const unarchiveConversionCodeShape: Shape = {
  schema: UnarchiveConversionCodeRequestSchema,
};

export const rotatePostbackSecretShape: Shape = {
  schema: RotatePostbackSecretRequestSchema,
};

export const getPostbackUrlShape: Shape = {
  schema: GetPostbackUrlRequestSchema,
};

export const testSetupShape: Shape = {
  schema: TestSetupRequestSchema,
};

/**
 * Makes the methods of the service.
 */
export function conversionCodesOf(stubs: Client<typeof ConversionCodeService>): ConversionCodes {
  return {
    create: unary(stubs.createConversionCode, createConversionCodeShape),
    get: unary(stubs.getConversionCode, getConversionCodeShape),
    list: list(stubs.listConversionCodes, listConversionCodesShape, "conversionCodes"),
    update: unary(stubs.updateConversionCode, updateConversionCodeShape),
    archive: unary(stubs.archiveConversionCode, archiveConversionCodeShape),
    unarchive: unary(stubs.unarchiveConversionCode, unarchiveConversionCodeShape),
    rotatePostbackSecret: unary(stubs.rotatePostbackSecret, rotatePostbackSecretShape),
    getPostbackUrl: unary(stubs.getPostbackUrl, getPostbackUrlShape),
    testSetup: unary(stubs.testSetup, testSetupShape),
  };
}
