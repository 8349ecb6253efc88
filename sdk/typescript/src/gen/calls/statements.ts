import type { Timestamp } from "@bufbuild/protobuf/wkt";
import type { NewStatementRowInput } from "./inputs.js";
import type { Statement, StatementAction, StatementResult, StatementRow } from "../s2s/v1/statement_pb.js";
import type { CallOptions, Present, Shape } from "../../params.js";
import type { AddStatementRowsResponse, CompareStatementResponse, CreateStatementResponse, DeleteStatementResponse, GetStatementResponse, ResolveStatementRowsResponse, StatementService } from "../s2s/v1/statement_service_pb.js";
import { AddStatementRowsRequestSchema, CompareStatementRequestSchema, CreateStatementRequestSchema, DeleteStatementRequestSchema, GetStatementRequestSchema, ListStatementRowsRequestSchema, ListStatementsRequestSchema, ResolveStatementRowsRequestSchema } from "../s2s/v1/statement_service_pb.js";
import type { Client } from "@connectrpc/connect";
import { list, unary } from "../../methods.js";

// Generated from the schema by generate/protoc-gen-s2s.ts. Do not edit.

/**
 * The parameters of `statements.create`.
 */
export interface CreateStatementParams {
  /**
   * Conversion code for which the network's sales count.
   */
  conversionCodeId: string;
  /**
   * Name for people, such as that of the file, 1 to 100 characters.
   */
  name: string;
  /**
   * SHA-256 of the file, 64 hexadecimal digits: the same file for the same code,
   * period and time zone is the same statement.
   */
  fileSha256: string;
  /**
   * Beginning of the period. The statement is compared with the conversions that
   * were recorded from then on.
   */
  startTime: Date | Timestamp;
  /**
   * End of the period; exclusive.
   */
  endTime: Date | Timestamp;
  /**
   * Time zone of the network's times, for people, 1 to 64 bytes. Example:
   * `Europe/Berlin`.
   */
  timeZone: string;
  /**
   * If true, the request is checked and answered as if real, but nothing is
   * written.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `statements.addStatementRows`.
 */
export interface AddStatementRowsParams {
  /**
   * Id of the statement, `statement_…`.
   */
  statementId: string;
  /**
   * Number of the first row: 1, or one more than were added before. Rows are
   * numbered by their place in the file.
   */
  firstNumber: bigint;
  /**
   * 1 to 1,000 rows. A row that can't be read refuses them all.
   */
  rows: ReadonlyArray<NewStatementRowInput>;
}

/**
 * The parameters of `statements.compare`.
 */
export interface CompareStatementParams {
  /**
   * Id of the statement, `statement_…`.
   */
  statementId: string;
}

/**
 * The parameters of `statements.get`.
 */
export interface GetStatementParams {
  /**
   * Id of the statement, `statement_…`.
   */
  statementId: string;
}

/**
 * The parameters of `statements.list`.
 */
export interface ListStatementsParams {
  /**
   * Maximum number of statements to return, 1 to 1,000. 0 means 50; larger values
   * are read as 1,000. A page has at most 3 MiB, so it may have fewer.
   */
  pageSize?: number | undefined;
}

/**
 * The parameters of `statements.listStatementRows`.
 */
export interface ListStatementRowsParams {
  /**
   * Id of the statement, `statement_…`.
   */
  statementId: string;
  /**
   * Maximum number of rows to return, 1 to 1,000. 0 means 50; larger values are
   * read as 1,000. A page has at most 3 MiB, so it may have fewer.
   */
  pageSize?: number | undefined;
  /**
   * Only rows with this result.
   */
  result?: StatementResult | undefined;
  /**
   * Only differences about which nothing was done.
   */
  open?: boolean | undefined;
}

/**
 * The parameters of `statements.resolveStatementRows`.
 */
export interface ResolveStatementRowsParams {
  /**
   * Id of the statement, `statement_…`.
   */
  statementId: string;
  /**
   * Numbers of 1 to 100 rows.
   */
  numbers: ReadonlyArray<bigint>;
  /**
   * What to do.
   */
  action: StatementAction;
  /**
   * Note for people, at most 1,000 bytes; mandatory if the action is
   * `STATEMENT_ACTION_NOTE`. An adjustment gets it as its remark, of which it
   * keeps 500 bytes.
   */
  note?: string | undefined;
  /**
   * If true, each row is checked and answered, but nothing is written: the rows
   * are returned as they are now.
   */
  validateOnly?: boolean | undefined;
}

/**
 * The parameters of `statements.delete`.
 */
export interface DeleteStatementParams {
  /**
   * Id of the statement, `statement_…`.
   */
  statementId: string;
  /**
   * If true, the request is checked, but nothing is deleted.
   */
  validateOnly?: boolean | undefined;
}

/**
 * Compares the statements of networks with our conversions, row by row.
 */
export interface Statements {
  /**
   * Creates a statement. The same file, code, period and time zone again return
   * the statement that is there.
   */
  create(params: CreateStatementParams, options?: CallOptions): Promise<Present<CreateStatementResponse, "statement">>;

  /**
   * Adds rows of the network to an open statement, and compares them with our
   * conversions. Rows that were added before are not added again.
   */
  addStatementRows(params: AddStatementRowsParams, options?: CallOptions): Promise<Present<AddStatementRowsResponse, "statement">>;

  /**
   * Ends the adding of rows, and adds our conversions that the network does not
   * state. Each call compares some of them; call again until the statement is
   * complete.
   */
  compare(params: CompareStatementParams, options?: CallOptions): Promise<Present<CompareStatementResponse, "statement">>;

  /**
   * Returns one statement with its totals.
   */
  get(params: GetStatementParams, options?: CallOptions): Promise<Present<GetStatementResponse, "statement">>;

  /**
   * Lists statements, newest first.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  list(params?: ListStatementsParams, options?: CallOptions): AsyncGenerator<Statement, void, undefined>;

  /**
   * Lists the rows of a statement, in their order.
   *
   * The result iterates over all pages. Each page is fetched when it is reached.
   */
  listStatementRows(params: ListStatementRowsParams, options?: CallOptions): AsyncGenerator<StatementRow, void, undefined>;

  /**
   * Does something about rows, one after the other, and compares each again. The
   * same action again changes nothing twice.
   */
  resolveStatementRows(params: ResolveStatementRowsParams, options?: CallOptions): Promise<ResolveStatementRowsResponse>;

  /**
   * Deletes a statement with its rows, but no conversion and no adjustment. Then
   * the file can be compared anew.
   */
  delete(params: DeleteStatementParams, options?: CallOptions): Promise<Present<DeleteStatementResponse, "statement">>;
}

export const createStatementShape: Shape = {
  schema: CreateStatementRequestSchema,
  inlined: "statement",
};

export const addStatementRowsShape: Shape = {
  schema: AddStatementRowsRequestSchema,
};

export const compareStatementShape: Shape = {
  schema: CompareStatementRequestSchema,
};

export const getStatementShape: Shape = {
  schema: GetStatementRequestSchema,
};

export const listStatementsShape: Shape = {
  schema: ListStatementsRequestSchema,
  omitted: "pageToken",
};

export const listStatementRowsShape: Shape = {
  schema: ListStatementRowsRequestSchema,
  omitted: "pageToken",
};

export const resolveStatementRowsShape: Shape = {
  schema: ResolveStatementRowsRequestSchema,
};

export const deleteStatementShape: Shape = {
  schema: DeleteStatementRequestSchema,
};

/**
 * Makes the methods of the service.
 */
export function statementsOf(stubs: Client<typeof StatementService>): Statements {
  return {
    create: unary(stubs.createStatement, createStatementShape),
    addStatementRows: unary(stubs.addStatementRows, addStatementRowsShape),
    compare: unary(stubs.compareStatement, compareStatementShape),
    get: unary(stubs.getStatement, getStatementShape),
    list: list(stubs.listStatements, listStatementsShape, "statements"),
    listStatementRows: list(stubs.listStatementRows, listStatementRowsShape, "rows"),
    resolveStatementRows: unary(stubs.resolveStatementRows, resolveStatementRowsShape),
    delete: unary(stubs.deleteStatement, deleteStatementShape),
  };
}
