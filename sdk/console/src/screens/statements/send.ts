// Sends a file's rows, and has them compared.

import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import type { CreateStatementParams } from "@s2s/sdk/gen/calls/statements";
import { StatementState } from "@s2s/sdk/gen/s2s/v1/statement_pb";
import { api } from "../../lib/api.ts";
import type { FileRow } from "../../lib/mapping.ts";

const PORTION = 500;

/**
 * Creates the statement, adds the rows that it does not have yet, and compares until it is complete. The same
 * file again goes on where it was. Returns the id of the statement.
 */
export async function sendStatement(
  params: CreateStatementParams,
  rows: readonly FileRow[],
  onprogress: (sent: number) => void,
): Promise<string> {
  const { statement } = await api.statements.create(params);
  let { state } = statement;
  if (state === StatementState.OPEN) {
    for (let at = Number(statement.rowCount); at < rows.length; at += PORTION) {
      const portion = rows.slice(at, at + PORTION);
      await api.stubs.statements.addStatementRows({
        statementId: statement.id,
        firstNumber: BigInt(at + 1),
        rows: portion.map(({ time, value, commission, ...row }) => ({
          ...row,
          ...(value && { value }),
          ...(commission && { commission }),
          ...(time && { time: timestampFromDate(time) }),
        })),
      });
      onprogress(at + portion.length);
    }
  }
  while (state !== StatementState.COMPLETE) {
    state = (await api.statements.compare({ statementId: statement.id })).statement.state;
  }
  return statement.id;
}
