// The client for browsers: gRPC-web over `fetch`, which can't send streams of requests.

import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { type ClientOptions, clientOf, type S2sClient } from "./client.js";

export * from "./sdk.js";

/** A client in a browser, without `streamRecordConversions`, which needs streams of requests. */
export type WebClient = Omit<S2sClient, "conversions"> & {
  readonly conversions: Omit<S2sClient["conversions"], "streamRecordConversions">;
};

/** Creates a client. It makes no call yet, so an unreachable server is not an error. */
export function createClient(options: ClientOptions): WebClient {
  return clientOf(options, (origin) => createGrpcWebTransport({ baseUrl: origin }));
}
