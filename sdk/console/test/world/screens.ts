// The screens, for whatever looks at all of them.

import type { Page } from "playwright-core";
import type { Seeded } from "./seed.ts";

export interface ScreenView {
  readonly name: string;
  readonly path: string;
  /** Shows more of the screen, such as a dialog. */
  readonly show?: (page: Page) => Promise<void>;
}

const press = (name: string | RegExp) => async (page: Page) => {
  await page.getByRole("button", { name }).first().click();
  await page.getByRole("dialog").waitFor();
};

const keys = (text: string) => async (page: Page) => {
  await page.keyboard.press(text);
  await page.getByRole("dialog").waitFor();
};

export function screens(seeded: Seeded, codeId = seeded.codeId): ScreenView[] {
  const url = `https://t.example/s2s?clickId=${seeded.clickId}&amp;id=${codeId}&val=19,99&com="2.50"&order_id=order-1`;
  return [
    { name: "overview", path: "/" },
    { name: "start", path: "/start" },
    { name: "live", path: "/live" },
    { name: "explain", path: "/explain" },
    { name: "explain-held", path: `/explain?postback=${seeded.heldId}` },
    { name: "explain-url", path: `/explain?target=${encodeURIComponent(url)}` },
    { name: "click", path: `/clicks/${seeded.clickId}` },
    { name: "postbacks", path: "/postbacks" },
    { name: "postbacks-all", path: "/postbacks?verdict=all" },
    { name: "replay", path: "/postbacks", show: press("Replay all") },
    { name: "links", path: "/links" },
    { name: "link", path: `/links/${seeded.linkId}` },
    {
      name: "link-new",
      path: "/links/new",
      show: (page) =>
        page
          .getByRole("textbox", { name: "Destination", exact: true })
          .fill("https://shop.example/?a=1&s1=[s2sidentifier]"),
    },
    { name: "codes", path: "/codes" },
    { name: "code", path: `/codes/${seeded.networkCodeId}` },
    { name: "code-checks", path: `/codes/${codeId}?tab=checks` },
    { name: "code-settings", path: `/codes/${codeId}?tab=settings` },
    {
      name: "code-test",
      path: `/codes/${codeId}?tab=test`,
      show: (page) => page.getByRole("button", { name: "Run the test" }).click(),
    },
    { name: "conversions", path: "/conversions" },
    { name: "conversion", path: `/conversions/${seeded.conversionId}` },
    { name: "refund", path: `/conversions/${seeded.conversionId}`, show: press("Refund") },
    { name: "reports", path: "/reports" },
    { name: "reports-by-day", path: "/reports?by=partner,link&per=day&compare=previous" },
    { name: "partners", path: "/partners" },
    { name: "partner", path: `/partners/${seeded.partnerId}` },
    { name: "partner-new", path: "/partners", show: press("New partner") },
    { name: "payouts", path: "/payouts" },
    { name: "payout", path: `/payouts/${seeded.payoutId}` },
    { name: "reconciliation", path: "/reconciliation" },
    { name: "statement", path: `/reconciliation/${seeded.statementId}` },
    { name: "statement-new", path: "/reconciliation/new" },
    { name: "keys", path: "/keys" },
    { name: "key-new", path: "/keys", show: press("New API key") },
    { name: "accounts", path: "/accounts" },
    { name: "settings", path: "/settings" },
    { name: "health", path: "/health" },
    { name: "more", path: "/more" },
    { name: "palette", path: "/", show: keys("Control+k") },
    { name: "help", path: "/links", show: keys("?") },
    { name: "missing", path: "/nowhere" },
  ];
}

/** Waits until a screen has read what it shows. */
export async function settled(page: Page): Promise<void> {
  await page.locator("main h1").first().waitFor({ state: "attached" });
  await page.locator(".skeleton").first().waitFor({ state: "detached" });
}
