// Chromium, with pages on which any error of the console or of content security is a failure.

import assert from "node:assert/strict";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import type { World } from "./server.ts";

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

const TIMEOUT_MS = 15_000;

export const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

export interface Tab {
  readonly page: Page;
  /** Opens a path of the console. */
  open(path: string): Promise<void>;
  /** Ends the tab, and fails if the page said anything. */
  close(): Promise<void>;
}

export interface TabOptions extends BrowserContextOptions {
  readonly isSignedIn?: boolean;
  readonly key?: string;
}

/** Opens a tab. It is signed in as the administrator unless the options say otherwise. */
export async function openTab(browser: Browser, world: World, options: TabOptions = {}): Promise<Tab> {
  const { isSignedIn = true, key = world.key, ...context } = options;
  const opened = await browser.newContext({
    viewport: { width: 1280, height: 900 },
    locale: "en-US",
    timezoneId: "Europe/Berlin",
    permissions: ["clipboard-read", "clipboard-write"],
    reducedMotion: "reduce",
    ...context,
  });
  const page = await opened.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  const faults: string[] = [];
  page.on("console", (message) => {
    // Chromium notes each answer that is an error, also one that a test provokes.
    const isAnswer = message.text().startsWith("Failed to load resource");
    if (["error", "warning"].includes(message.type()) && !isAnswer) {
      faults.push(`${message.type()}: ${message.text()}`);
    }
  });
  page.on("pageerror", (error) => faults.push(`uncaught: ${error.stack ?? error.message}`));
  await page.addInitScript(() => {
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`content security: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
    });
  });
  if (isSignedIn) {
    const answer = await opened.request.post(`${world.url}/console/session`, {
      headers: { "x-s2s-console": "1" },
      data: { key },
    });
    assert.equal(answer.status(), 200, await answer.text());
  }
  return {
    page,
    async open(path) {
      await page.goto(`${world.url}/console${path}`);
    },
    async close() {
      await opened.close();
      assert.deepEqual(faults, []);
    },
  };
}
