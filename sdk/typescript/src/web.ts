// The client for browsers: gRPC-web over `fetch`, which can't send streams of requests.

import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { type ClientOptions, clientOf } from "./client.js";
import type { WebServices, WebStubs } from "./gen/services.js";
import { USER_AGENT } from "./version.js";

export * from "./sdk.js";

/** A client in a browser, without the calls that need streams of requests. */
export interface WebClient extends WebServices {
  /** Calls with whole messages: `client.stubs.conversions.recordConversion(request)`. */
  readonly stubs: WebStubs;
}

/** Creates a client. It makes no call yet, so an unreachable server is not an error. */
export function createClient(options: ClientOptions): WebClient {
  const transportTo = (origin: string) => createGrpcWebTransport({ baseUrl: origin });
  // Browsers send a `user-agent` of their own.
  return clientOf(options, transportTo, { "x-user-agent": USER_AGENT });
}
