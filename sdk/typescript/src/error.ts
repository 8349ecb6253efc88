// What a call failed with, read once from what Connect throws.

import type { Any } from "@bufbuild/protobuf/wkt";
import { durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { BadRequestSchema, ErrorInfoSchema, RetryInfoSchema } from "./gen/google/rpc/error_details_pb.js";
import type { Status } from "./gen/google/rpc/status_pb.js";
import { ErrorReason, ErrorReasonSchema } from "./gen/s2s/v1/error_reason_pb.js";

/** The `domain` of the service's `google.rpc.ErrorInfo`: other domains' reasons are not ours. */
const DOMAIN = "s2s.v1";

/** What Connect says of its own where a connection could not be made, broke, or spoke no gRPC. */
const UNREACHABLE: ReadonlySet<Code> = new Set([
  Code.Aborted,
  Code.Canceled,
  Code.Internal,
  Code.Unavailable,
  Code.Unknown,
]);

/** A field of a request that is at fault, such as `conversion_code.name`, and why. */
export interface FieldViolation {
  readonly field: string;
  readonly description: string;
}

/**
 * Why a call failed: what the server said, or that it could not be reached in time.
 *
 * `reason` is for programs, `message` for people.
 */
export class S2sError extends Error {
  static {
    S2sError.prototype.name = "S2sError";
  }

  /** The gRPC code: the kind of the failure. */
  readonly code: Code;
  /**
   * The reason, with cause and cure in the documentation of each value.
   *
   * `UNSPECIFIED` where the server gave none, or one that is newer than this client: see `reasonText`. `UNAVAILABLE`
   * where the server could not be reached, and `DEADLINE_EXCEEDED` where there was no answer within the timeout.
   */
  readonly reason: ErrorReason;
  /** The reason as it came, such as `CLICK_EXPIRED`; empty where there is none. */
  readonly reasonText: string;
  /** The particulars of the reason by name, as the server gave them. */
  readonly metadata: Readonly<Record<string, string>>;
  /** The fields of the request that are at fault. */
  readonly fieldViolations: readonly FieldViolation[];
  /** How many milliseconds the server asks to wait before the call is sent again, if it does. */
  readonly retryAfterMs: number | undefined;

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
  }

  /** The error of one item of a batch or stream, as the call itself would have failed. */
  static fromStatus(status: Status): S2sError {
    const error = new ConnectError(status.message, status.code);
    error.details = status.details.map(detailOf);
    return new S2sError(status.code, status.message, error);
  }

  /** @internal What was thrown while a call was made; `canceled`: by the caller. */
  static from(thrown: unknown, canceled: boolean): S2sError {
    const error = ConnectError.from(thrown);
    if (canceled) {
      const message = "the call was cancelled; it may or may not have taken effect";
      return new S2sError(Code.Canceled, message, error);
    }
    const answered = isAnswer(error);
    // gRPC libraries say CANCELLED where the time in `grpc-timeout` is over, and nobody else cancels a call whose
    // answer is awaited.
    const late = answered && error.code === Code.Canceled && error.details.length === 0;
    if (late || (!answered && error.code === Code.DeadlineExceeded)) {
      return new S2sError(Code.DeadlineExceeded, "no answer within the timeout", error);
    }
    if (!answered && UNREACHABLE.has(error.code)) {
      return new S2sError(Code.Unavailable, `the server could not be reached: ${rootCause(error)}`, error);
    }
    return new S2sError(error.code, error.rawMessage, error);
  }

  /** The message, then the reason in brackets. */
  override toString(): string {
    return `${this.name}: ${this.message} [${this.reasonText || Code[this.code]}]`;
  }
}

/** Whether the same call may succeed in a moment. An answer that is too large here will be so again. */
export function isPassing({ code, cause }: S2sError): boolean {
  return code === Code.Unavailable || (code === Code.ResourceExhausted && isAnswer(cause));
}

/** Whether the server said so, and not Connect by itself. */
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

/** The innermost message, which names what happened; the outer ones say "fetch failed". */
function rootCause(error: ConnectError): string {
  let message = error.rawMessage;
  for (let cause = error.cause; cause instanceof Error; cause = cause.cause) {
    message = cause.message || message;
  }
  return message.trim();
}
