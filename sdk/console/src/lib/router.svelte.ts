// The router: paths below the base, over the history API.

const BASE = "/console";

/** The place that is shown: path without the base, query, fragment. */
const place = $state({ path: "/", query: new URLSearchParams(), fragment: "" });

function read(): void {
  const { pathname, search, hash } = window.location;
  place.path = pathname.slice(BASE.length).replace(/\/+$/, "") || "/";
  place.query = new URLSearchParams(search);
  place.fragment = hash.slice(1);
}

export const router = {
  get path(): string {
    return place.path;
  },
  get query(): URLSearchParams {
    return place.query;
  },
  get fragment(): string {
    return place.fragment;
  },
};

/** Returns the address of a path such as `/links`. */
export function href(path: string, query: Readonly<Record<string, string | undefined>> = {}): string {
  const pairs = Object.entries(query).flatMap(([name, value]) => (value ? [[name, value]] : []));
  const search = new URLSearchParams(pairs).toString();
  return `${BASE}${path}${search && `?${search}`}`;
}

export function go(address: string, { replace = false } = {}): void {
  window.history[replace ? "replaceState" : "pushState"](null, "", address);
  read();
  if (!replace) {
    window.scrollTo(0, 0);
  }
}

/** Changes the query of this place. An empty value takes its name out. */
export function setQuery(change: Readonly<Record<string, string | undefined>>): void {
  go(href(place.path, { ...Object.fromEntries(place.query), ...change }), { replace: true });
}

/** Begins to follow links and the history. */
export function startRouter(): void {
  read();
  window.addEventListener("popstate", read);
  document.addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    const isPlain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
    if (!(link instanceof HTMLAnchorElement) || !isPlain || event.defaultPrevented || link.target !== "") {
      return;
    }
    const isOurs = link.origin === window.location.origin && link.pathname.startsWith(BASE);
    if (isOurs && !link.hasAttribute("download")) {
      event.preventDefault();
      go(link.pathname + link.search + link.hash);
    }
  });
}
