// Every screen, in light and dark, on a phone and on a desk, by axe: no violation.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import type axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { launch, openTab } from "../world/browser.ts";
import { screens, settled } from "../world/screens.ts";
import { type Seeded, seed } from "../world/seed.ts";
import { startWorld, type World } from "../world/server.ts";

declare global {
  interface Window {
    readonly axe: typeof axe;
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const TIMEOUT_MS = 600_000;

let world: World;
let browser: Browser;
let seeded: Seeded;

before(async () => {
  // One after the other: a browser without a world would never be closed.
  world = await startWorld();
  browser = await launch();
  seeded = await seed(world);
});

after(async () => {
  await browser?.close();
  await world?.stop();
});

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary = "" }) =>
        `${id}: ${help}\n  ${target}\n  ${failureSummary.replaceAll("\n", " ")}`,
    ),
  );
}

async function assertFits(page: Page, name: string): Promise<void> {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert(beyond <= 0, `${name} is ${beyond} pixels too wide`);
}

test("the longer words of German fit a phone", { timeout: TIMEOUT_MS }, async () => {
  const options = { locale: "de-DE", viewport: { width: 360, height: 780 }, hasTouch: true, isMobile: true };
  const tab = await openTab(browser, world, options);
  for (const { name, path } of screens(seeded)) {
    await tab.open(path);
    await settled(tab.page);
    await assertFits(tab.page, name);
  }
  await tab.close();
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const [width, height] of [
    [1280, 900],
    [360, 780],
  ] as const) {
    test(`${colorScheme}, ${width} pixels`, { timeout: TIMEOUT_MS }, async () => {
      const isPhone = width < 500;
      const options = {
        colorScheme,
        viewport: { width, height },
        ...(isPhone && { hasTouch: true, isMobile: true }),
      };
      const found: string[] = [];
      const out = await openTab(browser, world, { ...options, isSignedIn: false });
      await out.open("/");
      await settled(out.page);
      found.push(...(await violations(out.page)).map((line) => `sign-in ${line}`));
      await out.close();
      const tab = await openTab(browser, world, options);
      for (const { name, path, show } of screens(seeded)) {
        await tab.open(path);
        await settled(tab.page);
        await show?.(tab.page);
        await settled(tab.page);
        found.push(...(await violations(tab.page)).map((line) => `${name} ${line}`));
        await assertFits(tab.page, name);
      }
      await tab.close();
      assert.deepEqual(found, []);
    });
  }
}
