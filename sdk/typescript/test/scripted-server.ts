// A server of the schema on a real port. It answers by a script, and keeps the requests.

import { EventEmitter, once } from "node:events";
import { createServer as createHttp1Server } from "node:http";
import { createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";
import type { TestContext } from "node:test";
import { create, type Message, type MessageInitShape } from "@bufbuild/protobuf";
import { AnySchema, anyPack, durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { connectNodeAdapter } from "@connectrpc/connect-node";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "../src/gen/google/rpc/error_details_pb.js";
import { createClient } from "../src/node.js";
import * as sdk from "../src/sdk.js";
import { createClient as createWebClient, type WebClient } from "../src/web.js";

/** An answer. `never` means no answer as long as the caller waits. */
export type Answer = "ok" | "never" | ConnectError;

/** The messages of one stream, by their resume tokens, and its end. */
export interface Turn {
  tokens?: string;
  end?: Answer;
}

/** The members that both kinds of clients have. */
export type AnyClient = WebClient;

/** The transport of a client of the scripted server. */
export const PROTOCOLS = ["gRPC", "gRPC-web"] as const;
export type Protocol = (typeof PROTOCOLS)[number];

export class ScriptedServer {
  /** The answers, call by call. After the last one, all calls succeed. */
  script: Answer[] = [];
  readonly headers: Headers[] = [];
  readonly requestIds: string[] = [];
  readonly clicks: sdk.RecordClickRequest[] = [];
  readonly pageTokens: string[] = [];
  calls = 0;
  /** The turns, stream by stream. The last one is repeated. */
  turns: Turn[] = [];
  readonly resumeTokens: string[] = [];
  /** The requests of all unary calls. */
  readonly requests: Message[] = [];
  /** Emits `call` at each call, and `end` at the end of a stream of events. */
  readonly events = new EventEmitter();
  endpoint = "";

  private constructor(private readonly protocol: Protocol) {}

  /** Runs the server until the test ends. */
  static async start(test: TestContext, protocol: Protocol): Promise<ScriptedServer> {
    const scripted = new ScriptedServer(protocol);
    const handler = connectNodeAdapter({
      interceptors: [
        (next) => (request) => {
          if (!request.stream) {
            scripted.requests.push(request.message);
          }
          return next(request);
        },
      ],
      routes: (router) => {
        router.service(sdk.ConversionService, {
          recordConversion: async (request, { requestHeader, signal }) => {
            scripted.headers.push(requestHeader);
            scripted.requestIds.push(request.requestId);
            await scripted.answer(signal);
            return { verdict: sdk.ConversionVerdict.RECORDED };
          },
          batchRecordConversions: async ({ requests }, { signal }) => {
            scripted.requestIds.push(...requests.map(({ requestId }) => requestId));
            await scripted.answer(signal);
            return { results: requests.map(resultOf) };
          },
          async *streamRecordConversions(requests, { requestHeader, signal }) {
            scripted.headers.push(requestHeader);
            for await (const { request } of requests) {
              scripted.requestIds.push(request?.requestId ?? "");
              await scripted.answer(signal);
              yield { result: resultOf(create(sdk.RecordConversionRequestSchema, request)) };
            }
          },
          async *watchConversions({ resumeToken }, { signal }) {
            scripted.resumeTokens.push(resumeToken);
            void aborted(signal).then(() => scripted.events.emit("end"));
            const { tokens = "", end = "ok" } =
              scripted.turns[Math.min(scripted.resumeTokens.length, scripted.turns.length) - 1] ?? {};
            for (const token of tokens.split(" ").filter(Boolean)) {
              yield { resumeToken: token };
            }
            scripted.script.push(end);
            await scripted.answer(signal);
          },
          listConversions: async ({ filter, pageToken }, { signal }) => {
            scripted.pageTokens.push(`${filter?.clickId ?? ""} ${pageToken}`);
            await scripted.answer(signal);
            return pageOf(pageToken);
          },
        });
        router.service(sdk.ClickService, {
          recordClick: (request) => {
            scripted.clicks.push(request);
            return {};
          },
        });
        router.service(sdk.ApiKeyService, {
          rotateApiKey: async (_, { signal }) => {
            await scripted.answer(signal);
            return {};
          },
        });
        router.service(sdk.ConversionCodeService, {
          createConversionCode: () => ({ conversionCode: { id: "code_1" } }),
          updateConversionCode: () => ({ conversionCode: { id: "code_1" } }),
          rotatePostbackSecret: () => ({}),
        });
        router.service(sdk.PostbackService, { replayPostbacks: () => ({}), explainPostback: () => ({}) });
      },
    });
    const server = protocol === "gRPC" ? createHttp2Server(handler) : createHttp1Server(handler);
    scripted.endpoint = await listen(test, server);
    return scripted;
  }

  client(options: Omit<sdk.ClientOptions, "endpoint"> = {}): AnyClient {
    return clientFor(this.protocol, { endpoint: this.endpoint, ...options });
  }

  private async answer(signal: AbortSignal): Promise<void> {
    this.calls += 1;
    this.events.emit("call");
    const answer = this.script.shift() ?? "ok";
    if (answer === "never") {
      await aborted(signal);
    } else if (answer !== "ok") {
      throw answer;
    }
  }
}

/** Waits for the end of a call. A signal that was aborted before emits no event. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) {
    await once(signal, "abort");
  }
}

/**
 * Listens on a free port until the test ends, then closes all connections. Returns the URL of the
 * server.
 */
export async function listen(test: TestContext, server: Server): Promise<string> {
  server.on("connection", (socket: Socket) => test.after(() => socket.destroy()));
  await once(server.listen(0, "127.0.0.1"), "listening");
  test.after(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export function clientFor(protocol: Protocol, options: sdk.ClientOptions): AnyClient {
  return protocol === "gRPC" ? createClient(options) : createWebClient(options);
}

/** Builds an error as the service sends it. */
export function failure(code: Code, reason: string, message = "m", domain = "s2s.v1"): ConnectError {
  const info = { desc: ErrorInfoSchema, value: { reason, domain, metadata: { field: "transaction_id" } } };
  return new ConnectError(message, code, undefined, [info]);
}

export function unavailable(): ConnectError {
  return new ConnectError("the server is stopping", Code.Unavailable);
}

export function overloaded(retryDelayMs: number): ConnectError {
  const error = failure(Code.ResourceExhausted, "OVERLOADED");
  error.details.push({ desc: RetryInfoSchema, value: { retryDelay: durationFromMs(retryDelayMs) } });
  return error;
}

export function invalid(): ConnectError {
  const error = failure(Code.InvalidArgument, "FIELD_INVALID", "transaction_id is too long");
  const fieldViolations = [{ field: "transaction_id", description: "at most 255 bytes" }];
  error.details.push({ desc: BadRequestSchema, value: { fieldViolations } });
  return error;
}

/** Builds the error of a held postback. */
export function held(): ConnectError {
  const error = failure(Code.FailedPrecondition, "CODE_NOT_ON_LINK");
  const value = { verdict: sdk.PostbackVerdict.HELD, postbackId: "pb_1" };
  error.details.push({ desc: sdk.PostbackFailureSchema, value });
  return error;
}

/** Refuses conversions without a click id. */
function resultOf({
  report,
}: sdk.RecordConversionRequest): MessageInitShape<typeof sdk.RecordConversionResultSchema> {
  if (report.case === "conversion" && report.value.clickId !== "") {
    return { result: { case: "response", value: {} } };
  }
  const info = create(ErrorInfoSchema, { reason: "PARAMETER_MISSING", domain: "s2s.v1" });
  const details = [create(AnySchema, anyPack(ErrorInfoSchema, info))];
  return {
    result: { case: "error", value: { code: Code.InvalidArgument, message: "no click id", details } },
  };
}

/** Returns one of three pages: two conversions, none, one. */
function pageOf(pageToken: string): MessageInitShape<typeof sdk.ListConversionsResponseSchema> {
  switch (pageToken) {
    case "":
      return { conversions: [{ id: "a" }, { id: "b" }], nextPageToken: "second" };
    case "second":
      return { nextPageToken: "third" };
    default:
      return { conversions: [{ id: "c" }] };
  }
}
