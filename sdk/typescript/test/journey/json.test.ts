// The journey of all SDKs in JSON over POST, by the Connect protocol. Streams, which JSON does not
// have here, go over gRPC.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createRegistry } from "@bufbuild/protobuf";
import { createConnectTransport, createGrpcTransport } from "@connectrpc/connect-node";
import { clientOf } from "../../src/client.js";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RetryInfoSchema,
} from "../../src/gen/google/rpc/error_details_pb.js";
import { PostbackFailureSchema } from "../../src/gen/s2s/v1/postback_pb.js";
import type { ClientOptions } from "../../src/sdk.js";
import { play } from "./play.js";
import { http, journey, stage, TIMEOUT_MS } from "./stage.js";

/** The messages in `google.protobuf.Any`, which JSON names and writes out. */
const REGISTRY = createRegistry(BadRequestSchema, ErrorInfoSchema, PostbackFailureSchema, RetryInfoSchema);

function createClient(options: ClientOptions) {
  return clientOf(options, (baseUrl) => {
    const json = createConnectTransport({
      baseUrl,
      httpVersion: "1.1",
      useBinaryFormat: false,
      jsonOptions: { registry: REGISTRY },
    });
    const grpc = createGrpcTransport({ baseUrl });
    return { unary: json.unary, stream: grpc.stream };
  });
}

test("the journey of all SDKs in JSON", { timeout: TIMEOUT_MS }, async () => {
  const played = await play(journey, { ...stage, browser: false, createClient, http });
  assert.equal(played, journey.steps.length);
  assert(played > 0);
});
