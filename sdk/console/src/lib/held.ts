// The number of held postbacks, as far as one page tells.

import { PostbackVerdict } from "@s2s/sdk/gen/s2s/v1/postback_pb";
import { api } from "./api.ts";

const COUNTED_MAX = 100;

/** Returns `""` if there is none, and `99+` if there are more than a page. */
export async function heldCount(signal: AbortSignal): Promise<string> {
  const { postbacks, nextPageToken } = await api.stubs.postbacks.listPostbacks(
    { pageSize: COUNTED_MAX, filter: { verdict: PostbackVerdict.HELD } },
    { signal },
  );
  const isMore = nextPageToken !== "" || postbacks.length >= COUNTED_MAX;
  return isMore ? `${COUNTED_MAX - 1}+` : postbacks.length === 0 ? "" : String(postbacks.length);
}
