// Tests of pure rules, as tables: money, times, JSON, click ids, signatures, pauses and reasons.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { anyPack, timestampFromDate } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { pauseMs } from "../src/calls.js";
import { ErrorInfoSchema } from "../src/gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "../src/gen/google/rpc/status_pb.js";
import * as sdk from "../src/sdk.js";
import { USER_AGENT } from "../src/version.js";
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
      const money = sdk.money(text, "EUR");
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
    assert.equal(sdk.money(expected).micros, micros);
  }
});

test("money is made of text only", () => {
  const price = sdk.money("19.99", "EUR");
  assert.deepEqual(sdk.money(price), price);
  assert.notEqual(sdk.money(price), price);
  assert.equal(sdk.money("1").currencyCode, "");
  for (const amount of [19.99, 19, 19n, Number.NaN, null, undefined, {}, { micros: 1n }]) {
    assert.throws(() => sdk.money(amount as never, "EUR"), { name: "TypeError", message: /such as "19.99"/ });
  }
  assert.throws(() => sdk.money("1", 978 as never), TypeError);
});

test("money is written with the digits of its currency", () => {
  for (const [amount, currency, expected] of [
    ["19.9", "EUR", "19.90 EUR"],
    ["19.999", "EUR", "19.999 EUR"],
    ["-0.5", "USD", "-0.50 USD"],
    ["0", "EUR", "0.00 EUR"],
    ["500", "JPY", "500 JPY"],
    ["500.5", "JPY", "500.5 JPY"],
    ["-1.5", "KWD", "-1.500 KWD"],
    ["1", "CLF", "1.0000 CLF"],
    ["1", "XXX", "1.00 XXX"],
    ["1", "constructor", "1.00 constructor"],
    ["1.000001", "", "1.000001"],
  ] as const) {
    assert.equal(sdk.formatMoney(sdk.money(amount, currency)), expected);
  }
});

test("times are read as dates", () => {
  const time = timestampFromDate(new Date("2026-01-31T12:00:00.250Z"));
  assert.equal(sdk.toDate(time).toISOString(), "2026-01-31T12:00:00.250Z");
  assert.equal(sdk.toDate(undefined), undefined);
});

test("messages are written as JSON", () => {
  const conversion = create(sdk.ConversionSchema, {
    id: "conv_1",
    value: sdk.money("19.99", "EUR"),
    status: sdk.ConversionStatus.APPROVED,
    createTime: timestampFromDate(new Date(0)),
  });
  assert.throws(() => JSON.stringify(conversion), TypeError);
  assert.deepEqual(JSON.parse(JSON.stringify(sdk.toJson(conversion))), {
    id: "conv_1",
    value: { currencyCode: "EUR", micros: "19990000" },
    status: "CONVERSION_STATUS_APPROVED",
    createTime: "1970-01-01T00:00:00Z",
  });
  const whole = sdk.toJson(conversion, { alwaysEmitImplicit: true }) as Record<string, unknown>;
  assert.equal(whole["transactionId"], "");
  assert.equal(sdk.toJson(timestampFromDate(new Date(0))), "1970-01-01T00:00:00Z");
  // An error within the result of a batch has details of several files.
  const info = create(ErrorInfoSchema, { reason: "OVERLOADED" });
  const failed = create(sdk.PostbackFailureSchema, { postbackId: "pb_1" });
  const details = [anyPack(ErrorInfoSchema, info), anyPack(sdk.PostbackFailureSchema, failed)];
  const status = create(StatusSchema, { code: 8, details });
  const result = create(sdk.RecordConversionResultSchema, { result: { case: "error", value: status } });
  assert.match(JSON.stringify(sdk.toJson(result)), /OVERLOADED.*pb_1/);
  assert.throws(() => sdk.toJson({ $typeName: "other.Message" }), /other.Message/);
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

test("signatures are verified", async () => {
  const secret = "k2v9x4m7q1w8e3r6t5y0z2a4b6c8d0f1";
  const signed = await sdk.signPostback("https://t.example/s2s?id=1&val=2", "body", secret, 1_000);
  for (const [name, url, body, key, tolerance, now, expected] of [
    ["on time", signed, "body", secret, 0, 1_000, true],
    ["path and query", signed.slice("https://t.example".length), "body", secret, 0, 1_000, true],
    ["late, within the tolerance", signed, "body", secret, 300, 1_300, true],
    ["early, within the tolerance", signed, "body", secret, 300, 700, true],
    ["too late", signed, "body", secret, 300, 1_301, false],
    ["too early", signed, "body", secret, 300, 699, false],
    [
      "upper case",
      signed.replace(/[^=]+$/, (digits) => digits.toUpperCase()),
      "body",
      secret,
      0,
      1_000,
      true,
    ],
    ["another body", signed, "Body", secret, 0, 1_000, false],
    ["no body", signed, "", secret, 0, 1_000, false],
    ["another secret", signed, "body", "x", 0, 1_000, false],
    ["another value", signed.replace("val=2", "val=3"), "body", secret, 0, 1_000, false],
    ["text at the end", `${signed}&val=3`, "body", secret, 0, 1_000, false],
    ["a short signature", signed.slice(0, -1), "body", secret, 0, 1_000, false],
    ["no signature", "https://t.example/s2s?id=1", "body", secret, 0, 1_000, false],
    ["no query", "https://t.example/s2s", "body", secret, 0, 1_000, false],
  ] as const) {
    assert.equal(await sdk.verifyPostback(url, body, key, tolerance, now), expected, name);
  }
  const twice = await sdk.signPostback("/s2s?ts=999", "", secret, 1_000);
  assert.equal(await sdk.verifyPostback(twice, "", secret, 300, 1_000), false, "two times");
  const now = await sdk.signPostback("/s2s?id=1", "", secret, Math.floor(Date.now() / 1_000));
  assert.equal(await sdk.verifyPostback(now, "", secret), true);
});

test("the user agent has the versions of the package", () => {
  const { version, dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  const connect = dependencies["@connectrpc/connect"];
  assert.equal(USER_AGENT, `s2s-sdk-typescript/${version} connect-es/${connect}`);
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
