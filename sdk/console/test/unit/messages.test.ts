import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { chooseLanguage, fill, type Message } from "../../src/lib/message.ts";
import de from "../../src/messages/de.ts";
import en from "../../src/messages/en.ts";

const textsOf = (message: Message) => (typeof message === "string" ? [message] : Object.values(message));
const placesOf = (message: Message) =>
  [
    ...new Set(textsOf(message).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name))),
  ].sort();
const isOfServer = (key: string) => /^(cure|note|warning)\./.test(key);

test("places are filled, and numbers are written as the language writes them", () => {
  assert.equal(fill("{a} of {b}", { a: "one", b: 12_345 }, "en"), "one of 12,345");
  assert.equal(fill("{a}", {}, "en"), "{a}");
  assert.equal(fill({ one: "{n} row", other: "{n} rows" }, { n: 1 }, "en"), "1 row");
  assert.equal(fill({ one: "{n} row", other: "{n} rows" }, { n: 2_000n }, "de"), "2.000 rows");
});

test("the language is one that the reader prefers", () => {
  assert.equal(chooseLanguage(["", "fr-FR", "de-AT"], ["de", "en"]), "de");
  assert.equal(chooseLanguage(["fr"], ["de", "en"]), "en");
});

test("every language has the same messages with the same places", () => {
  const known = new Map<string, Message>(Object.entries(en));
  for (const [key, message] of Object.entries<Message>(de)) {
    const original = known.get(key);
    if (original !== undefined) {
      assert.deepEqual(placesOf(message), placesOf(original), key);
    } else {
      assert(isOfServer(key), key);
    }
  }
});

test("every reason that holds a postback has words", () => {
  const toml = readFileSync("../../proto/reasons.toml", "utf8");
  const held = toml
    .split("[[reason]]")
    .filter((entry) => /^postback = "held"$/m.test(entry))
    .map((entry) => /^name = "(\w+)"$/m.exec(entry)?.[1] ?? "");
  assert(held.length > 30);
  for (const name of held) {
    assert(`reason.${name}` in en, name);
    assert(`cure.${name}` in de, name);
  }
});

test("notes and warnings of the server have words", () => {
  const names = (file: string, prefix: string) =>
    [
      ...readFileSync(`../../proto/s2s/v1/${file}.proto`, "utf8").matchAll(
        new RegExp(`^  ${prefix}_(\\w+) = [1-9]`, "gm"),
      ),
    ]
      .map(([, name]) => name ?? "")
      // These tell of one answer, and their sentences say all.
      .filter((name) => !["SHORTENED", "REPETITION_NOT_LISTED"].includes(name));
  for (const name of names("note", "NOTE_CODE")) {
    assert(`note.${name}` in de, name);
  }
  for (const name of names("setup_warning", "SETUP_WARNING_CODE")) {
    assert(`warning.${name}` in de, name);
  }
});

test("every message is used", () => {
  const files = readdirSync("src", { recursive: true, encoding: "utf8" }).filter(
    (name) => /\.(ts|svelte)$/.test(name) && !name.startsWith("messages"),
  );
  const source = files.map((name) => readFileSync(`src/${name}`, "utf8")).join("\n");
  // Keys that are put together from a code of the server, or from another value.
  const isMade = (key: string) =>
    /^(reason|step|device|flag|parameter|amount)\./.test(key) ||
    /^(adjustment\.\w+_text|import\.field_\w+)$/.test(key);
  for (const key of Object.keys(en)) {
    assert(isMade(key) || source.includes(`"${key}"`), `nothing uses ${key}`);
  }
});
