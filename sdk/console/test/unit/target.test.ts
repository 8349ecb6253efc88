import assert from "node:assert/strict";
import { test } from "node:test";
import { piecesOf, textOfBytes } from "../../src/lib/target.ts";

const parameter = (name: string, value: string, canonicalName = name) => ({ name, value, canonicalName });
const repaired = (target: string, ...understood: ReturnType<typeof parameter>[]) =>
  piecesOf(target, understood)
    .filter((piece) => piece.isRepaired)
    .map((piece) => piece.text);

test("the pieces are the target", () => {
  const target = "/s2s?clickId=x&amp;val=1,50&weird&&y=%41";
  assert.equal(
    piecesOf(target, [])
      .map((piece) => piece.text)
      .join(""),
    target,
  );
});

test("what was not read as it came is marked", () => {
  assert.deepEqual(
    repaired("/s2s?clickId=a&val=1.5", parameter("clickId", "a"), parameter("val", "1.5")),
    [],
  );
  assert.deepEqual(
    repaired("/s2s?cid=a&amp;val=%20x", parameter("cid", "a", "clickId"), parameter("val", "x")),
    ["cid", "&amp;", "%20x"],
  );
  assert.deepEqual(repaired("/s2s&clickId=a", parameter("clickId", "a")), ["&"]);
  assert.deepEqual(repaired("/s2s%3FclickId=a;val=1", parameter("clickId", "a"), parameter("val", "1")), [
    "%3F",
    ";",
  ]);
});

test("a value that a note tells of is marked", () => {
  const marked = piecesOf("/s2s?val=19,99", [parameter("val", "19,99")], new Set(["val"]));
  assert.deepEqual(
    marked.filter((piece) => piece.isRepaired).map((piece) => piece.text),
    ["19,99"],
  );
});

test("a masked secret is not a repair", () => {
  assert.deepEqual(repaired("/s2s?sec=****", parameter("sec", "")), []);
});

test("bytes that are no UTF-8 are shown", () => {
  assert.equal(textOfBytes(new TextEncoder().encode("/s2s?oid=ü")), "/s2s?oid=ü");
  assert.equal(textOfBytes(new Uint8Array([0x2f, 0xfc, 0x41])), "/%FCA");
});
