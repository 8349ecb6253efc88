import type { ApiKey, ApiKeyScope } from "../s2s/v1/api_key_pb.js";
import type { Duration, Timestamp } from "@bufbuild/protobuf/wkt";
import type { CallOptions, DurationInput, Present, Shape } from "../../params.js";
import type { ApiKeyService, CreateApiKeyResponse, GetApiKeyResponse, RevokeApiKeyResponse, RotateApiKeyResponse } from "../s2s/v1/api_key_service_pb.js";
import { CreateApiKeyRequestSchema, GetApiKeyRequestSchema, ListApiKeysRequestSchema, RevokeApiKeyRequestSchema, RotateApiKeyRequestSchema } from "../s2s/v1/api_key_service_pb.js";
import type { Client } from "@connectrpc/connect";
import { list, unary } from "../../methods.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The parameters of `apiKeys.create`.
 */
export interface CreateApiKeyParams {
  /**
   * Id of the account that the key acts for, `acct_…`. Default: the caller's.
   * Only a key with the scope `admin` may name another account.
   */
  accountId?: string | undefined;
  /**
   * Name for people, 1 to 100 characters. Example: `web shop`.
   */
  name: string;
  /**
   * Scopes of the key: at least one, none twice. `API_KEY_SCOPE_EDGE` and
   * `API_KEY_SCOPE_PARTNER` can't be combined with other scopes.
   * `API_KEY_SCOPE_EDGE` and `API_KEY_SCOPE_ADMIN` are for keys of the
   * installation's own account, and only a key with the scope `admin` may grant
   * them.
   */
  scopes: ReadonlyArray<ApiKeyScope>;
  /**
   * Time at which the key expires; must be in the future. Not set: never.
   */
  expireTime?: Date | Timestamp | undefined;
  /**
   * Id of the partner that the key belongs to, `partner_…`. Mandatory for a key
   * with the scope `partner`; otherwise it must be empty.
   */
  partnerId?: string | undefined;
  /**
   * Makes the call safe to repeat: the same request with the same request id
   * returns the key that the first call created, but not its text. Another
   * request with this id is refused. 1 to 64 bytes. Example: a UUID.
   */
  requestId?: string | undefined;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `apiKeys.get`.
 */
export interface GetApiKeyParams {
  /**
   * Id of the key, `key_…`.
   */
  apiKeyId: string;
}

/**
 * The parameters of `apiKeys.list`.
 */
export interface ListApiKeysParams {
  /**
   * Maximum number of keys to return, 1 to 1,000. 0 means 50; larger values are
   * read as 1,000. A page has at most 3 MiB, so it may have fewer.
   */
  pageSize?: number | undefined;
  /**
   * Id of the account whose keys are listed, `acct_…`. Empty: the caller's.
   */
  accountId?: string | undefined;
  /**
   * If true, revoked keys are listed as well.
   */
  showRevoked?: boolean | undefined;
}

/**
 * The parameters of `apiKeys.rotate`.
 */
export interface RotateApiKeyParams {
  /**
   * Id of the key, `key_…`. A revoked or expired key can't be rotated.
   */
  apiKeyId: string;
  /**
   * Time for which the former texts stay valid: 0 to 30 days, whole seconds. A
   * text that ends sooner is not prolonged. Not set: 24 hours.
   */
  overlap?: DurationInput | Duration | undefined;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `apiKeys.revoke`.
 */
export interface RevokeApiKeyParams {
  /**
   * Id of the key, `key_…`.
   */
  apiKeyId: string;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * Manages API keys. A caller sends the text of its key with every call, as
 * `authorization: Bearer` and the text. A key acts for one account and may do
 * only what its scopes allow.
 *
 * A key with the scope `admin` manages the keys of all accounts. Any other key
 * manages only keys of its own account, and only those whose scopes it has
 * itself, so that no caller can gain more access than it was given.
 */
export interface ApiKeys {
  /**
   * Creates an API key and returns its text. The text is not stored and can't
   * be retrieved again. Needs the scope `write` or `admin`.
   */
  create(params: CreateApiKeyParams, options?: CallOptions): Promise<Present<CreateApiKeyResponse, "apiKey">>;

  /**
   * Returns one API key, without its text. Needs the scope `read` or `admin`.
   */
  get(params: GetApiKeyParams, options?: CallOptions): Promise<Present<GetApiKeyResponse, "apiKey">>;

  /**
   * Lists an account's API keys, newest first. Needs the scope `read` or
   * `admin`.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  list(params?: ListApiKeysParams, options?: CallOptions): AsyncGenerator<ApiKey, void, undefined>;

  /**
   * Gives an API key a new text. The former texts stay valid for an overlap, so
   * that callers can be changed one by one. If the answer is lost, rotate again
   * with the same overlap: every former text then stays valid for as long as the
   * lost answer promised.
   * Needs the scope `write` or `admin`.
   */
  rotate(params: RotateApiKeyParams, options?: CallOptions): Promise<Present<RotateApiKeyResponse, "apiKey">>;

  /**
   * Revokes an API key permanently, within a second on every server. Revoking a
   * revoked key changes nothing. Needs the scope `write` or `admin`.
   */
  revoke(params: RevokeApiKeyParams, options?: CallOptions): Promise<Present<RevokeApiKeyResponse, "apiKey">>;
}

export const createApiKeyShape: Shape = {
  schema: CreateApiKeyRequestSchema,
  inlined: "apiKey",
};

export const getApiKeyShape: Shape = {
  schema: GetApiKeyRequestSchema,
};

export const listApiKeysShape: Shape = {
  schema: ListApiKeysRequestSchema,
  omitted: "pageToken",
};

export const rotateApiKeyShape: Shape = {
  schema: RotateApiKeyRequestSchema,
};

export const revokeApiKeyShape: Shape = {
  schema: RevokeApiKeyRequestSchema,
};

/**
 * Makes the methods of the service.
 */
export function apiKeysOf(stubs: Client<typeof ApiKeyService>): ApiKeys {
  return {
    create: unary(stubs.createApiKey, createApiKeyShape),
    get: unary(stubs.getApiKey, getApiKeyShape),
    list: list(stubs.listApiKeys, listApiKeysShape, "apiKeys"),
    rotate: unary(stubs.rotateApiKey, rotateApiKeyShape),
    revoke: unary(stubs.revokeApiKey, revokeApiKeyShape),
  };
}
