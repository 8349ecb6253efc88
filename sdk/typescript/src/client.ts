// The client, independent of its transport.

import type { Transport } from "@connectrpc/connect";
import { type RetryInfo, withPolicy } from "./calls.js";
import { type Services, type Stubs, servicesOf, stubsOf } from "./gen/services.js";

const TIMEOUT_MS_DEFAULT = 10_000;
const RETRIES_DEFAULT = 4;

/** The settings of a client. */
export interface ClientOptions {
  /**
   * Scheme, host and port of the server, such as `https://t.example`, or `http://127.0.0.1:8080`
   * within one machine.
   */
  endpoint: string;
  /** The API key, which is sent with every call. Default: none. */
  apiKey?: string | undefined;
  /**
   * Timeout of a call over all its attempts, in milliseconds. Default: 10,000; at most one hour. A
   * call's own `timeoutMs` takes precedence. A stream has only its own `timeoutMs`.
   */
  timeoutMs?: number | undefined;
  /** Maximum number of retries of a call. Default: 4; 0 sends every call once. */
  retries?: number | undefined;
  /**
   * Hook for logging: called before the pause of each retry. An error that it throws is ignored, so
   * that logging can't make a call fail.
   */
  onRetry?: ((info: RetryInfo) => void) | undefined;
}

/**
 * A client of one server. It connects at its first call.
 *
 * Each call of the schema is a method. It takes an object with the parameters, and a second object
 * with `timeoutMs` and `signal`, which cancels the call. It returns the response, or an iteration
 * over the items of a list.
 *
 * Calls are retried after a transient failure (the server can't be reached, is stopping or
 * overloaded), with growing pauses and within the timeout. Retries never count anything twice: a
 * request that needs a request id and has none gets a random one before the first attempt. To
 * repeat a call yourself after an error, give the call a request id of your own, and a click also a
 * click time. A conversion with a transaction id needs no request id. A call that can't be repeated
 * safely, such as `apiKeys.rotate`, is sent once.
 *
 * Calls fail with an `S2sError`, or with a `TypeError` if a parameter is unknown or has the wrong
 * type.
 */
export interface S2sClient extends Services {
  /** Calls with whole messages: `client.stubs.conversions.recordConversion(request)`. */
  readonly stubs: Stubs;
}

/**
 * Builds a client on the transport that `transportTo` makes for the endpoint's origin. Every call
 * has the `headers`.
 */
export function clientOf(
  options: ClientOptions,
  transportTo: (origin: string) => Transport,
  headers: Readonly<Record<string, string>> = {},
): S2sClient {
  const { apiKey, timeoutMs = TIMEOUT_MS_DEFAULT, retries = RETRIES_DEFAULT, onRetry } = options;
  if (apiKey !== undefined && !/^[!-~]+$/.test(apiKey)) {
    throw new TypeError("the API key is empty, or has blanks or characters that no key contains");
  }
  if (!(timeoutMs > 0 && retries >= 0)) {
    throw new RangeError("the timeout must be more than 0 ms, and retries at least 0");
  }
  const policy = { apiKey, headers, timeoutMs, retries, onRetry };
  const stubs = stubsOf(withPolicy(transportTo(originOf(options.endpoint)), policy));
  return { ...servicesOf(stubs, policy), stubs };
}

/**
 * Checks the endpoint and returns its origin. `URL` alone would accept much more, such as
 * `http:t.example`, and Connect would send calls to a path.
 */
function originOf(endpoint: string): string {
  if (!/^https?:\/\/[^\s/?#@\\]+\/?$/i.test(endpoint) || !URL.canParse(endpoint)) {
    throw new TypeError("the endpoint must have the form https://host:port, without a path");
  }
  return new URL(endpoint).origin;
}
