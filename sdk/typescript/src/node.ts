// The client for Node.js: gRPC over one HTTP/2 connection. The first call opens the connection. A
// later call reopens it after it has ended.

import { X509Certificate } from "node:crypto";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { type ClientOptions, clientOf, type S2sClient } from "./client.js";
import { USER_AGENT } from "./version.js";

export * from "./sdk.js";

/**
 * After this time without received data, the connection is pinged, even if no call is in progress.
 * So calls rarely meet a connection that a firewall dropped.
 */
const KEEP_ALIVE_INTERVAL_MS = 30_000;
const KEEP_ALIVE_TIMEOUT_MS = 10_000;
const RESPONSE_BYTES_MAX = 64 * 1024 * 1024;
const ENDPOINT_DEFAULT = "http://127.0.0.1:8080";

/** The settings of a client on Node.js. */
export interface NodeClientOptions extends Omit<ClientOptions, "endpoint" | "apiKey"> {
  /**
   * Scheme, host and port of the server, such as `https://t.example`. Default: the environment
   * variable `S2S_ENDPOINT`, or else `http://127.0.0.1:8080`.
   */
  endpoint?: string | undefined;
  /**
   * The API key, which is sent with every call. Default: the environment variable `S2S_API_KEY`, or
   * else none.
   */
  apiKey?: string | undefined;
  /**
   * Certificates, in PEM, of the authorities that may sign the server's certificate. They replace
   * the authorities that Node.js trusts. For `https` endpoints only.
   */
  caCertificate?: string | Buffer | undefined;
  /**
   * The client's certificate and its private key, both in PEM, for a server that requires one
   * (mTLS). For `https` endpoints only.
   */
  identity?: { certificate: string | Buffer; key: string | Buffer } | undefined;
}

/**
 * Creates a client. It connects at its first call, so an unreachable server is not yet an error. An
 * empty environment variable counts as not set.
 */
export function createClient(options: NodeClientOptions = {}): S2sClient {
  const {
    endpoint = process.env["S2S_ENDPOINT"] || ENDPOINT_DEFAULT,
    apiKey = process.env["S2S_API_KEY"] || undefined,
  } = options;
  const transportTo = (origin: string) =>
    createGrpcTransport({
      baseUrl: origin,
      nodeOptions: tlsOf(options, origin),
      pingIntervalMs: KEEP_ALIVE_INTERVAL_MS,
      pingTimeoutMs: KEEP_ALIVE_TIMEOUT_MS,
      pingIdleConnection: true,
      readMaxBytes: RESPONSE_BYTES_MAX,
    });
  return clientOf({ ...options, endpoint, apiKey }, transportTo, { "user-agent": USER_AGENT });
}

function tlsOf({ caCertificate, identity }: NodeClientOptions, origin: string): SecureContextOptions {
  if (caCertificate === undefined && identity === undefined) {
    return {};
  }
  if (!origin.startsWith("https:")) {
    throw new TypeError("certificates are for https endpoints");
  }
  const tls: SecureContextOptions = {
    ...(caCertificate !== undefined && { ca: caCertificate }),
    ...(identity !== undefined && { cert: identity.certificate, key: identity.key }),
  };
  try {
    createSecureContext(tls);
    // `createSecureContext` ignores authorities that are not PEM.
    if (caCertificate !== undefined) {
      new X509Certificate(caCertificate);
    }
  } catch (cause) {
    throw new TypeError("the certificates can't be used: they need PEM, and a matching key", { cause });
  }
  return tls;
}
