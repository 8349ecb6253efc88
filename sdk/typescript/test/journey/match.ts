// Compares the results of a journey with its expectations.

import type { JsonValue } from "@bufbuild/protobuf";
import { Code } from "../../src/sdk.js";

export function expect(condition: unknown, what: string): asserts condition {
  if (!condition) {
    throw new Error(`expected: ${what}`);
  }
}

/**
 * Compares a value with a pattern: objects by the pattern's keys, arrays in full length and order,
 * and other values exactly. A text `~…~` is a regular expression for the whole value.
 */
export function match(actual: unknown, pattern: unknown, path: string): void {
  const differs = `${path}: ${JSON.stringify(pattern)}, not ${JSON.stringify(actual)}`;
  if (Array.isArray(pattern)) {
    expect(Array.isArray(actual) && actual.length === pattern.length, differs);
    for (const [index, item] of pattern.entries()) {
      match(actual[index], item, `${path}.${index}`);
    }
  } else if (typeof pattern === "object" && pattern !== null) {
    expect(typeof actual === "object" && actual !== null && !Array.isArray(actual), differs);
    for (const [key, item] of Object.entries(pattern)) {
      match((actual as Record<string, unknown>)[key], item, `${path}.${key}`);
    }
  } else if (typeof pattern === "string" && /^~.*~$/s.test(pattern)) {
    expect(typeof actual === "string" && new RegExp(`^(?:${pattern.slice(1, -1)})$`).test(actual), differs);
  } else {
    expect(actual === pattern, differs);
  }
}

/** Returns the value at a dotted path, with array items by number. */
export function valueAt(json: JsonValue, path: string): JsonValue {
  let value: JsonValue | undefined = json;
  for (const part of path.split(".")) {
    value = (value as Record<string, JsonValue> | undefined)?.[part];
  }
  expect(value !== undefined, `${path} is there`);
  return value;
}

/**
 * Returns gRPC's name for a code: `AlreadyExists` is `ALREADY_EXISTS`, and "cancelled" has two l.
 */
export function codeName(code: Code): string {
  const name = Code[code].replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
  return name === "CANCELED" ? "CANCELLED" : name;
}
