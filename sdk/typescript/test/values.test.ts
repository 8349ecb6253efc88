// Tests of pure rules, as tables: money, click ids, signatures, pauses, reasons and pages.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { create, type DescService } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { pauseMs } from "../src/calls.js";
import * as sdk from "../src/sdk.js";
import { failure } from "./scripted-server.js";

test("reads decimals", () => {
  for (const [text, expected] of [
    ["0", 0n],
    ["-0", 0n],
    ["100", 100_000_000n],
    ["19.99", 19_990_000n],
    ["+19.99", 19_990_000n],
    ["-19.99", -19_990_000n],
    ["-0.5", -500_000n],
    ["007.10", 7_100_000n],
    ["0.000001", 1n],
    ["1.23456700000", 1_234_567n],
    ["00000000000000000000000001", 1_000_000n],
    ["1000000000000", 10n ** 18n],
    ["-1000000000000", -(10n ** 18n)],
    ["9223372036854.775807", 2n ** 63n - 1n],
    ["9223372036854.7758070", 2n ** 63n - 1n],
    ["-9223372036854.775808", -(2n ** 63n)],
    ["9223372036854.775808", "outOfRange"],
    ["-9223372036854.775809", "outOfRange"],
    ["99999999999999999999999999", "outOfRange"],
    ["1.2345678", "tooPrecise"],
    ["0.00000000000001", "tooPrecise"],
    ["", "malformed"],
    ["-", "malformed"],
    [".", "malformed"],
    [".5", "malformed"],
    ["5.", "malformed"],
    ["+-5", "malformed"],
    ["--5", "malformed"],
    ["1.2.3", "malformed"],
    ["1,5", "malformed"],
    ["1 000", "malformed"],
    [" 1", "malformed"],
    ["1\n", "malformed"],
    ["1e3", "malformed"],
    ["0x10", "malformed"],
    ["NaN", "malformed"],
    ["€5", "malformed"],
    ["١", "malformed"],
    ["1.0000000x", "malformed"],
  ] as const) {
    let read: unknown;
    try {
      const money = sdk.moneyFromDecimal(text, "EUR");
      assert.equal(money.currencyCode, "EUR");
      read = money.micros;
    } catch (error) {
      assert(error instanceof sdk.MoneyError);
      read = error.problem;
    }
    assert.equal(read, expected, text);
  }
});

test("writes decimals and reads them back", () => {
  for (const [micros, expected] of [
    [0n, "0"],
    [1n, "0.000001"],
    [-1n, "-0.000001"],
    [500_000n, "0.5"],
    [19_990_000n, "19.99"],
    [-19_990_000n, "-19.99"],
    [100_000_000n, "100"],
    [1_234_567n, "1.234567"],
    [10_000_010n, "10.00001"],
    [-10_000_010n, "-10.00001"],
    [10n ** 18n, "1000000000000"],
    [-(10n ** 18n), "-1000000000000"],
    [1n - 10n ** 18n, "-999999999999.999999"],
    [2n ** 63n - 1n, "9223372036854.775807"],
    [-(2n ** 63n), "-9223372036854.775808"],
  ] as const) {
    assert.equal(sdk.moneyToDecimal({ micros }), expected);
    assert.equal(sdk.moneyFromDecimal(expected, "").micros, micros);
  }
});

test("click ids are known in any dress, and by nothing else", () => {
  const id = "04mwvf873p1cb9ykym1628xsyna5wmkrpzd560pb";
  for (const dressed of [id, id.toUpperCase(), ` "${id}"\n`, `'${id}'`, `\u0085\u3000${id}`]) {
    assert.equal(sdk.normaliseClickId(dressed), id, JSON.stringify(dressed));
    assert(sdk.isClickId(dressed));
  }
  // O, I and L are not read as digits. A character outside ASCII is refused, even if case folding
  // turns it into an ASCII letter. U+FEFF does not count as a blank.
  for (const last of ["", "bb", "o", "O", "i", "L", "u", "-", " b", "\u212a", "\u017f", "é"]) {
    const text = id.slice(0, 39) + last;
    assert.equal(sdk.normaliseClickId(text), undefined, JSON.stringify(text));
    assert(!sdk.isClickId(text));
  }
  assert(!sdk.isClickId(`\ufeff${id}`));
});

test("the vectors of all SDKs are signed alike", async () => {
  // The tests run in the package's folder.
  const vectors = JSON.parse(readFileSync("../../tests/vectors/postback_signature.json", "utf8"));
  assert(vectors.length >= 7);
  for (const { name, url, body, secret, unix_seconds, signed_url } of vectors) {
    assert.equal(await sdk.signPostback(url, body, secret, unix_seconds), signed_url, name);
    const bytes = new TextEncoder().encode(body);
    assert.equal(await sdk.signPostback(url, bytes, secret, unix_seconds), signed_url, name);
  }
});

test("pauses double up to a limit", () => {
  for (const [retries, retryAfterMs, random, expected] of [
    [0, undefined, 0, 50],
    [0, undefined, 1, 100],
    [1, undefined, 0, 100],
    [3, undefined, 1, 800],
    [6, undefined, 1, 5_000],
    [100_000, undefined, 1, 5_000],
    [0, 2_000, 0, 2_050],
    [0, 2_000, 1, 2_100],
  ] as const) {
    assert.equal(pauseMs(retries, { retryAfterMs }, random), expected);
  }
});

test("reasons are read from what the server says", () => {
  const said = (error: ConnectError) => {
    error.metadata.set("grpc-status", String(error.code));
    return error;
  };
  const { CODE_NOT_ON_LINK, DEADLINE_EXCEEDED, INTERNAL, UNAVAILABLE, UNSPECIFIED } = sdk.ErrorReason;
  for (const [error, code, reason, text] of [
    [
      failure(Code.FailedPrecondition, "CODE_NOT_ON_LINK"),
      Code.FailedPrecondition,
      CODE_NOT_ON_LINK,
      "m [CODE_NOT_ON_LINK]",
    ],
    [failure(Code.Unavailable, "INTERNAL"), Code.Unavailable, INTERNAL, "m [INTERNAL]"],
    [failure(Code.Aborted, "NEWER"), Code.Aborted, UNSPECIFIED, "m [NEWER]"],
    [
      failure(Code.Aborted, "CODE_NOT_ON_LINK", "m", "proxy.example"),
      Code.Aborted,
      UNSPECIFIED,
      "m [Aborted]",
    ],
    [new ConnectError("m", Code.NotFound), Code.NotFound, UNSPECIFIED, "m [NotFound]"],
    [new ConnectError("m", Code.Unavailable), Code.Unavailable, UNAVAILABLE, "m [UNAVAILABLE]"],
    [
      new ConnectError("m", Code.DeadlineExceeded),
      Code.DeadlineExceeded,
      DEADLINE_EXCEEDED,
      "m [DEADLINE_EXCEEDED]",
    ],
    [
      new ConnectError("Timeout expired", Code.Canceled),
      Code.DeadlineExceeded,
      DEADLINE_EXCEEDED,
      "no answer within the timeout [DEADLINE_EXCEEDED]",
    ],
  ] as const) {
    const read = sdk.S2sError.from(said(error), false);
    assert.deepEqual([read.code, read.reason, String(read)], [code, reason, `S2sError: ${text}`]);
  }
});

test("every reason is known by its text", () => {
  for (const { number, name } of sdk.ErrorReasonSchema.values) {
    const text = name.replace("ERROR_REASON_", "");
    assert.equal(sdk.S2sError.from(failure(Code.Aborted, text), false).reason, number);
  }
});

test("every list has one repeated field, which is what is listed", () => {
  const services = Object.values<unknown>(sdk).filter(
    (exported): exported is DescService => (exported as DescService)?.kind === "service",
  );
  assert.equal(services.length, 8);
  const lists = services
    .flatMap(({ methods }) => methods)
    .filter(({ output }) => output.field["nextPageToken"]);
  assert(lists.length >= 9, "all lists, and replays");
  for (const { name, input, output } of lists) {
    assert(input.field["pageToken"], name);
    const repeated = output.fields.filter(({ fieldKind }) => fieldKind === "list");
    assert.equal(repeated.length, 1, name);
  }
});

test("lists pass over what a newer server sends beside", async () => {
  const page = create(sdk.ListPresetsResponseSchema, { presets: [{ id: "affise" }] });
  const unknown = [{ no: 99, wireType: 0, data: new Uint8Array([1]) }] as const;
  // The decoder puts `$unknown` before all other fields.
  const newer = { $unknown: [...unknown], ...page };
  const list = async (_: { pageToken?: string }) => newer;
  const ids: string[] = [];
  for await (const { id } of sdk.listAll(list, {})) {
    ids.push(id);
  }
  assert.deepEqual(ids, ["affise"]);
});
