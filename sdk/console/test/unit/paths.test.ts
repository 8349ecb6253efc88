import assert from "node:assert/strict";
import { test } from "node:test";
import { matchPath } from "../../src/lib/paths.ts";

test("paths fit patterns", () => {
  assert.deepEqual(matchPath("/", "/"), {});
  assert.deepEqual(matchPath("/links/:id", "/links/link_1"), { id: "link_1" });
  assert.deepEqual(matchPath("/links/:id/edit", "/links/a%2Fb/edit"), { id: "a/b" });
  assert.equal(matchPath("/links/:id", "/links"), undefined);
  assert.equal(matchPath("/links/:id", "/links/"), undefined);
  assert.equal(matchPath("/links", "/links/x"), undefined);
});
