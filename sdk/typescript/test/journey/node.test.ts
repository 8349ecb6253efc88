// The journey of all SDKs on Node.js, over gRPC.

import assert from "node:assert/strict";
import { test } from "node:test";
import { createClient } from "../../src/node.js";
import { play } from "./play.js";
import { http, journey, stage, TIMEOUT_MS } from "./stage.js";

test("the journey of all SDKs", { timeout: TIMEOUT_MS }, async () => {
  const played = await play(journey, { ...stage, browser: false, createClient, http });
  assert.equal(played, journey.steps.length);
  assert(played > 0);
});
