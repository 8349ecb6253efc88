// Tests of the streams that go on by themselves.

import assert from "node:assert/strict";
import { getEventListeners, once } from "node:events";
import { test } from "node:test";
import { create } from "@bufbuild/protobuf";
import { Code } from "@connectrpc/connect";
import {
  ErrorReason,
  type RetryInfo,
  WatchConversionsRequestSchema,
  WatchConversionsResponseSchema,
} from "../src/sdk.js";
import { watch } from "../src/watch.js";
import { failure, overloaded, PROTOCOLS, ScriptedServer, unavailable } from "./scripted-server.js";

const HOUR_MS = 3_600_000;

async function tokensOf(messages: AsyncIterable<{ resumeToken: string }>, count: number): Promise<string[]> {
  const tokens: string[] = [];
  for await (const { resumeToken } of messages) {
    if (tokens.push(resumeToken) === count) {
      break;
    }
  }
  return tokens;
}

test("a silent stream is opened again, behind the last message, and no timer is left", async () => {
  const asked: string[] = [];
  async function* open(request: { resumeToken: string }, { signal }: { signal?: AbortSignal } = {}) {
    asked.push(request.resumeToken);
    yield create(WatchConversionsResponseSchema, { resumeToken: `${asked.length}` });
    if (asked.length === 1) {
      await once(signal as AbortSignal, "abort");
    }
    throw new Error("the stream is broken");
  }
  const timers = () => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;
  const before = timers();
  const policy = { timeoutMs: 1_000, retries: 0, onRetry: undefined };
  const shape = { schema: WatchConversionsRequestSchema };
  const messages = watch(open as never, shape, "", policy, 50);
  const tokens: string[] = [];
  await assert.rejects(async () => {
    for await (const { resumeToken } of messages()) {
      tokens.push(resumeToken);
    }
  }, /broken/);
  assert.deepEqual(tokens, ["1", "2"]);
  assert.deepEqual(asked, ["", "1"]);
  assert.deepEqual(await tokensOf(messages(), 1), ["3"]);
  assert.equal(timers(), before);
});

for (const protocol of PROTOCOLS) {
  test(`a watch goes on behind the last message, over ${protocol}`, async (context) => {
    const server = await ScriptedServer.start(context, protocol);
    server.turns = [
      { end: unavailable() },
      { tokens: "a b" },
      { end: unavailable() },
      { end: overloaded(1) },
      { tokens: "c", end: unavailable() },
      { tokens: "d", end: failure(Code.OutOfRange, "RESUME_TOKEN_TOO_OLD") },
    ];
    const messages = server.client({ retries: 1 }).conversions.watch({ resumeToken: "mine" });
    const tokens: string[] = [];
    await assert.rejects(
      async () => {
        for await (const { resumeToken } of messages) {
          tokens.push(resumeToken);
        }
      },
      { reason: ErrorReason.RESUME_TOKEN_TOO_OLD },
    );
    assert.deepEqual(tokens, ["a", "b", "c", "d"]);
    assert.deepEqual(server.resumeTokens, ["mine", "mine", "b", "b", "b", "c"]);
  });

  test(`a watch that does not begin is tried as often as a call, over ${protocol}`, async (context) => {
    const server = await ScriptedServer.start(context, protocol);
    server.turns = [{ end: unavailable() }];
    const messages = server.client({ retries: 2 }).conversions.watch();
    await assert.rejects(tokensOf(messages, 1), { reason: ErrorReason.UNAVAILABLE });
    assert.equal(server.resumeTokens.length, 3);
  });

  test(`only the second message of a watch shortens the pauses, over ${protocol}`, async (context) => {
    const server = await ScriptedServer.start(context, protocol);
    server.turns = [..."abc", "d e", "f"].map((tokens) => ({ tokens, end: unavailable() }));
    const retried: RetryInfo[] = [];
    const { conversions } = server.client({ onRetry: (info) => retried.push(info) });
    assert.deepEqual(await tokensOf(conversions.watch(), 6), [..."abcdef"]);
    assert.deepEqual(
      retried.map(({ attempt }) => attempt),
      [1, 2, 3, 1],
    );
    for (const { attempt, pauseMs } of retried) {
      const longestMs = 50 * 2 ** attempt;
      assert.ok(pauseMs >= longestMs / 2 && pauseMs <= longestMs, `${attempt}: ${pauseMs}`);
    }
  });

  test(`a watch that has begun goes on after a slow opening, over ${protocol}`, async (context) => {
    const server = await ScriptedServer.start(context, protocol);
    server.turns = [{ tokens: "a", end: unavailable() }, { end: "never" }, { tokens: "b", end: "never" }];
    const { conversions } = server.client({ timeoutMs: 1_000, retries: 0 });
    assert.deepEqual(await tokensOf(conversions.watch(), 2), ["a", "b"]);
    assert.deepEqual(server.resumeTokens, ["", "a", "a"]);
  });

  test(`signal and timeout end the pause of a watch, over ${protocol}`, async (context) => {
    const server = await ScriptedServer.start(context, protocol);
    server.turns = [{ tokens: "a", end: overloaded(HOUR_MS) }];
    const late = server.client().conversions.watch({}, { timeoutMs: 1_000 });
    await assert.rejects(tokensOf(late, 2), { code: Code.DeadlineExceeded });
    for (const inTheHook of [true, false]) {
      const controller = new AbortController();
      const { signal } = controller;
      const abort = () => controller.abort();
      const { conversions } = server.client({ onRetry: () => (inTheHook ? abort() : setTimeout(abort, 50)) });
      await assert.rejects(tokensOf(conversions.watch({}, { signal }), 2), { code: Code.Canceled });
      assert.equal(getEventListeners(signal, "abort").length, 0);
    }
  });

  test(`leaving the loop cancels the stream, and so does the signal, over ${protocol}`, async (context) => {
    const server = await ScriptedServer.start(context, protocol);
    server.turns = [{ tokens: "a", end: "never" }];
    const { conversions } = server.client();
    const left = once(server.events, "end");
    assert.deepEqual(await tokensOf(conversions.watch(), 1), ["a"]);
    await left;

    const cancelled = once(server.events, "end");
    const controller = new AbortController();
    server.events.once("call", () => controller.abort());
    const messages = conversions.watch({}, { signal: controller.signal });
    await assert.rejects(tokensOf(messages, 2), { code: Code.Canceled });
    await cancelled;
  });

  test(`only the opening has the client's timeout, over ${protocol}`, async (context) => {
    const server = await ScriptedServer.start(context, protocol);
    server.turns = [{ end: "never" }, { tokens: "a", end: "never" }];
    const { conversions } = server.client({ timeoutMs: 500 });
    await assert.rejects(tokensOf(conversions.watch(), 1), { reason: ErrorReason.DEADLINE_EXCEEDED });

    const began = performance.now();
    const messages = conversions.watch({}, { timeoutMs: 1_000 });
    await assert.rejects(tokensOf(messages, 2), { reason: ErrorReason.DEADLINE_EXCEEDED });
    assert.ok(performance.now() - began > 900);
  });
}
