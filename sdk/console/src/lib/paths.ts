// Patterns of paths, such as `/links/:id`.

/** Returns the parameters of a path that fits the pattern; undefined if it does not fit. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) {
    return undefined;
  }
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const text = given[index] ?? "";
    if (part.startsWith(":") && text !== "") {
      params[part.slice(1)] = decodeURIComponent(text);
    } else if (part !== text) {
      return undefined;
    }
  }
  return params;
}
