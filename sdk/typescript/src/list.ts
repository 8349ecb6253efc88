// Lists that fetch their pages automatically.

import type { Message } from "@bufbuild/protobuf";
import type { CallOptions } from "@connectrpc/connect";

/** A page, which has one repeated field and a token. */
type Page = Message & { nextPageToken: string };

/** The item type of a page. */
type Item<P extends Page> = {
  [Field in Exclude<keyof P, keyof Message>]: P[Field] extends (infer T)[] ? T : never;
}[Exclude<keyof P, keyof Message>];

/**
 * Iterates over all pages of a list, from the request's `pageToken` on:
 *
 * ```ts
 * const request = { filter: { conversionCodeId } };
 * for await (const conversion of listAll(client.conversions.listConversions, request)) …
 * ```
 *
 * `list` is a client's method with a name that begins with `list`, or `replayPostbacks` with a
 * filter. Each page is fetched when it is reached, one at a time, with `options` and its own
 * timeout and retries.
 */
export async function* listAll<Request extends { pageToken?: string }, P extends Page>(
  list: (request: Request, options?: CallOptions) => Promise<P>,
  request: NoInfer<Request>,
  options?: CallOptions,
): AsyncGenerator<Item<P>, void, undefined> {
  let { pageToken = "" } = request;
  do {
    const page = await list({ ...request, pageToken }, options);
    yield* itemsOf(page);
    pageToken = page.nextPageToken;
  } while (pageToken !== "");
}

/** Returns the items of a page. Skips `$unknown`, an array of fields that a newer server sends. */
function itemsOf<P extends Page>(page: P): Item<P>[] {
  const fields = Object.entries(page).filter(([name]) => !name.startsWith("$"));
  return fields.map(([, value]) => value).find(Array.isArray) ?? [];
}
