// Fills in the ids that make a request safe to send again, before its first attempt.

import {
  clone,
  create,
  type DescMessage,
  isMessage,
  type Message,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { timestampNow } from "@bufbuild/protobuf/wkt";
import { RecordClickRequestSchema } from "./gen/s2s/v1/click_service_pb.js";
import { BatchRecordConversionsRequestSchema } from "./gen/s2s/v1/conversion_service_pb.js";
import { hexOf } from "./hex.js";

const REQUEST_ID_BYTES = 16;

/** Returns a copy of a request, with the missing request ids filled in. */
export function withRequestIds<I extends DescMessage>(
  schema: I,
  request: MessageInitShape<I>,
): MessageShape<I> {
  const message = clone(schema, create(schema, request));
  fill(message);
  return message;
}

function fill(message: Message): void {
  if (isMessage(message, BatchRecordConversionsRequestSchema)) {
    message.requests.forEach(fill);
  } else if (isMessage(message, RecordClickRequestSchema)) {
    // Request id and click time together determine the click id. A request with a click id needs
    // neither. A caller who sets the request id must set the click time, too: the server refuses a
    // request id without a time, because its repetition would be another click.
    if (message.clickId === "" && message.requestId === "") {
      message.requestId = newRequestId();
      message.clickTime ??= timestampNow();
    }
  } else if ("requestId" in message && message.requestId === "") {
    message.requestId = newRequestId();
  }
}

/** Returns 128 random bits in hexadecimal. */
function newRequestId(): string {
  return hexOf(crypto.getRandomValues(new Uint8Array(REQUEST_ID_BYTES)));
}
