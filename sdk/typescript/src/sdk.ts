// The exports that both entries of the package have in common.

export { Code } from "@connectrpc/connect";
export type { RetryInfo } from "./calls.js";
export { isClickId, normaliseClickId } from "./click-id.js";
export type { ClientOptions, S2sClient } from "./client.js";
export { type FieldViolation, S2sError } from "./error.js";
export * from "./gen/index.js";
export { toJson } from "./json.js";
export { formatMoney, MoneyError, money, moneyToDecimal } from "./money.js";
export type { CallOptions } from "./params.js";
export { signPostback, verifyPostback } from "./postback.js";
export { type DurationInput, toDate } from "./time.js";
