// What makes a request safe to send again, filled in before it is sent first.

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
import { RecordClickRequestSchema } from "./gen/s2s/v1/click_pb.js";
import { BatchRecordConversionsRequestSchema } from "./gen/s2s/v1/conversion_pb.js";
import { hexOf } from "./hex.js";

const REQUEST_ID_BYTES = 16;

/** A copy of a request, with request ids where there are none. */
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
    // Request id and click time together make the click id; a click that has one needs neither. A caller's own
    // request id must come with its own time, else a repetition would be another click: the server says so.
    if (message.clickId === "" && message.requestId === "") {
      message.requestId = newRequestId();
      message.clickTime ??= timestampNow();
    }
  } else if ("requestId" in message && message.requestId === "") {
    message.requestId = newRequestId();
  }
}

/** 128 random bits in hexadecimal. */
function newRequestId(): string {
  return hexOf(crypto.getRandomValues(new Uint8Array(REQUEST_ID_BYTES)));
}
