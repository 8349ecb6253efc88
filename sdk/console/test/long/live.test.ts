// The live log with many postbacks a second: it keeps up, and the page stays small.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { launch, openTab } from "../world/browser.ts";
import { startWorld, type World } from "../world/server.ts";

const SENT = 2_000;
const AT_ONCE = 40;
const ROWS_MAX = 60;
/** Longest time for which the page may not react, in milliseconds. */
const BLOCKED_MS_MAX = 500;
/** A busy server takes some postbacks into its spool, and judges them a little later. */
const WAIT_MS = 90_000;

let world: World;
let browser: Browser;

before(async () => {
  // One after the other: a browser without a world would never be closed.
  world = await startWorld();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await world?.stop();
});

test("two thousand postbacks as fast as they are judged", { timeout: 180_000 }, async () => {
  const { conversionCode } = await world.call<{ conversionCode: { id: string } }>(
    "ConversionCodeService/CreateConversionCode",
    {
      conversionCode: { name: "Sale", defaultCurrency: "EUR", dedupePolicy: "DEDUPE_POLICY_EVERY" },
    },
  );
  const { trackingLink } = await world.call<{ trackingLink: { id: string } }>(
    "TrackingLinkService/CreateTrackingLink",
    {
      trackingLink: {
        destination: "https://shop.example/?s1=[s2sidentifier]",
        conversionCodeIds: [conversionCode.id],
      },
    },
  );
  const newClick = async () => {
    const ask = { trackingLinkId: trackingLink.id };
    return (await world.call<{ click: { id: string } }>("ClickService/RecordClick", ask)).click.id;
  };
  const click = await newClick();
  const tab = await openTab(browser, world);
  await tab.open("/live");
  await tab.page.getByText(/Live · \d/).waitFor();
  await tab.page.evaluate(() => {
    let last = performance.now();
    const longest = { ms: 0 };
    Object.assign(window, { longest });
    const tick = () => {
      longest.ms = Math.max(longest.ms, performance.now() - last);
      last = performance.now();
      setTimeout(tick, 10);
    };
    tick();
  });
  const begin = performance.now();
  for (let sent = 0; sent < SENT; sent += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, (_, n) =>
        world.postback(`clickId=${click}&id=${conversionCode.id}&val=19.99&com=2&oid=fast-${sent + n}`),
      ),
    );
  }
  const seconds = (performance.now() - begin) / 1_000;
  // Those of one click are judged in their order, so the last one has a click of its own.
  await world.postback(`clickId=${await newClick()}&id=${conversionCode.id}&val=1&com=1&oid=the-last`);
  const before = performance.now();
  await tab.page.getByText("the-last").waitFor({ timeout: WAIT_MS });
  const behind = performance.now() - before;
  const rows = await tab.page.locator("tr.event").count();
  const blocked = await tab.page.evaluate(
    () => (window as unknown as { longest: { ms: number } }).longest.ms,
  );
  console.log(
    `${Math.round(SENT / seconds)} a second; ${Math.round(behind)} ms behind; ${rows} rows; blocked for ${Math.round(blocked)} ms at most`,
  );
  assert(rows <= ROWS_MAX, `${rows} rows are on the page`);
  assert(blocked <= BLOCKED_MS_MAX, `the page was blocked for ${blocked} ms`);
  await tab.close();
});
