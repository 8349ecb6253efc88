import assert from "node:assert/strict";
import { test } from "node:test";
import {
  dayForInput,
  dayFromInput,
  formatDistance,
  formatTime,
  instantOf,
  isZone,
  partsIn,
  startOfDay,
} from "../../src/lib/time.ts";

const at = (text: string) => new Date(text);

test("times are those of the reader's zone", () => {
  const time = at("2026-11-30T23:30:00Z");
  assert.match(formatTime(time, "en", "Europe/Berlin", "full"), /Dec 1, 2026/);
  assert.match(formatTime(time, "de", "America/New_York", "day"), /30\.11\.2026/);
  assert.equal(partsIn(time, "Asia/Kolkata").hour, 5);
  assert.equal(partsIn(time, "Asia/Kolkata").minute, 0);
});

test("a day begins when a clock of the zone shows midnight", () => {
  assert.equal(
    startOfDay(at("2026-11-30T22:00:00Z"), "Europe/Berlin").toISOString(),
    "2026-11-29T23:00:00.000Z",
  );
  assert.equal(
    startOfDay(at("2026-11-30T23:30:00Z"), "Europe/Berlin").toISOString(),
    "2026-11-30T23:00:00.000Z",
  );
  // Days on which clocks change have 23 and 25 hours.
  assert.equal(
    startOfDay(at("2026-03-29T12:00:00Z"), "Europe/Berlin", 1).toISOString(),
    "2026-03-29T22:00:00.000Z",
  );
  assert.equal(
    startOfDay(at("2026-10-25T12:00:00Z"), "Europe/Berlin", 1).toISOString(),
    "2026-10-25T23:00:00.000Z",
  );
  assert.equal(startOfDay(at("2026-03-01T12:00:00Z"), "UTC", -1).toISOString(), "2026-02-28T00:00:00.000Z");
});

test("days of a date field are read and written in the zone", () => {
  assert.equal(dayFromInput("2026-07-01", "America/New_York")?.toISOString(), "2026-07-01T04:00:00.000Z");
  assert.equal(dayFromInput("2026-12-31", "UTC", 1)?.toISOString(), "2027-01-01T00:00:00.000Z");
  assert.equal(dayFromInput("", "UTC"), undefined);
  assert.equal(dayForInput(at("2026-11-30T23:30:00Z"), "Europe/Berlin"), "2026-12-01");
});

test("an instant is found from what a clock shows", () => {
  const parts = { year: 2026, month: 7, day: 1, hour: 14, minute: 5 };
  assert.equal(instantOf(parts, "Europe/Berlin").toISOString(), "2026-07-01T12:05:00.000Z");
});

test("distances are in the largest unit that fits", () => {
  const now = at("2026-11-30T12:00:00Z");
  assert.equal(formatDistance(at("2026-11-30T11:57:00Z"), now, "en"), "3 min. ago");
  assert.equal(formatDistance(at("2026-11-29T12:00:00Z"), now, "en"), "yesterday");
  assert.equal(formatDistance(at("2026-09-30T12:00:00Z"), now, "en"), "2 mo. ago");
});

test("zones have names", () => {
  assert(isZone("Europe/Berlin"));
  assert(!isZone("Mars/Olympus"));
});
