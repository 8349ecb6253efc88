// Reading from the server: the cache of answers, and lists that come in pages.

import { createInfiniteQuery, MutationCache, QueryCache, QueryClient } from "@tanstack/svelte-query";
import { Code, S2sError } from "./api.ts";
import { session } from "./session.svelte.ts";

/** Ends the session if the server no longer knows it. */
function noteError(error: unknown): void {
  if (error instanceof S2sError && error.code === Code.Unauthenticated) {
    session.end();
  }
}

export const queries = new QueryClient({
  queryCache: new QueryCache({ onError: noteError }),
  mutationCache: new MutationCache({ onError: noteError }),
  defaultOptions: {
    // The SDK repeats calls itself. A property that a page begins to read late would be stale if the library
    // told of changes only of those that were read before.
    queries: { retry: false, notifyOnChangeProps: "all", staleTime: 5_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});

/** A page of a list. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string;
}

/** Empty pages with a token that are followed before a reader is asked. */
const EMPTY_PAGES_MAX = 4;

/** Pages of a list that are read again when a reader comes back to the page. */
const PAGES_REFRESHED_MAX = 2;

/** Makes a query of a list that comes in pages. */
export function createPages<T>(
  options: () => {
    key: readonly unknown[];
    fetch: (pageToken: string, signal: AbortSignal) => Promise<Page<T>>;
    enabled?: boolean;
  },
) {
  const query = createInfiniteQuery(() => {
    const { key, fetch, enabled = true } = options();
    return {
      queryKey: key,
      enabled,
      initialPageParam: "",
      // A long list would be read again from its beginning.
      refetchOnWindowFocus: (query: { state: { data?: { pages: unknown[] } } }) =>
        (query.state.data?.pages.length ?? 0) <= PAGES_REFRESHED_MAX,
      queryFn: async ({ pageParam, signal }: { pageParam: string; signal: AbortSignal }) => {
        let page = await fetch(pageParam, signal);
        for (let tries = 0; page.items.length === 0 && page.next !== "" && tries < EMPTY_PAGES_MAX; tries++) {
          page = await fetch(page.next, signal);
        }
        return page;
      },
      getNextPageParam: (last: Page<T>) => last.next || undefined,
    };
  });
  return {
    get items(): T[] | undefined {
      return query.data?.pages.flatMap((page) => page.items);
    },
    get error(): Error | null {
      return query.error;
    },
    get isLoading(): boolean {
      return query.isLoading;
    },
    get hasMore(): boolean {
      return query.hasNextPage;
    },
    get isLoadingMore(): boolean {
      return query.isFetchingNextPage;
    },
    more: () => void query.fetchNextPage(),
    refetch: () => void query.refetch(),
  };
}

export type Pages<T> = ReturnType<typeof createPages<T>>;

/** Makes every query below the key fresh. */
export function refresh(...key: readonly unknown[]): Promise<void> {
  return queries.invalidateQueries({ queryKey: key });
}
