// Reports: numbers over time, groups, and what is inside a group.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { button, eventually, heading, journey, see } from "./stage.ts";

journey("a report says what came of a link, and what is inside it", async ({ tab, page, world, account }) => {
  const { codeId, linkId, slug } = await account.setUp();
  for (const n of [1, 2, 3]) {
    // Without a browser's name, a click counts as a robot's.
    const visit = {
      trackingLinkId: linkId,
      userAgent: "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36",
    };
    const { click } = await account.call<{ click: { id: string } }>("ClickService/RecordClick", visit);
    await world.postback(`clickId=${click.id}&id=${codeId}&val=20.00&com=2.50&oid=r-${n}`);
  }
  await tab.open("/reports");
  await heading(page, "Reports");
  await see(page, "€60.00");
  await see(page, "€7.50");
  const row = page.getByRole("row").filter({ hasText: slug });
  await row.getByText("100%").waitFor();
  await button(page, "As a table").click();
  await page.getByRole("table", { name: "Clicks and conversions over time" }).waitFor();
  await page.getByRole("combobox", { name: "Divide by time" }).click();
  await page.getByRole("option", { name: "By day" }).click();
  await eventually(page, async () => page.url().includes("per=day"));
  await row.getByRole("link").click();
  await button(page, /^Remove the filter/).waitFor();
  await eventually(page, async () => page.url().includes("by=code"));
  await see(page, "€60.00");
  const waiting = page.waitForEvent("download");
  await button(page, "Download CSV").click();
  const text = await readFile(await (await waiting).path(), "utf8");
  assert.match(text, /,EUR,60,7\.5,/);
  await button(page, /^Remove the filter/).click();
  await eventually(page, async () => !page.url().includes("only.link"));
  await tab.open("/reports?by=browser,country");
  const told = page.getByRole("row").filter({ hasText: "Chrome" });
  await told.getByText("Not known").waitFor();
  await told.getByText("€60").waitFor();
  await told.getByRole("link").click();
  await eventually(page, async () => page.url().includes("only.browser=Chrome"));
  await see(page, "€60.00");
});
