// Tests of the methods that are generated from the schema: parameters, requests and their types.

import assert from "node:assert/strict";
import { test } from "node:test";
import { create, type DescService, type Message } from "@bufbuild/protobuf";
import { timestampFromDate } from "@bufbuild/protobuf/wkt";
import { createClient, type NodeClientOptions } from "../src/node.js";
import * as sdk from "../src/sdk.js";
import { methodOf } from "./journey/translate.js";
import { type AnyClient, ScriptedServer } from "./scripted-server.js";

const { money } = sdk;
const SALE = { conversionCodeId: "code_1", clickId: "click_1", value: money("19.99", "EUR") };

test("every call of the schema is a method and a stub", () => {
  const client = createClient({ endpoint: "http://127.0.0.1:1" });
  const services = Object.values<unknown>(sdk).filter(
    (exported): exported is DescService => (exported as DescService)?.kind === "service",
  );
  assert.equal(services.length, 13);
  const { stubs, ...members } = client;
  assert.deepEqual(Object.keys(members).sort(), Object.keys(stubs).sort());
  for (const method of services.flatMap(({ methods }) => methods)) {
    assert.equal(typeof methodOf(client, method), "function", method.name);
  }
  const names = Object.values(members).map((member) => Object.keys(member).length);
  const total = services.flatMap(({ methods }) => methods).length;
  assert.equal(
    names.reduce((sum, count) => sum + count),
    total,
  );
});

/** Calls of methods, with the requests that they send. */
const CASES: readonly [name: string, call: (client: AnyClient) => Promise<unknown>, request: Message][] = [
  [
    "a new resource",
    ({ conversionCodes }) =>
      conversionCodes.create({
        name: "Sale",
        attributionWindow: { days: 1, hours: 1 },
        reply: { mode: sdk.ReplyMode.FIXED_TEXT, text: "OK" },
        postbackAuthentication: { allowedAddresses: ["203.0.113.7"] },
        validateOnly: true,
        requestId: "mine",
      }),
    create(sdk.CreateConversionCodeRequestSchema, {
      conversionCode: {
        name: "Sale",
        attributionWindow: { seconds: 90_000n },
        reply: { mode: sdk.ReplyMode.FIXED_TEXT, text: "OK" },
        postbackAuthentication: { allowedAddresses: ["203.0.113.7"] },
      },
      validateOnly: true,
      requestId: "mine",
    }),
  ],
  [
    "a change to default values",
    ({ conversionCodes }) =>
      conversionCodes.update({
        id: "code_1",
        name: "Sale",
        presetId: "",
        defaultCurrency: undefined,
        attributionWindow: null,
      }),
    create(sdk.UpdateConversionCodeRequestSchema, {
      conversionCode: { id: "code_1", name: "Sale" },
      updateMask: { paths: ["name", "preset_id", "attribution_window"] },
    }),
  ],
  [
    "no change",
    ({ conversionCodes }) => conversionCodes.update({ id: "code_1", validateOnly: true }),
    create(sdk.UpdateConversionCodeRequestSchema, {
      conversionCode: { id: "code_1" },
      updateMask: {},
      validateOnly: true,
    }),
  ],
  [
    "a conversion",
    ({ conversions }) =>
      conversions.record({
        ...SALE,
        commissionPercentMicros: 10_000_000n,
        customParams: [{ key: "size", value: "XL" }],
        conversionTime: new Date(1_000),
        requestId: "mine",
      }),
    create(sdk.RecordConversionRequestSchema, {
      report: {
        case: "conversion",
        value: {
          ...SALE,
          commission: { case: "commissionPercentMicros", value: 10_000_000n },
          customParams: [{ key: "size", value: "XL" }],
          conversionTime: timestampFromDate(new Date(1_000)),
        },
      },
      requestId: "mine",
    }),
  ],
  [
    "a postback in place of a conversion",
    ({ conversions }) => conversions.record({ postback: { method: "GET", target: "/é" }, requestId: "mine" }),
    create(sdk.RecordConversionRequestSchema, {
      report: { case: "postback", value: { method: "GET", target: new Uint8Array([47, 195, 169]) } },
      requestId: "mine",
    }),
  ],
  [
    "a batch, with the parameters of single calls",
    ({ conversions }) => conversions.batchRecord({ requests: [{ ...SALE, requestId: "mine" }] }),
    create(sdk.BatchRecordConversionsRequestSchema, {
      requests: [{ report: { case: "conversion", value: SALE }, requestId: "mine" }],
    }),
  ],
  [
    "a filter",
    ({ conversions }) =>
      conversions.list({ conversionCodeId: "code_1", endTime: new Date(2_000), pageSize: 9 }).next(),
    create(sdk.ListConversionsRequestSchema, {
      filter: { conversionCodeId: "code_1", endTime: timestampFromDate(new Date(2_000)) },
      pageSize: 9,
    }),
  ],
  [
    "a list in place of a message that is only a list",
    ({ postbacks }) => postbacks.replay({ ids: ["pb_1"], overrides: { valueMicrosWhereMissing: 0n } }),
    create(sdk.ReplayPostbacksRequestSchema, {
      postbacks: { case: "ids", value: { ids: ["pb_1"] } },
      overrides: { valueMicrosWhereMissing: 0n },
    }),
  ],
  [
    "a filter in place of ids",
    ({ postbacks }) => postbacks.replay({ reason: sdk.ErrorReason.CODE_NOT_ON_LINK }),
    create(sdk.ReplayPostbacksRequestSchema, {
      postbacks: { case: "filter", value: { reason: sdk.ErrorReason.CODE_NOT_ON_LINK } },
    }),
  ],
  [
    "neither a filter nor ids",
    ({ postbacks }) => postbacks.replay({}),
    create(sdk.ReplayPostbacksRequestSchema),
  ],
  [
    "text as bytes",
    ({ postbacks }) => postbacks.explain({ target: "/s2s" }),
    create(sdk.ExplainPostbackRequestSchema, {
      postback: { case: "target", value: new Uint8Array([47, 115, 50, 115]) },
    }),
  ],
  [
    "a map and messages as they are",
    ({ clicks }) =>
      clicks.record({
        trackingLinkId: "link_1",
        subIds: { sub1: "mail" },
        clickTime: timestampFromDate(new Date(3_000)),
        requestId: "mine",
      }),
    create(sdk.RecordClickRequestSchema, {
      trackingLinkId: "link_1",
      subIds: { sub1: "mail" },
      clickTime: timestampFromDate(new Date(3_000)),
      requestId: "mine",
    }),
  ],
];

test("parameters become requests", async (context) => {
  const server = await ScriptedServer.start(context, "gRPC");
  const client = server.client();
  for (const [name, call, request] of CASES) {
    await call(client);
    assert.deepEqual(server.requests.pop(), request, name);
  }
});

test("wrong parameters are type errors, and nothing is sent", async (context) => {
  const server = await ScriptedServer.start(context, "gRPC");
  const { clicks, conversionCodes, conversions, postbacks } = server.client();
  const update = (params: object) => conversionCodes.update({ id: "code_1", ...params });
  const record = (params: object) => conversions.record({ ...SALE, ...params });
  for (const [call, message] of [
    [() => record({ transactionID: "order-1001" }), /no parameter transactionID/],
    [() => record({ constructor: "x" }), /no parameter constructor/],
    [() => record({ value: 19.99 }), /value must be an amount of money, such as money\("19.99", "EUR"\)/],
    [() => record({ value: { currencyCode: "EUR", micros: 19_990_000n } }), /value must be an amount/],
    [() => record({ value: { ...SALE.value, micros: 19.99 } }), /value must be an amount/],
    [() => record({ commissionPercentMicros: 10 }), /commissionPercentMicros must be a bigint/],
    [() => record({ commissionPercentMicros: 1n, commissionAmount: money("1") }), /can't be given together/],
    [() => record({ postback: { method: "GET", target: "/" } }), /postback can't be given together/],
    [() => record({ transactionId: 1001 }), /transactionId must be a string/],
    [() => record({ status: "APPROVED" }), /status must be a value of ConversionStatus/],
    [() => record({ conversionTime: "2026-01-31" }), /conversionTime must be a valid Date/],
    [() => record({ conversionTime: new Date(Number.NaN) }), /conversionTime must be a valid Date/],
    [() => record({ customParams: { key: "size" } }), /customParams must be an array/],
    [() => record({ customParams: [{ name: "size" }] }), /customParams\[0\] has no property name/],
    [() => conversions.record(null as never), /the parameters must be an object/],
    [() => conversions.batchRecord({ requests: [{ ...SALE, amount: 1 } as never] }), /no parameter amount/],
    [() => conversions.list({ pageToken: "x" } as never).next(), /no parameter pageToken/],
    [() => conversions.list({ filter: {} } as never).next(), /no parameter filter/],
    [() => conversions.list({ pageSize: 1.5 }).next(), /pageSize must be a whole number/],
    [() => update({ updateMask: {} }), /no parameter updateMask/],
    [() => update({ attributionWindow: 7 }), /attributionWindow must be a duration/],
    [() => update({ attributionWindow: { weeks: 1 } }), /whole numbers of days, hours, minutes, seconds/],
    [() => update({ attributionWindow: { days: 0.5 } }), /whole numbers of days/],
    [() => postbacks.explain({ target: 1 as never }), /target must be a Uint8Array or a string/],
    [
      () => clicks.record({ trackingLinkId: "link_1", subIds: { sub1: 1 as never } }),
      /subIds.sub1 must be a string/,
    ],
  ] as const) {
    await assert.rejects(call, { name: "TypeError", message });
  }
  assert.deepEqual(server.requests, []);
});

test("stubs take and return whole messages", async (context) => {
  const server = await ScriptedServer.start(context, "gRPC-web");
  const { stubs } = server.client();
  const page = await stubs.conversions.listConversions({ filter: { clickId: "x" }, pageToken: "second" });
  assert.deepEqual([page.conversions, page.nextPageToken], [[], "third"]);
});

test("methods need no object before them", async (context) => {
  const server = await ScriptedServer.start(context, "gRPC");
  const { create } = server.client().conversionCodes;
  const { conversionCode } = await create({ name: "Sale" });
  assert.equal(conversionCode.id, "code_1");
});

// The compiler checks this function, which is never called.
export async function types(client: sdk.S2sClient, options: NodeClientOptions): Promise<void> {
  const { conversionCodes, conversions, postbacks, trackingLinks } = client;
  // @ts-expect-error A required parameter is missing.
  await conversions.record({ conversionCodeId: "code_1", clickId: "click_1" });
  // @ts-expect-error The parameter is unknown.
  await conversions.record({ ...SALE, transactionID: "order-1001" });
  // @ts-expect-error The parameter is unknown in a nested object.
  await conversions.record({ ...SALE, customParams: [{ name: "size" }] });
  // @ts-expect-error A number is no amount.
  await conversions.record({ ...SALE, value: 19.99 });
  // @ts-expect-error A conversion and a postback are alternatives.
  await conversions.record({ ...SALE, postback: { method: "GET", target: "/" } });
  // @ts-expect-error The commission is an amount or a percentage.
  await conversions.record({ ...SALE, commissionAmount: money("1"), commissionPercentMicros: 1n });
  // @ts-expect-error The id is missing.
  await trackingLinks.update({ slug: "summer" });
  // @ts-expect-error Text is not cleared with `null`.
  await trackingLinks.update({ id: "link_1", slug: null });
  await trackingLinks.update({ id: "link_1", expireTime: null });
  // @ts-expect-error An output-only field is no parameter.
  await conversionCodes.create({ name: "Sale", createTime: new Date() });
  // @ts-expect-error One of the alternatives is needed.
  await postbacks.explain({});
  // @ts-expect-error The option is unknown.
  await conversions.record(SALE, { timeout: 5 });
  await conversions.record(SALE, { timeoutMs: undefined, signal: undefined });
  // @ts-expect-error A list takes no page token.
  conversions.list({ pageToken: "x" });
  // @ts-expect-error A number is no amount.
  money(19.99, "EUR");
  createClient({
    ...options,
    onRetry: ({ call, attempt, reason, pauseMs }) => [call, attempt, reason, pauseMs],
  });
}
