// Times and durations: between the messages of the schema and the habits of JavaScript.

import { create } from "@bufbuild/protobuf";
import {
  type Duration,
  DurationSchema,
  type Timestamp,
  timestampDate,
  timestampFromDate,
} from "@bufbuild/protobuf/wkt";

const SECONDS = { days: 86_400, hours: 3_600, minutes: 60, seconds: 1 };

/** A duration, such as `{ days: 7 }`. Its parts are whole numbers, and are added up. */
export type DurationInput = { readonly [Unit in keyof typeof SECONDS]?: number | undefined };

/** Returns a time as a `Date`, without its digits beyond milliseconds. */
export function toDate(time: Timestamp): Date;
/** Returns a time as a `Date`; `undefined` if it is not set. */
export function toDate(time: Timestamp | undefined): Date | undefined;
export function toDate(time: Timestamp | undefined): Date | undefined {
  return time && timestampDate(time);
}

/** Reads a `Date`. `name` is that of the parameter. */
export function timestampOf(value: unknown, name: string): Timestamp {
  if (!(value instanceof Date) || Number.isNaN(value.getTime())) {
    throw new TypeError(`${name} must be a valid Date`);
  }
  return timestampFromDate(value);
}

/** Reads a `DurationInput`. `name` is that of the parameter. */
export function durationOf(value: unknown, name: string): Duration {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${name} must be a duration, such as { days: 7 }`);
  }
  let seconds = 0;
  for (const [unit, count = 0] of Object.entries(value) as [keyof typeof SECONDS, unknown][]) {
    if (!Object.hasOwn(SECONDS, unit) || !Number.isSafeInteger(count)) {
      throw new TypeError(`${name} must have whole numbers of ${Object.keys(SECONDS).join(", ")}`);
    }
    seconds += SECONDS[unit] * Number(count);
  }
  return create(DurationSchema, { seconds: BigInt(seconds) });
}
