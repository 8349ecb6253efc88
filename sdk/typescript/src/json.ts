// Messages as JSON.

import {
  createRegistry,
  type JsonValue,
  type JsonWriteOptions,
  type Message,
  toJson as toJsonOf,
} from "@bufbuild/protobuf";
import { FILES } from "./gen/files.js";
import { file_google_rpc_error_details } from "./gen/google/rpc/error_details_pb.js";

const REGISTRY = createRegistry(...FILES, file_google_rpc_error_details);

/**
 * Returns a message of the SDK as a value for `JSON.stringify`, which by itself can't write the
 * `bigint` in a message.
 *
 * The value has the form of the service's own JSON (protobuf's): 64-bit integers are strings, times
 * are texts such as `2026-01-31T12:00:00Z`, enums are names, and bytes are in base64. Fields with
 * their default value are omitted, unless `alwaysEmitImplicit` is true.
 */
export function toJson(
  message: Message,
  options?: Partial<Pick<JsonWriteOptions, "alwaysEmitImplicit" | "useProtoFieldName">>,
): JsonValue {
  const schema = REGISTRY.getMessage(message.$typeName);
  if (schema === undefined) {
    throw new TypeError(`${message.$typeName} is not a message of this SDK`);
  }
  return toJsonOf(schema, message, { ...options, registry: REGISTRY });
}
