// The exports that both entries of the package have in common.

export { type CallOptions, Code } from "@connectrpc/connect";
export { isClickId, normaliseClickId } from "./click-id.js";
export type { ClientOptions, S2sClient } from "./client.js";
export { type FieldViolation, S2sError } from "./error.js";
export * from "./gen/s2s/v1/account_pb.js";
export * from "./gen/s2s/v1/api_key_pb.js";
export * from "./gen/s2s/v1/click_pb.js";
export * from "./gen/s2s/v1/conversion_code_pb.js";
export * from "./gen/s2s/v1/conversion_pb.js";
export * from "./gen/s2s/v1/error_reason_pb.js";
export * from "./gen/s2s/v1/money_pb.js";
export * from "./gen/s2s/v1/postback_pb.js";
export * from "./gen/s2s/v1/preset_pb.js";
export * from "./gen/s2s/v1/setup_warning_pb.js";
export * from "./gen/s2s/v1/tracking_link_pb.js";
export { listAll } from "./list.js";
export { MoneyError, moneyFromDecimal, moneyToDecimal } from "./money.js";
export { signPostback } from "./postback.js";
