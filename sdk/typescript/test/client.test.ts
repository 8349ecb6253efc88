// Tests of the clients against a server over a real port.

import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { pipeline } from "node:stream";
import { type TestContext, test } from "node:test";
import { inspect } from "node:util";
import { timestampFromMs } from "@bufbuild/protobuf/wkt";
import { createClient } from "../src/node.js";
import {
  Code,
  ConversionVerdict,
  ErrorReason,
  money,
  PostbackVerdict,
  type RetryInfo,
  S2sError,
} from "../src/sdk.js";
import {
  type AnyClient,
  clientFor,
  failure,
  held,
  invalid,
  listen,
  overloaded,
  PROTOCOLS,
  type Protocol,
  ScriptedServer,
  unavailable,
} from "./scripted-server.js";

/** Timeout that no test should reach: far above the needs of a busy machine. */
const LONG_MS = 30_000;

/** Defines a test for both kinds of clients. */
function both(name: string, run: (protocol: Protocol, context: TestContext) => Promise<void>): void {
  for (const protocol of PROTOCOLS) {
    test(`${name} (${protocol})`, (context) => run(protocol, context));
  }
}

async function errorOf(call: Promise<unknown>): Promise<S2sError> {
  const error = await call.then(
    () => assert.fail("the call succeeded"),
    (error: unknown) => error,
  );
  assert(error instanceof S2sError, inspect(error));
  return error;
}

const record = (client: AnyClient) => client.conversions.record(ofClick("x"));

const ofClick = (clickId: string) => ({ conversionCodeId: "c", clickId, value: money("1") });

const ofPostback = () => ({ postback: { method: "GET", target: "/" } });

both("passing failures are retried with the same request id", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  server.script = [unavailable(), overloaded(1)];
  const client = server.client();
  assert.equal((await record(client)).verdict, ConversionVerdict.RECORDED);
  const [first, ...others] = server.requestIds;
  assert.match(first ?? "", /^[0-9a-f]{32}$/);
  assert.deepEqual(others, [first, first]);

  await record(client);
  assert.notEqual(server.requestIds[3], first, "another call is another request");
});

both("the caller's parameters are kept as they are", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  const params = ofClick("x");
  await server.client().conversions.record(params);
  assert.deepEqual(params, ofClick("x"));
  await server.client().conversions.record({ ...params, requestId: "mine" });
  assert.equal(server.requestIds[1], "mine");
});

both("held postbacks are errors with their id", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  server.script = [held(), invalid()];
  const { conversions } = server.client();
  const error = await errorOf(conversions.record(ofPostback()));
  assert.deepEqual([error.code, error.reason], [Code.FailedPrecondition, ErrorReason.CODE_NOT_ON_LINK]);
  const { verdict, postbackId } = error.postbackFailure ?? {};
  assert.deepEqual([verdict, postbackId], [PostbackVerdict.HELD, "pb_1"]);
  assert.equal((await errorOf(conversions.record(ofPostback()))).postbackFailure, undefined);
});

both("key and deadline travel with each attempt", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  server.script = [overloaded(500)];
  await record(server.client({ apiKey: "s3cret" }));
  const timeouts = server.headers.map((headers) => {
    assert.equal(headers.get("authorization"), "Bearer s3cret");
    assert.match(headers.get("grpc-timeout") ?? "", /^[0-9]{1,8}m$/);
    return Number.parseInt(headers.get("grpc-timeout") ?? "", 10);
  });
  const [first = 0, second = 0] = timeouts;
  assert(first <= 10_000 && second <= first - 500, `${timeouts}: the time that is left`);
});

both("retries are reported, without what is sent", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  server.script = [unavailable(), overloaded(1), invalid()];
  const reported: RetryInfo[] = [];
  const onRetry = (info: RetryInfo) => {
    reported.push(info);
    throw new Error("the log is full");
  };
  const error = await errorOf(record(server.client({ apiKey: "s3cret", onRetry })));
  assert.equal(error.reason, ErrorReason.FIELD_INVALID, "the hook's own error is ignored");
  const call = "s2s.v1.ConversionService/RecordConversion";
  const [first, second, ...others] = reported.map(({ pauseMs, ...info }) => {
    assert(pauseMs > 0);
    return info;
  });
  assert.deepEqual(first, { call, attempt: 1, reason: "UNAVAILABLE" });
  assert.deepEqual(second, { call, attempt: 2, reason: "OVERLOADED" });
  assert.deepEqual(others, []);
});

both("the SDK names itself", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  await record(server.client());
  const name = protocol === "gRPC" ? "user-agent" : "x-user-agent";
  assert.match(server.headers[0]?.get(name) ?? "", /^s2s-sdk-typescript\/[0-9.]+ connect-es\/[0-9.]+$/);
});

test("the environment has the endpoint and the key", async (context) => {
  const server = await ScriptedServer.start(context, "gRPC");
  const set = (endpoint: string, apiKey: string) => {
    process.env["S2S_ENDPOINT"] = endpoint;
    process.env["S2S_API_KEY"] = apiKey;
  };
  context.after(() => {
    delete process.env["S2S_ENDPOINT"];
    delete process.env["S2S_API_KEY"];
  });
  set(server.endpoint, "s3cret");
  await record(createClient());
  await record(createClient({ apiKey: "mine" }));
  set("http://127.0.0.1:1", "");
  await record(createClient({ endpoint: server.endpoint }));
  const keys = server.headers.map((headers) => headers.get("authorization"));
  assert.deepEqual(keys, ["Bearer s3cret", "Bearer mine", null]);
  set("no endpoint", "");
  assert.throws(() => createClient(), TypeError);
  set("", "");
  assert.doesNotThrow(() => createClient());
});

both("other failures are not retried and arrive whole", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  server.script = [invalid()];
  const error = await errorOf(record(server.client({ apiKey: "s3cret" })));
  assert.equal(server.calls, 1);
  assert.equal(error.code, Code.InvalidArgument);
  assert.equal(error.reason, ErrorReason.FIELD_INVALID);
  assert.equal(error.reasonText, "FIELD_INVALID");
  assert.equal(error.message, "transaction_id is too long");
  assert.deepEqual({ ...error.metadata }, { field: "transaction_id" });
  assert.deepEqual(error.fieldViolations, [{ field: "transaction_id", description: "at most 255 bytes" }]);
  assert.equal(error.retryAfterMs, undefined);
  assert.equal(String(error), "S2sError: transaction_id is too long [FIELD_INVALID]");
  assert(!inspect(error, { depth: null }).includes("s3cret"));
});

both("retries are limited", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  for (const [retries, attempts] of [
    [0, 1],
    [2, 3],
  ] as const) {
    server.script = Array.from({ length: 5 }, unavailable);
    server.calls = 0;
    const error = await errorOf(record(server.client({ retries })));
    assert.equal(server.calls, attempts);
    assert.deepEqual([error.code, error.reason], [Code.Unavailable, ErrorReason.UNAVAILABLE]);
    assert.equal(error.message, "the server is stopping");
  }
});

both("a call that is not safe to repeat is sent once", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  server.script = [unavailable()];
  const error = await errorOf(server.client().apiKeys.rotate({ apiKeyId: "key_1" }));
  assert.deepEqual([error.code, server.calls], [Code.Unavailable, 1]);
});

both("the pause that the server asks for is kept", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  server.script = [overloaded(300)];
  const start = performance.now();
  await record(server.client());
  assert(performance.now() - start >= 300);
  assert.equal(server.calls, 2);
});

both("a pause beyond the deadline is not begun", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  server.script = [overloaded(LONG_MS + 1)];
  const error = await errorOf(record(server.client({ timeoutMs: LONG_MS })));
  assert.equal(server.calls, 1);
  assert.deepEqual([error.code, error.reason], [Code.ResourceExhausted, ErrorReason.OVERLOADED]);
  assert.equal(error.retryAfterMs, LONG_MS + 1);
});

both("the deadline is over all attempts", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  server.script = [unavailable(), "never"];
  const error = await errorOf(record(server.client({ timeoutMs: 1_000 })));
  assert.deepEqual([error.code, error.reason], [Code.DeadlineExceeded, ErrorReason.DEADLINE_EXCEEDED]);
  assert.equal(server.calls, 2);
});

both("a call's own deadline comes first", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  server.script = ["never", "ok"];
  const client = server.client({ timeoutMs: LONG_MS });
  const error = await errorOf(client.conversions.record(ofClick("x"), { timeoutMs: 100 }));
  assert.equal(error.code, Code.DeadlineExceeded);
  // 0 is Connect's value for no deadline: the client then uses its longest timeout.
  await client.conversions.record(ofClick("x"), { timeoutMs: 0 });
  assert.equal(server.headers[1]?.get("grpc-timeout"), "3600000m");
});

both("callers can cancel a call and a pause", async (protocol, context) => {
  for (const answer of ["never", overloaded(LONG_MS)] as const) {
    const server = await ScriptedServer.start(context, protocol);
    server.script = [answer];
    const controller = new AbortController();
    const { conversions } = server.client({ timeoutMs: 10 * LONG_MS });
    const error = errorOf(conversions.record(ofClick("x"), { signal: controller.signal }));
    await once(server.events, "call");
    setTimeout(() => controller.abort(), 50);
    assert.equal((await error).code, Code.Canceled);
    assert.equal(server.calls, 1);
  }
});

both("a server that is not there is unavailable", async (protocol, context) => {
  const server = createServer();
  const endpoint = await listen(context, server);
  await new Promise((closed) => server.close(closed));
  const error = await errorOf(record(clientFor(protocol, { endpoint, retries: 0 })));
  assert.deepEqual([error.code, error.reason], [Code.Unavailable, ErrorReason.UNAVAILABLE]);
  assert.match(error.message, /^the server could not be reached: .*ECONNREFUSED/);
});

both("an answer that is not gRPC, or cut off, is unavailable", async (protocol, context) => {
  for (const answer of ["HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", ""]) {
    const port = createServer((socket) => socket.once("data", () => socket.end(answer)));
    const endpoint = await listen(context, port);
    const error = await errorOf(record(clientFor(protocol, { endpoint, retries: 0 })));
    assert.deepEqual([error.code, error.reason], [Code.Unavailable, ErrorReason.UNAVAILABLE], String(error));
  }
});

test("broken connections are opened again", async (context) => {
  const server = await ScriptedServer.start(context, "gRPC");
  const { port } = new URL(server.endpoint);
  let broken = 0;
  const proxy = createServer((socket) => {
    if (broken < 2) {
      broken += 1;
      socket.destroy();
    } else {
      pipeline(socket, connect(Number(port), "127.0.0.1"), socket, () => socket.destroy());
    }
  });
  await record(createClient({ endpoint: await listen(context, proxy) }));
  assert.deepEqual([broken, server.calls], [2, 1]);
});

both("batches give each item an id and a result", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  server.script = [unavailable()];
  const requests = [ofClick("x"), ofClick("")];
  const { results } = await server.client().conversions.batchRecord({ requests });
  const [good, bad] = results.map(({ result }) => result);
  assert.equal(good?.case, "response");
  assert(bad?.case === "error");
  const error = S2sError.fromStatus(bad.value);
  assert.deepEqual([error.code, error.reason], [Code.InvalidArgument, ErrorReason.PARAMETER_MISSING]);
  assert.equal(String(error), "S2sError: no click id [PARAMETER_MISSING]");
  const [first, second, ...repeated] = server.requestIds;
  assert.deepEqual(repeated, [first, second]);
  assert(first?.length === 32 && first !== second);
});

both("clicks get what makes their id", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  const { clicks } = server.client();
  const clickTime = timestampFromMs(1_000);
  for (const request of [{}, { clickTime }, { clickId: "mine" }, { requestId: "mine" }]) {
    await clicks.record({ trackingLinkId: "link_1", ...request });
  }
  const [plain, timed, minted, own] = server.clicks;
  assert(plain?.requestId.length === 32 && plain.clickTime !== undefined);
  assert(timed?.requestId.length === 32);
  assert.deepEqual(timed.clickTime, clickTime);
  assert.deepEqual([minted?.requestId, minted?.clickTime], ["", undefined]);
  assert.deepEqual([own?.requestId, own?.clickTime], ["mine", undefined]);
});

test("streams have key and typed errors, and no deadline but their own", async (context) => {
  const server = await ScriptedServer.start(context, "gRPC");
  server.script = ["ok", "ok", failure(Code.FailedPrecondition, "CODE_NOT_ON_LINK")];
  const client = createClient({ endpoint: server.endpoint, apiKey: "s3cret" });
  async function* requests() {
    yield* [ofClick("x"), ofClick(""), ofClick("")];
  }
  const cases: (string | undefined)[] = [];
  const error = await errorOf(
    (async () => {
      for await (const { result } of client.conversions.streamRecord(requests())) {
        cases.push(result.case);
      }
    })(),
  );
  assert.deepEqual(cases, ["response", "error"]);
  assert.deepEqual([error.code, error.reason], [Code.FailedPrecondition, ErrorReason.CODE_NOT_ON_LINK]);
  assert.equal(server.headers[0]?.get("authorization"), "Bearer s3cret");
  assert.equal(server.headers[0]?.get("grpc-timeout"), null);
  // Requests that are not sent again need no id.
  assert.deepEqual(server.requestIds, ["", "", ""]);

  server.script = ["never"];
  const late = client.conversions.streamRecord([ofClick("x")], { timeoutMs: 200 });
  assert.equal((await errorOf(late.next())).code, Code.DeadlineExceeded);
});

both("lists walk all pages and only when asked", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  server.script = ["ok", unavailable()];
  const conversions = server.client().conversions.list({ clickId: "filter" });
  assert.deepEqual(server.pageTokens, []);
  for (const id of ["a", "b"]) {
    const { value } = await conversions.next();
    assert.equal(value?.id, id);
    assert.deepEqual(server.pageTokens, ["filter "]);
  }
  assert.equal((await conversions.next()).value?.id, "c");
  assert.deepEqual(server.pageTokens, ["filter ", "filter second", "filter second", "filter third"]);
  assert.deepEqual(await conversions.next(), { done: true, value: undefined });
});

both("lists end with an error", async (protocol, context) => {
  const server = await ScriptedServer.start(context, protocol);
  server.script = ["ok", failure(Code.InvalidArgument, "PAGE_TOKEN_INVALID")];
  const { list } = server.client().conversions;
  const ids: string[] = [];
  const error = await errorOf(
    (async () => {
      for await (const { id } of list()) {
        ids.push(id);
      }
    })(),
  );
  assert.deepEqual([ids, error.reason], [["a", "b"], ErrorReason.PAGE_TOKEN_INVALID]);
});

test("endpoints are checked", () => {
  for (const [endpoint, good] of [
    ["http://127.0.0.1:8080", true],
    ["http://127.0.0.1:8080/", true],
    ["http://[::1]:8080", true],
    ["HTTP://localhost", true],
    ["https://t.example", true],
    ["HTTPS://t.example:443", true],
    ["https://t.example/api", false],
    ["", false],
    ["http://", false],
    ["http:t.example", false],
    ["localhost:8080", false],
    ["127.0.0.1", false],
    ["/s2s", false],
    ["ftp://t.example", false],
    ["unix:///run/s2s", false],
    ["http://t.example?x=1", false],
    ["http://t.example?", false],
    ["http://t.example#", false],
    ["http://user:word@t.example", false],
    ["http://t .example", false],
    ["http://t.example:99999", false],
  ] as const) {
    for (const protocol of PROTOCOLS) {
      const make = () => clientFor(protocol, { endpoint });
      good ? assert.doesNotThrow(make, endpoint) : assert.throws(make, /https:\/\/host:port/, endpoint);
    }
  }
});

test("API keys are checked and never shown", () => {
  const endpoint = "http://127.0.0.1:1";
  for (const apiKey of ["", " ", "key\n", "two words", "schlüssel"]) {
    assert.throws(
      () => createClient({ endpoint, apiKey }),
      (error: Error) =>
        error instanceof TypeError && (apiKey.trim() === "" || !error.message.includes(apiKey)),
    );
  }
  const client = createClient({ endpoint, apiKey: "s3cret" });
  assert(!inspect(client, { depth: null, showHidden: true }).includes("s3cret"));
  assert(!JSON.stringify(client).includes("s3cret"));
});

test("certificates, timeouts and retries are checked", () => {
  const pem = "-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n";
  const [plain, tls] = ["http://t.example", "https://t.example"] as const;
  for (const options of [
    { endpoint: plain, caCertificate: pem },
    { endpoint: plain, identity: { certificate: pem, key: "no key" } },
    { endpoint: tls, caCertificate: pem },
    { endpoint: tls, caCertificate: "no PEM" },
    { endpoint: tls, caCertificate: "" },
    { endpoint: tls, identity: { certificate: pem, key: "no key" } },
  ]) {
    assert.throws(() => createClient(options), TypeError);
  }
  for (const options of [
    { timeoutMs: 0 },
    { timeoutMs: Number.NaN },
    { retries: -1 },
    { retries: Number.NaN },
  ]) {
    assert.throws(() => createClient({ endpoint: tls, ...options }), RangeError);
  }
});
