// The size of the built page: what a first visit loads, and all of it, compressed.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const FIRST_KB_MAX = 150;
const ALL_KB_MAX = 400;

const folder = process.argv[2] ?? "dist";
const kb = (names: Iterable<string>) =>
  [...names].reduce((sum, name) => sum + gzipSync(readFileSync(join(folder, name)), { level: 9 }).length, 0) /
  1_000;

const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
  /\.\w+$/.test(name),
);
const assets = files.filter((name) => name.startsWith("assets/"));
const find = (name: string) => assets.filter((asset) => asset.startsWith(`assets/${name}-`));

/** Adds what a file imports at once, and its style sheets. */
function closure(names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const add = (name: string) => {
    if (found.has(name) || !assets.includes(name)) {
      return;
    }
    found.add(name);
    const text = name.endsWith(".js") ? readFileSync(join(folder, name), "utf8") : "";
    for (const [, imported] of text.matchAll(/(?:from|import)\s*"\.\/([\w.-]+)"/g)) {
      add(`assets/${imported}`);
    }
  };
  names.forEach(add);
  return found;
}

const html = readFileSync(join(folder, "index.html"), "utf8");
const entries = [...html.matchAll(/assets\/[\w.-]+/g)].map(([name]) => name);
const shell = closure([...entries, ...find("en")]);
const overview = closure([...shell, ...find("Overview")]);
const first = kb(shell) + kb(["index.html"]);
const screen = kb(overview) + kb(["index.html"]);
const all = kb(files);
console.log(
  `gzip: ${first.toFixed(1)} kB until the page shows, ${screen.toFixed(1)} kB with the overview, ${all.toFixed(1)} kB in all`,
);
if (screen > FIRST_KB_MAX || all > ALL_KB_MAX) {
  console.error(`more than ${FIRST_KB_MAX} kB for a first visit, or ${ALL_KB_MAX} kB in all`);
  process.exit(1);
}
