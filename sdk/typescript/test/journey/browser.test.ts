// The journey of all SDKs in Chromium, over gRPC-web, from a page whose origin is not the server's.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { listen } from "../scripted-server.js";
import { http, journey, stage, TIMEOUT_MS } from "./stage.js";

/** Flags that keep Chromium from making calls of its own. */
const FLAGS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
  "--no-sandbox",
];

test("the journey of all SDKs in a browser", { timeout: TIMEOUT_MS }, async (context) => {
  const { outputFiles } = await build({ entryPoints: ["test/journey/page.ts"], bundle: true, write: false });
  const script = outputFiles[0]?.text;
  const pages = createServer((request, response) => {
    const [type, body] =
      request.url === "/page.js"
        ? ["text/javascript", script]
        : ["text/html", '<script src="/page.js"></script>'];
    response.setHeader("content-type", `${type}; charset=utf-8`).end(body);
  });
  const origin = await listen(context, pages);
  assert.notEqual(origin, new URL(stage.url).origin);

  const executablePath = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
  const browser = await chromium.launch({ executablePath, args: FLAGS });
  context.after(() => browser.close());
  const page = await browser.newPage();
  await page.exposeFunction("httpOutside", http);
  await page.goto(origin);
  const played = await page.evaluate((told) => {
    const { journey, stage } = JSON.parse(told);
    return window.playJourney(journey, stage);
  }, JSON.stringify({ journey, stage }));

  const leftOut = journey.steps.filter((step) => step.browser === false).length;
  context.diagnostic(`${played} steps played in ${browser.version()}, ${leftOut} left out`);
  assert.equal(played, journey.steps.length - leftOut);
  assert(played > 0);
});
