import type { CallOptions, Present, Shape } from "../../params.js";
import type { AccountService, CreateAccountResponse, GetAccountResponse, UpdateAccountResponse } from "../s2s/v1/account_service_pb.js";
import { CreateAccountRequestSchema, GetAccountRequestSchema, ListAccountsRequestSchema, UpdateAccountRequestSchema } from "../s2s/v1/account_service_pb.js";
import type { Account } from "../s2s/v1/account_pb.js";
import type { Client } from "@connectrpc/connect";
import { list, unary } from "../../methods.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The parameters of `accounts.create`.
 */
export interface CreateAccountParams {
  /**
   * Name for people, 1 to 100 characters. Example: `Shop Ltd`.
   */
  name: string;
  /**
   * Makes the call safe to repeat: the same request with the same request id
   * returns the account that the first call created. Another request with this id
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
 * The parameters of `accounts.get`.
 */
export interface GetAccountParams {
  /**
   * Id of the account, `acct_…`. Empty: the account of the calling key.
   */
  accountId?: string | undefined;
}

/**
 * The parameters of `accounts.list`.
 */
export interface ListAccountsParams {
  /**
   * Maximum number of accounts to return, 1 to 1,000. 0 means 50; larger values
   * are read as 1,000. A page has at most 3 MiB, so it may have fewer.
   */
  pageSize?: number | undefined;
}

/**
 * The parameters of `accounts.update`.
 */
export interface UpdateAccountParams {
  /**
   * Id of the account: `acct_` and 26 characters. The installation's own
   * account exists from the start as `acct_00000000000000000000000004`.
   */
  id: string;
  /**
   * Name for people, 1 to 100 characters. Example: `Shop Ltd`.
   */
  name?: string | undefined;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * Manages the accounts of an installation. The resources of one account do not
 * exist for another.
 */
export interface Accounts {
  /**
   * Creates an account. Needs the scope `admin`.
   */
  create(params: CreateAccountParams, options?: CallOptions): Promise<Present<CreateAccountResponse, "account">>;

  /**
   * Returns one account. Any key may read its own account; any other account
   * needs the scope `admin`.
   */
  get(params?: GetAccountParams, options?: CallOptions): Promise<Present<GetAccountResponse, "account">>;

  /**
   * Lists all accounts, newest first. Needs the scope `admin`.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  list(params?: ListAccountsParams, options?: CallOptions): AsyncGenerator<Account, void, undefined>;

  /**
   * Changes the fields that are given. Needs the scope `admin`.
   *
   * A field that is given can have its default value. `null` clears a field that is an object.
   */
  update(params: UpdateAccountParams, options?: CallOptions): Promise<Present<UpdateAccountResponse, "account">>;
}

export const createAccountShape: Shape = {
  schema: CreateAccountRequestSchema,
  inlined: "account",
};

export const getAccountShape: Shape = {
  schema: GetAccountRequestSchema,
};

export const listAccountsShape: Shape = {
  schema: ListAccountsRequestSchema,
  omitted: "pageToken",
};

export const updateAccountShape: Shape = {
  schema: UpdateAccountRequestSchema,
  inlined: "account",
  id: "id",
  omitted: "updateMask",
};

/**
 * Makes the methods of the service.
 */
export function accountsOf(stubs: Client<typeof AccountService>): Accounts {
  return {
    create: unary(stubs.createAccount, createAccountShape),
    get: unary(stubs.getAccount, getAccountShape),
    list: list(stubs.listAccounts, listAccountsShape, "accounts"),
    update: unary(stubs.updateAccount, updateAccountShape),
  };
}
