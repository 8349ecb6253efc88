// API key, deadline, retries, request ids and typed errors, for all calls.
//
// This module wraps Connect's transport and uses no interceptors, for two reasons. Connect converts
// an error that an interceptor throws to its own error, and Connect's deadline is that of one
// attempt.

import type { DescMethodUnary } from "@bufbuild/protobuf";
import { MethodOptions_IdempotencyLevel } from "@bufbuild/protobuf/wkt";
import { Code, type Transport } from "@connectrpc/connect";
import { isPassing, S2sError } from "./error.js";
import { withRequestIds } from "./request-id.js";

/** Maximum pause before the first retry. The maximum doubles with each retry. */
const FIRST_PAUSE_MS = 100;
const PAUSE_MS_MAX = 5_000;
const TIMEOUT_MS_MAX = 60 * 60 * 1_000;

/** The settings of all calls of a client. */
export interface Policy {
  readonly apiKey: string | undefined;
  /** Headers of every call. */
  readonly headers: Readonly<Record<string, string>>;
  /** Time limit of a call over all its attempts and pauses, in milliseconds. */
  readonly timeoutMs: number;
  /** Maximum number of retries after the first attempt. */
  readonly retries: number;
  readonly onRetry: ((info: RetryInfo) => void) | undefined;
}

/** A failed attempt that is tried again. It contains no key, request or response. */
export interface RetryInfo {
  /** Name of the call, such as `s2s.v1.ConversionService/RecordConversion`. */
  readonly call: string;
  /** Number of the failed attempt, from 1. */
  readonly attempt: number;
  /** The reason as the server sent it, such as `OVERLOADED`, or else the name of the gRPC code. */
  readonly reason: string;
  /** Pause before the next attempt, in milliseconds. */
  readonly pauseMs: number;
}

/** Returns `transport` with this policy applied. */
export function withPolicy(transport: Transport, policy: Policy): Transport {
  const authorized = (header: HeadersInit | undefined): Headers => {
    const headers = new Headers(header);
    for (const [name, value] of Object.entries(policy.headers)) {
      headers.set(name, value);
    }
    if (policy.apiKey !== undefined) {
      headers.set("authorization", `Bearer ${policy.apiKey}`);
    }
    return headers;
  };
  return {
    async unary(method, signal, timeoutMs = policy.timeoutMs, header, input, contextValues) {
      const request = withRequestIds(method.input, input);
      const retriesMax = isRepeatable(method) ? policy.retries : 0;
      // For Connect, 0 means no deadline; here it means the longest one.
      const deadline =
        performance.now() + (timeoutMs > 0 ? Math.min(timeoutMs, TIMEOUT_MS_MAX) : TIMEOUT_MS_MAX);
      const leftMs = () => Math.max(1, Math.ceil(deadline - performance.now()));
      for (let retries = 0; ; retries++) {
        try {
          return await transport.unary(method, signal, leftMs(), authorized(header), request, contextValues);
        } catch (thrown) {
          const error = S2sError.from(thrown, signal?.aborted ?? false);
          const pause = pauseMs(retries, error, Math.random());
          if (retries >= retriesMax || !isPassing(error) || pause >= leftMs()) {
            throw error;
          }
          report(policy, `${method.parent.typeName}/${method.name}`, retries + 1, error, pause);
          await sleep(pause, signal);
        }
      }
    },
    // A stream has no deadline unless the caller sets one, because it lasts as long as there is
    // something to send.
    async stream(method, signal, timeoutMs, header, input, contextValues) {
      const thrown = (thrown: unknown) => S2sError.from(thrown, signal?.aborted ?? false);
      try {
        const response = await transport.stream(
          method,
          signal,
          timeoutMs,
          authorized(header),
          input,
          contextValues,
        );
        return { ...response, message: throwing(response.message, thrown) };
      } catch (error) {
        throw thrown(error);
      }
    },
  };
}

/** Reports a failed attempt to the hook of the client. */
export function report(
  { onRetry }: Pick<Policy, "onRetry">,
  call: string,
  attempt: number,
  { code, reasonText }: S2sError,
  pauseMs: number,
): void {
  try {
    onRetry?.({ call, attempt, reason: reasonText || Code[code], pauseMs });
  } catch {
    // Logging must not make a call fail.
  }
}

/** Returns true if a call can safely be sent again when its outcome is unknown. */
function isRepeatable({ idempotency, input }: DescMethodUnary): boolean {
  return idempotency !== MethodOptions_IdempotencyLevel.IDEMPOTENCY_UNKNOWN || "requestId" in input.field;
}

/**
 * Returns the pause before the next attempt, in milliseconds: the time that the server asked for
 * plus a random time. The random time keeps clients that failed together from coming back together.
 * `random` is a number from 0 to 1.
 */
export function pauseMs(
  retries: number,
  { retryAfterMs = 0 }: Pick<S2sError, "retryAfterMs">,
  random: number,
): number {
  const half = Math.min(FIRST_PAUSE_MS * 2 ** retries, PAUSE_MS_MAX) / 2;
  return retryAfterMs + half + half * random;
}

/** Waits for `ms`. Cancelling the call ends the wait; the next attempt then fails as cancelled. */
export function sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    signal?.addEventListener("abort", wake);
    // A signal that was aborted before calls no listener.
    if (signal?.aborted) {
      wake();
    }
  });
}

async function* throwing<T>(messages: AsyncIterable<T>, of: (thrown: unknown) => S2sError): AsyncIterable<T> {
  try {
    yield* messages;
  } catch (thrown) {
    throw of(thrown);
  }
}
