// Streams of events that go on by themselves after a failure.

import type { Message } from "@bufbuild/protobuf";
import { Code, ConnectError, type CallOptions as ConnectOptions } from "@connectrpc/connect";
import { type Policy, pauseMs, report, sleep } from "./calls.js";
import { isPassing, S2sError } from "./error.js";
import { optionsOf } from "./methods.js";
import { type CallOptions, requestOf, type Shape } from "./params.js";

/**
 * Longest silence of a stream. The server sends a heartbeat every 15 seconds, so after a longer
 * silence the connection is dead.
 */
const SILENCE_MS_MAX = 45_000;

type Event = Message & { resumeToken: string };
// The generated types say which request belongs to which call.
type Call<Response> = (request: never, options?: ConnectOptions) => AsyncIterable<Response>;

/**
 * Makes a method that iterates over the messages of a stream. It opens the stream again after each
 * failure that may pass; before the first message, at most as often as any other call. Once the
 * stream has begun, an opening that takes too long is such a failure.
 */
export function watch<Params, Response extends Event>(
  call: Call<Response>,
  shape: Shape,
  name: string,
  policy: Pick<Policy, "timeoutMs" | "retries" | "onRetry">,
  silenceMsMax = SILENCE_MS_MAX,
): (params?: Params, options?: CallOptions) => AsyncGenerator<Response, void, undefined> {
  return async function* (params, options) {
    const request = requestOf(shape, params) as Event;
    const { timeoutMs, signal } = optionsOf(options);
    const deadline = timeoutMs === undefined ? undefined : performance.now() + timeoutMs;
    let hasBegun = false;
    // For Connect, 0 means no deadline.
    const leftMs = () => deadline && Math.max(1, Math.ceil(deadline - performance.now()));
    for (let failures = 0; ; ) {
      const left = leftMs();
      const open = (signal: AbortSignal, onHeader: () => void) =>
        call(request as never, { signal, onHeader, ...(left !== undefined && { timeoutMs: left }) });
      const late = hasBegun ? Code.Unavailable : Code.DeadlineExceeded;
      let messages = 0;
      try {
        for await (const message of listen(open, signal, policy.timeoutMs, late, silenceMsMax)) {
          request.resumeToken = message.resumeToken;
          hasBegun = true;
          messages++;
          // A stream that fails after its first heartbeat has failed again.
          if (messages > 1) {
            failures = 0;
          }
          yield message;
        }
      } catch (thrown) {
        if (!(thrown instanceof S2sError) || !isPassing(thrown)) {
          throw thrown;
        }
        if (!hasBegun && failures >= policy.retries) {
          throw thrown;
        }
        const pause = pauseMs(failures, thrown, Math.random());
        failures++;
        report(policy, name, failures, thrown, pause);
        await sleep(Math.min(pause, leftMs() ?? pause), signal);
      }
    }
  };
}

/**
 * Opens a stream once and yields its messages. Always ends with an error. `late` is the code of an
 * opening that takes longer than `timeoutMs`.
 */
async function* listen<Response>(
  open: (signal: AbortSignal, onHeader: () => void) => AsyncIterable<Response>,
  signal: AbortSignal | undefined,
  timeoutMs: number,
  late: Code,
  silenceMsMax: number,
): AsyncGenerator<Response, void, undefined> {
  const own = new AbortController();
  const abort = () => own.abort(signal?.reason);
  signal?.addEventListener("abort", abort);
  if (signal?.aborted) {
    abort();
  }
  // The error with which this client itself has ended the stream.
  let cause: S2sError | undefined;
  const endAfter = (ms: number, code: Code, message: string) =>
    setTimeout(() => {
      cause = S2sError.fromStatus({ code, message, details: [] } as never);
      own.abort();
    }, ms);
  let timer = endAfter(timeoutMs, late, "the stream was not opened within the timeout");
  const waitForMessage = () => {
    clearTimeout(timer);
    timer = endAfter(silenceMsMax, Code.Unavailable, "the stream is silent");
  };
  try {
    for await (const message of open(own.signal, waitForMessage)) {
      clearTimeout(timer);
      yield message;
      waitForMessage();
    }
  } catch (thrown) {
    throw cause ?? thrown;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
    own.abort();
  }
  // A server that ends a stream without an error is stopping, or stands behind a proxy.
  throw cause ?? S2sError.from(new ConnectError("the stream has ended", Code.Unavailable), false);
}
