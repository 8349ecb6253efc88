// What the journeys share: one server, one browser. Each journey has an account of its own.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Locator, Page } from "playwright-core";
import { launch, openTab, type Tab, type TabOptions } from "../world/browser.ts";
import { startWorld, type World } from "../world/server.ts";

export interface Account {
  readonly id: string;
  readonly key: string;
  call<T>(name: string, body: unknown): Promise<T>;
  /** Creates a code and a link that has it, and returns their ids. */
  setUp(fields?: { code?: object; link?: object }): Promise<{ codeId: string; linkId: string; slug: string }>;
  click(linkId: string): Promise<string>;
}

export interface Stage {
  readonly world: World;
  readonly account: Account;
  readonly tab: Tab;
  readonly page: Page;
}

const TIMEOUT_MS = 60_000;
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

export async function newAccount(scopes = ["READ", "WRITE", "RECORD"]): Promise<Account> {
  const { account } = await world.call<{ account: { id: string } }>("AccountService/CreateAccount", {
    account: { name: "Shop Ltd" },
  });
  const { keyText: key } = await world.call<{ keyText: string }>("ApiKeyService/CreateApiKey", {
    apiKey: { accountId: account.id, name: "Ada", scopes: scopes.map((scope) => `API_KEY_SCOPE_${scope}`) },
  });
  const call = <T>(name: string, body: unknown) => world.call<T>(name, body, key);
  return {
    id: account.id,
    key,
    call,
    async setUp({ code = {}, link = {} } = {}) {
      const { conversionCode } = await call<{ conversionCode: { id: string } }>(
        "ConversionCodeService/CreateConversionCode",
        {
          conversionCode: { name: "Sale", defaultCurrency: "EUR", ...code },
        },
      );
      const { trackingLink } = await call<{ trackingLink: { id: string; slug: string } }>(
        "TrackingLinkService/CreateTrackingLink",
        {
          trackingLink: {
            destination: "https://shop.example/?s1=[s2sidentifier]",
            conversionCodeIds: [conversionCode.id],
            ...link,
          },
        },
      );
      return { codeId: conversionCode.id, linkId: trackingLink.id, slug: trackingLink.slug };
    },
    async click(trackingLinkId) {
      return (await call<{ click: { id: string } }>("ClickService/RecordClick", { trackingLinkId })).click.id;
    },
  };
}

/** A journey through the console, in a tab that is signed in unless the options say otherwise. */
export function journey(
  name: string,
  run: (stage: Stage) => Promise<void>,
  options: TabOptions & { isAdmin?: boolean } = {},
): void {
  test(name, { timeout: TIMEOUT_MS }, async () => {
    const account = await newAccount();
    const key = options.isAdmin ? world.key : account.key;
    const tab = await openTab(browser, world, { key, ...options });
    try {
      await run({ world, account, tab, page: tab.page });
    } catch (error) {
      const text = await tab.page
        .locator("body")
        .ariaSnapshot()
        .catch(() => "");
      throw new Error(
        `${error instanceof Error ? error.stack : error}\n--- the page ---\n${text.slice(0, 3_000)}`,
      );
    }
    await tab.close();
  });
}

export const heading = (page: Page, name: string | RegExp) =>
  page.getByRole("heading", { level: 1, name }).waitFor();
export const button = (page: Page, name: string | RegExp) =>
  page.getByRole("button", { name, exact: typeof name === "string" });
export const dialog = (page: Page) => page.getByRole("dialog");
/** Waits until a text is in sight. */
export const see = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

/** Waits until a condition holds, without a pause of its own. */
export async function eventually(page: Page, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await condition())) {
    assert(Date.now() < deadline, "the condition does not come true");
    await page.evaluate(() => new Promise((next) => requestAnimationFrame(next)));
  }
}

export const textOf = async (locator: Locator): Promise<string> => (await locator.textContent()) ?? "";
