// The calls of the console: gRPC-web to the server that the page came from, with the cookie of its session.

import { createGrpcWebTransport } from "@connectrpc/connect-web";
import { clientOf } from "@s2s/sdk/client";
import type { WebClient } from "@s2s/sdk/web";

/** Without this header, which other sites' pages can't set, the server ignores the cookie. */
export const CONSOLE_HEADER = { "x-s2s-console": "1" } as const;

export const api: WebClient = clientOf(
  { endpoint: window.location.origin },
  (baseUrl) =>
    createGrpcWebTransport({
      baseUrl,
      fetch: (input, init) => fetch(input, { ...init, credentials: "same-origin" }),
    }),
  CONSOLE_HEADER,
);

export { Code } from "@connectrpc/connect";
export { S2sError } from "@s2s/sdk/error";
export { toDate } from "@s2s/sdk/time";
