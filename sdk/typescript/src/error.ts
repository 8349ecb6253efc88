// The error of a call, read once from the error that Connect throws.

import type { Any } from "@bufbuild/protobuf/wkt";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "./gen/google/rpc/error_details_pb.js";
import type { Status } from "./gen/google/rpc/status_pb.js";
import { ErrorReason, ErrorReasonSchema } from "./gen/s2s/v1/error_reason_pb.js";
import { type PostbackFailure, PostbackFailureSchema } from "./gen/s2s/v1/postback_pb.js";

/** The `domain` in the service's `google.rpc.ErrorInfo`. Reasons of other domains are ignored. */
const DOMAIN = "s2s.v1";

/** Connect's own codes for a connection that could not be made, broke, or did not speak gRPC. */
const UNREACHABLE: ReadonlySet<Code> = new Set([
  Code.Aborted,
  Code.Canceled,
  Code.Internal,
  Code.Unavailable,
  Code.Unknown,
]);

/** An invalid field of a request, such as `conversion_code.name`, and the problem with it. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/**
 * The error of a failed call: the server's answer, or the failure to reach the server in time.
 *
 * `reason` is for programs, `message` for people.
 */
export class S2sError extends Error {
  static {
    S2sError.prototype.name = "S2sError";
  }

  /** The gRPC code: the kind of failure. */
  readonly code: Code;
  /**
   * The reason. Each value documents its cause and its cure.
   *
   * `UNSPECIFIED` if the server gave no reason, or a reason that is newer than this client: see
   * `reasonText`. `UNAVAILABLE` if the server could not be reached, and `DEADLINE_EXCEEDED` if
   * there was no answer within the timeout.
   */
  readonly reason: ErrorReason;
  /**
   * The reason as the server sent it, such as `CODE_NOT_ON_LINK`. If the server sent none, it is
   * `UNAVAILABLE` or `DEADLINE_EXCEEDED` if that is the code, otherwise empty.
   */
  readonly reasonText: string;
  /** The details of the reason by name, as the server sent them. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The invalid fields of the request. */
  readonly fieldViolations: readonly FieldViolation[];
  /** Delay before a retry in milliseconds, if the server asks for one. */
  readonly retryAfterMs: number | undefined;
  /**
   * The outcome of a postback that does not count, with the id of the held postback. If
   * `conversions.record` fails for a postback and there is no outcome, send the postback again.
   */
  readonly postbackFailure: PostbackFailure | undefined;

  private constructor(code: Code, message: string, cause: ConnectError) {
    super(message, { cause });
    this.code = code;
    const info = cause.findDetails(ErrorInfoSchema).find(({ domain }) => domain === DOMAIN);
    this.reasonText = info?.reason ?? reasonOfCode(code);
    const known = ErrorReasonSchema.values.find(({ name }) => name === `ERROR_REASON_${this.reasonText}`);
    this.reason = known?.number ?? ErrorReason.UNSPECIFIED;
    this.metadata = info?.metadata ?? {};
    const violations = cause.findDetails(BadRequestSchema).flatMap((bad) => bad.fieldViolations);
    this.fieldViolations = violations.map(({ field, description }) => ({ field, description }));
    const delay = cause.findDetails(RetryInfoSchema)[0]?.retryDelay;
    this.retryAfterMs = delay && durationMs(delay);
    this.postbackFailure = cause.findDetails(PostbackFailureSchema)[0];
  }

  /** Returns the error of one item of a batch or stream, as if the item's own call had failed. */
  static fromStatus(status: Status): S2sError {
    const error = new ConnectError(status.message, status.code);
    error.details = status.details.map(detailOf);
    return new S2sError(status.code, status.message, error);
  }

  /**
   * @internal Converts an error thrown during a call. `canceled` is true if the caller cancelled
   * the call.
   */
  static from(thrown: unknown, canceled: boolean): S2sError {
    const error = ConnectError.from(thrown);
    if (canceled) {
      const message = "the call was cancelled; it may or may not have taken effect";
      return new S2sError(Code.Canceled, message, error);
    }
    const answered = isAnswer(error);
    // gRPC libraries answer CANCELLED when the time in `grpc-timeout` is over, and nothing else
    // cancels a call whose answer is awaited.
    const late = answered && error.code === Code.Canceled && error.details.length === 0;
    if (late || (!answered && error.code === Code.DeadlineExceeded)) {
      return new S2sError(Code.DeadlineExceeded, "no answer within the timeout", error);
    }
    if (!answered && UNREACHABLE.has(error.code)) {
      return new S2sError(Code.Unavailable, `the server could not be reached: ${rootCause(error)}`, error);
    }
    return new S2sError(error.code, error.rawMessage, error);
  }

  /** Returns the message, then in brackets the reason, or the code if there is no reason. */
  override toString(): string {
    return `${this.name}: ${this.message} [${this.reasonText || Code[this.code]}]`;
  }
}

/**
 * Returns true if the failure is transient, so that the same call may succeed soon. Connect's own
 * `ResourceExhausted` is not: an answer that is too large for this client will be too large again.
 */
export function isPassing({ code, cause }: S2sError): boolean {
  return code === Code.Unavailable || (code === Code.ResourceExhausted && isAnswer(cause));
}

/** Returns true if the error is an answer of the server, not an error that Connect made. */
function isAnswer(error: unknown): boolean {
  return error instanceof ConnectError && error.metadata.has("grpc-status");
}

function reasonOfCode(code: Code): string {
  switch (code) {
    case Code.Unavailable:
      return "UNAVAILABLE";
    case Code.DeadlineExceeded:
      return "DEADLINE_EXCEEDED";
    default:
      return "";
  }
}

function detailOf({ typeUrl, value }: Any): { type: string; value: Uint8Array } {
  return { type: typeUrl.slice(typeUrl.lastIndexOf("/") + 1), value };
}

/** Returns the innermost message, which names the problem; the outer ones say "fetch failed". */
function rootCause(error: ConnectError): string {
  let message = error.rawMessage;
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    message = cause.message || message;
  }
  return message.trim();
}
