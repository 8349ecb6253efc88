// Makes request messages from the parameters of methods.
//
// A parameter that is not known or has the wrong type is a `TypeError`: a number must not pass for
// an amount, and a misspelt parameter must not get lost.

import {
  create,
  type DescField,
  type DescMessage,
  isMessage,
  type Message,
  ScalarType,
} from "@bufbuild/protobuf";
import { DurationSchema, TimestampSchema } from "@bufbuild/protobuf/wkt";
import { MoneySchema } from "./gen/s2s/v1/money_pb.js";
import { durationOf, timestampOf } from "./time.js";

export type { DurationInput } from "./time.js";

/** The options of one call. */
export interface CallOptions {
  /**
   * Timeout of the call over all its attempts, in milliseconds. Default: the client's `timeoutMs`.
   * For a list, the timeout is that of each page.
   */
  timeoutMs?: number | undefined;
  /** Cancels the call. A cancelled call may or may not have taken effect. */
  signal?: AbortSignal | undefined;
}

type Keys<U> = U extends unknown ? keyof U : never;

/** One of the alternatives, without the properties of the others. */
export type OneOf<U, All = U> = U extends unknown
  ? U & { [Key in Exclude<Keys<All>, keyof U>]?: undefined }
  : never;

/** A response in which the server always sets some fields. */
export type Present<T, Key extends keyof T> = T & { [P in Key]-?: NonNullable<T[P]> };

/** The parameters of a call, as far as they differ from the fields of its request. */
export interface Shape {
  /** The request. */
  readonly schema: DescMessage;
  /** The field whose message's fields are parameters. */
  readonly inlined?: string;
  /** The id, for an update. All other fields of the resource that are given are changed. */
  readonly id?: string;
  /** The field of the request that is no parameter: an update's mask, or a list's page token. */
  readonly omitted?: string;
  /** The fields that have the parameters of another call, or a list of these. */
  readonly items?: Readonly<Record<string, Shape>>;
}

type Init = Record<string, unknown>;

const SCALARS: Partial<Record<ScalarType, readonly [type: string, isRight: (value: unknown) => boolean]>> = {
  [ScalarType.STRING]: ["a string", (value) => typeof value === "string"],
  [ScalarType.BYTES]: ["a Uint8Array or a string", (value) => value instanceof Uint8Array],
  [ScalarType.BOOL]: ["a boolean", (value) => typeof value === "boolean"],
  [ScalarType.INT32]: ["a whole number", Number.isInteger],
  [ScalarType.INT64]: ["a bigint, such as 10000000n", (value) => typeof value === "bigint"],
};

/** Returns the request that the parameters stand for. */
export function requestOf({ schema, inlined, id, omitted, items }: Shape, params: unknown = {}): Message {
  const inner = inlined === undefined ? undefined : schema.field[inlined];
  const request: Init = {};
  const resource: Init = {};
  const given: string[] = [];
  const changed: string[] = [];
  for (const [name, value] of entriesOf(params, "the parameters")) {
    const own = name === inlined || name === omitted ? undefined : fieldOf(schema, name);
    const field = own ?? fieldOf(inner?.message, name);
    if (field === undefined) {
      throw new TypeError(`there is no parameter ${name}`);
    }
    if (own !== undefined) {
      enter(request, field, value, items);
      continue;
    }
    given.push(name);
    if (id !== undefined && name !== id) {
      changed.push(field.name);
    }
    enter(resource, field, value, undefined);
  }
  if (inner?.message !== undefined && (given.length > 0 || id !== undefined)) {
    const other = inner.oneof && (request[inner.oneof.localName] as { case: string } | undefined);
    if (other !== undefined) {
      throw new TypeError(`${other.case} can't be given together with ${given.join(", ")}`);
    }
    set(request, inner, create(inner.message, resource));
  }
  if (id !== undefined && omitted !== undefined) {
    request[omitted] = { paths: changed };
  }
  return create(schema, request);
}

/** Returns the properties that have a value. `null` stands for the default value. */
function entriesOf(params: unknown, what: string): [string, unknown][] {
  if (typeof params !== "object" || params === null || Array.isArray(params)) {
    throw new TypeError(`${what} must be an object`);
  }
  return Object.entries(params).filter(([, value]) => value !== undefined);
}

function fieldOf(schema: DescMessage | undefined, name: string): DescField | undefined {
  return schema !== undefined && Object.hasOwn(schema.field, name) ? schema.field[name] : undefined;
}

function enter(init: Init, field: DescField, value: unknown, items: Shape["items"]): void {
  const { localName, oneof } = field;
  if (value === null) {
    return;
  }
  const other = oneof && (init[oneof.localName] as { case: string } | undefined);
  if (other !== undefined) {
    throw new TypeError(`${localName} can't be given together with ${other.case}`);
  }
  set(init, field, converted(field, value, items?.[localName]));
}

function set(init: Init, { localName, oneof }: DescField, value: unknown): void {
  init[oneof?.localName ?? localName] = oneof === undefined ? value : { case: localName, value };
}

function converted(field: DescField, value: unknown, item: Shape | undefined): unknown {
  const { localName: name, fieldKind } = field;
  if (fieldKind === "list") {
    if (!Array.isArray(value)) {
      throw new TypeError(`${name} must be an array`);
    }
    return value.map((one, index) => elementOf(field, one, item, `${name}[${index}]`));
  }
  if (fieldKind === "map") {
    const entries = entriesOf(value, name);
    return Object.fromEntries(
      entries.map(([key, one]) => [key, elementOf(field, one, item, `${name}.${key}`)]),
    );
  }
  return elementOf(field, value, item, name);
}

function elementOf(field: DescField, value: unknown, item: Shape | undefined, name: string): unknown {
  const { message, enum: values, scalar } = field;
  if (message !== undefined) {
    return messageOf(message, value, item, name);
  }
  if (values !== undefined) {
    if (!Number.isInteger(value)) {
      throw new TypeError(`${name} must be a value of ${values.name}`);
    }
    return value;
  }
  if (scalar === ScalarType.BYTES && typeof value === "string") {
    return new TextEncoder().encode(value);
  }
  const [type, isRight] = (scalar && SCALARS[scalar]) ?? ["of a known type", () => false];
  if (!isRight(value)) {
    throw new TypeError(`${name} must be ${type}`);
  }
  return value;
}

function messageOf(schema: DescMessage, value: unknown, item: Shape | undefined, name: string): Message {
  if (schema.typeName === MoneySchema.typeName) {
    if (!isMessage(value, MoneySchema) || typeof value.micros !== "bigint") {
      throw new TypeError(`${name} must be an amount of money, such as money("19.99", "EUR")`);
    }
    return value;
  }
  if (isMessage(value, schema)) {
    return value;
  }
  switch (schema.typeName) {
    case TimestampSchema.typeName:
      return timestampOf(value, name);
    case DurationSchema.typeName:
      return durationOf(value, name);
  }
  if (item !== undefined) {
    return requestOf(item, value);
  }
  const [first, ...others] = schema.fields;
  if (first !== undefined && others.length === 0 && Array.isArray(value)) {
    return create(schema, { [first.localName]: converted(first, value, undefined) });
  }
  const init: Init = {};
  // A copy of a message has its type as well, in properties that begin with `$`.
  for (const [key, inner] of entriesOf(value, name).filter(([key]) => !key.startsWith("$"))) {
    const field = fieldOf(schema, key);
    if (field === undefined) {
      throw new TypeError(`${name} has no property ${key}`);
    }
    enter(init, field, inner, undefined);
  }
  return create(schema, init);
}
