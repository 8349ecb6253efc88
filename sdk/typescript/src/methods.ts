// The forms of methods. The generated layer makes each method from one of them.

import type { Message } from "@bufbuild/protobuf";
import type { CallOptions as ConnectOptions } from "@connectrpc/connect";
import { type CallOptions, requestOf, type Shape } from "./params.js";

// The generated types say which request belongs to which call.
type Call<Response> = (request: never, options?: ConnectOptions) => Promise<Response>;

/** Makes a method that returns the response. */
export function unary<Params, Result extends Response, Response>(
  call: Call<Response>,
  shape: Shape,
): (params?: Params, options?: CallOptions) => Promise<Result> {
  return async (params, options) =>
    (await call(requestOf(shape, params) as never, optionsOf(options))) as Result;
}

/** Makes a method that iterates over the items of all pages, which are in the field `items`. */
export function list<Params, Item>(
  call: Call<Message & { nextPageToken: string }>,
  shape: Shape,
  items: string,
): (params?: Params, options?: CallOptions) => AsyncGenerator<Item, void, undefined> {
  return async function* (params, options) {
    const request = requestOf(shape, params) as Message & { pageToken: string };
    do {
      const page = await call(request as never, optionsOf(options));
      yield* (page as unknown as Record<string, Item[]>)[items] ?? [];
      request.pageToken = page.nextPageToken;
    } while (request.pageToken !== "");
  };
}

/**
 * Makes a method that sends a request for each item. The field `request` of a message to the server
 * has the request, and the field `result` of an answer has the result.
 */
export function stream<Params, Result>(
  call: (requests: AsyncIterable<never>, options?: ConnectOptions) => AsyncIterable<Message>,
  shape: Shape,
  request: string,
  result: string,
): (
  params: Iterable<Params> | AsyncIterable<Params>,
  options?: CallOptions,
) => AsyncGenerator<Result, void, undefined> {
  return async function* (params, options) {
    async function* requests() {
      for await (const one of params) {
        yield { [request]: requestOf(shape, one) } as never;
      }
    }
    for await (const answer of call(requests(), optionsOf(options))) {
      yield (answer as unknown as Record<string, Result>)[result] as Result;
    }
  };
}

/** Returns the options for Connect. */
export function optionsOf({ timeoutMs, signal }: CallOptions = {}): ConnectOptions {
  return { ...(timeoutMs !== undefined && { timeoutMs }), ...(signal !== undefined && { signal }) };
}
