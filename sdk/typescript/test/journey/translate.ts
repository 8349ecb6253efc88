// Translates the requests of a journey into the parameters of methods, by the rules of the layer.

import {
  type DescField,
  type DescMessage,
  type DescMethod,
  isFieldSet,
  type Message,
} from "@bufbuild/protobuf";
import { type Duration, type FieldMask, type Timestamp, timestampDate } from "@bufbuild/protobuf/wkt";
import { expect } from "./match.js";

export type Method = (params: object, options: object) => Promise<Message> | AsyncGenerator<Message>;

/** Returns the method of a client that stands for a call. */
export function methodOf(client: object, { parent, name }: DescMethod): Method {
  const noun = parent.name.replace(/Service$/, "");
  const member = (client as Record<string, Record<string, Method>>)[lowerFirst(`${noun}s`)];
  const short = name.replace(new RegExp(`(?<=.)${noun}s?$`), "");
  const method = member?.[lowerFirst(short)];
  expect(method, `${lowerFirst(noun)}s.${lowerFirst(short)} is a method`);
  return method;
}

/** Returns the parameters that stand for a request. */
export function paramsOf(schema: DescMessage, request: Message): object {
  const params: Record<string, unknown> = {};
  // Without a mask, an update changes nothing.
  const isUpdate = schema.field["updateMask"] !== undefined;
  const changed = (request as { updateMask?: FieldMask }).updateMask?.paths ?? [];
  for (const field of schema.fields.filter((field) => isFieldSet(request, field))) {
    const value = fieldValue(request, field);
    if (field.message && isInlined(schema, field)) {
      const isGiven = (inner: DescField) =>
        isUpdate ? ["id", ...changed].includes(inner.name) : isFieldSet(value as Message, inner);
      for (const inner of field.message.fields.filter(isGiven)) {
        params[inner.localName] = paramOf(inner, fieldValue(value as Message, inner));
      }
    } else if (field.localName !== "updateMask") {
      params[field.localName] = paramOf(field, value);
    }
  }
  return params;
}

function isInlined({ name }: DescMessage, { fieldKind, message }: DescField): boolean {
  const isOwn = new RegExp(`^(Create|Update)${message?.name}Request$`).test(name);
  return fieldKind === "message" && (isOwn || /^New|Filter$/.test(message?.name ?? ""));
}

function fieldValue(message: Message, { localName, oneof }: DescField): unknown {
  const values = message as unknown as Record<string, unknown>;
  if (oneof === undefined) {
    return values[localName];
  }
  const chosen = values[oneof.localName] as { case?: string; value?: unknown };
  return chosen.case === localName ? chosen.value : undefined;
}

function paramOf({ message }: DescField, value: unknown): unknown {
  if (message === undefined || value === undefined) {
    return value;
  }
  const one = (value: unknown): unknown => {
    switch (message.typeName) {
      case "google.protobuf.Timestamp":
        return timestampDate(value as Timestamp);
      case "google.protobuf.Duration":
        return { seconds: Number((value as Duration).seconds) };
      case "s2s.v1.PostbackIds":
        return (value as unknown as { ids: string[] }).ids;
      default:
        return message.name.endsWith("Request") ? paramsOf(message, value as Message) : value;
    }
  };
  return Array.isArray(value) ? value.map(one) : one(value);
}

function lowerFirst(name: string): string {
  return name.charAt(0).toLowerCase() + name.slice(1);
}
