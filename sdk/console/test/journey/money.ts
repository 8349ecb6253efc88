// Conversions, partners, payouts and statements.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { button, dialog, eventually, heading, journey, see } from "./stage.ts";

journey("conversions are approved in bulk, and one is refunded", async ({ tab, page, world, account }) => {
  const { codeId, linkId } = await account.setUp({ code: { defaultStatus: "CONVERSION_STATUS_PENDING" } });
  for (const n of [1, 2, 3]) {
    await world.postback(`clickId=${await account.click(linkId)}&id=${codeId}&val=20.00&com=2.50&oid=c-${n}`);
  }
  await tab.open("/conversions");
  await page.getByRole("row").nth(3).waitFor();
  await page.getByLabel("Select c-1").check();
  await page.getByLabel("Select c-2").check();
  await button(page, "Approve").click();
  await dialog(page).getByText("€5.00").first().waitFor();
  await dialog(page).getByRole("button", { name: "Approve 2" }).click();
  await see(page, "2 conversions are approved");
  await page.getByRole("group", { name: "Status" }).getByRole("button", { name: "Pending" }).click();
  await eventually(page, async () => (await page.getByRole("row").count()) === 2);
  await button(page, "Clear filters").click();
  await page.getByRole("link", { name: /^c-1/ }).click();
  await heading(page, "c-1");
  await button(page, "Refund").click();
  await dialog(page)
    .getByLabel(/Amount paid back/)
    .fill("1,500");
  await dialog(page).getByText("This can be read in two ways").waitFor();
  await dialog(page)
    .getByLabel(/Amount paid back/)
    .fill("5");
  await dialog(page).getByText("€15.00").waitFor();
  await dialog(page).getByText("Commission €1.875").waitFor();
  await dialog(page).getByRole("button", { name: "Refund" }).click();
  await see(page, "The conversion is adjusted");
  await see(page, /Value €20\.00 → €15\.00/);
  await button(page, "Actions").click();
  await page.getByRole("menuitem", { name: "Reverse" }).click();
  await dialog(page).getByText("€0.00").first().waitFor();
  await dialog(page).getByRole("button", { name: "Reverse" }).click();
  await page.getByRole("heading", { level: 1 }).locator("..").getByText("Declined").waitFor();
});

journey("a partner is paid exactly what was seen", async ({ tab, page, world, account }) => {
  await tab.open("/partners");
  await button(page, "New partner").first().click();
  await dialog(page).getByLabel("Name").fill("Blog of Ada");
  await dialog(page).getByLabel("Minimum payout").fill("1");
  await dialog(page).getByRole("combobox", { name: "Currency" }).fill("EUR");
  await page.getByRole("option", { name: "EUR Euro" }).click();
  await dialog(page).getByLabel("Days held back").fill("0");
  await dialog(page).getByRole("button", { name: "Create the partner" }).click();
  await heading(page, "Blog of Ada");
  const partnerId = page.url().split("/").at(-1);
  const { codeId, linkId } = await account.setUp({ link: { partnerId } });
  await world.postback(`clickId=${await account.click(linkId)}&id=${codeId}&val=20.00&com=10.00&oid=p-1`);
  await button(page, "Add an entry").click();
  await dialog(page).getByLabel("Amount").fill("-2.50");
  await dialog(page).getByLabel("Note").fill("bank fee");
  await dialog(page).getByRole("button", { name: "Add it" }).click();
  await see(page, "bank fee");
  // The draft leaves out what was recorded in the last seconds.
  await eventually(page, async () => {
    await button(page, "Pay out").click();
    await dialog(page)
      .getByText(/Total|nothing to pay/)
      .first()
      .waitFor();
    const isDue = (await dialog(page).getByText("€7.50").count()) > 0;
    if (!isDue) {
      await page.keyboard.press("Escape");
      await dialog(page).waitFor({ state: "detached" });
    }
    return isDue;
  });
  await dialog(page).getByRole("button", { name: "Create the payout of €7.50" }).click();
  await heading(page, "Payout to Blog of Ada");
  const download = page.waitForEvent("download");
  await button(page, "CSV").click();
  assert.match(await readFile(await (await download).path(), "utf8"), /bank fee,\S+,-2\.5,EUR/);
  await button(page, "Mark as paid").click();
  await dialog(page).getByLabel("Reference").fill("SEPA 2026-11-30");
  await dialog(page).getByRole("button", { name: "It is paid" }).click();
  await see(page, "The payout is paid");
  await see(page, "SEPA 2026-11-30");
  assert.equal(await button(page, "Mark as paid").count(), 0);
});

journey(
  "a network's file is compared, and differences are settled",
  async ({ tab, page, world, account }) => {
    const { codeId, linkId } = await account.setUp();
    for (const [oid, com] of [
      ["s-1", "2.50"],
      ["s-2", "3.00"],
      ["s-3", "4.00"],
    ]) {
      await world.postback(
        `clickId=${await account.click(linkId)}&id=${codeId}&val=20.00&com=${com}&oid=${oid}`,
      );
    }
    await world.postback(`clickId=${await account.click(linkId)}&id=${codeId}&val=1,500&com=75&oid=s-4`);
    const text =
      "Order ID;Provision;Status\r\ns-1;2,50;approved\r\ns-2;3,50;approved\r\ns-4;75,00;approved\r\ns-9;1,00;approved\r\n;82,00;\r\n";
    await tab.open("/reconciliation");
    await page.getByRole("link", { name: "Compare a statement" }).first().click();
    await page
      .getByLabel("Choose a CSV file")
      .setInputFiles({ name: "november.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await see(page, "4 rows are read · 1 without an id left out");
    await page.getByRole("combobox", { name: "Conversion code" }).click();
    await page.getByRole("option", { name: /Sale/ }).click();
    const today = new Date();
    const day = (date: Date) => date.toISOString().slice(0, 10);
    await page.getByLabel("First day").fill(day(new Date(today.getTime() - 86_400_000)));
    await page.getByLabel("Last day").fill(day(new Date(today.getTime() + 86_400_000)));
    await button(page, "Compare 4 rows").click();
    await heading(page, "november.csv");
    await see(page, "4 differences open");
    await see(page, "Held: An amount has two meanings");
    await page.getByLabel("Select s-2").check();
    await button(page, "Adjust ours").click();
    await dialog(page).getByRole("button", { name: "Adjust ours" }).click();
    await see(page, "1 row is done");
    await see(page, "3 differences open");
    await page
      .getByRole("group", { name: "Result" })
      .getByRole("button", { name: /Only the network/ })
      .click();
    await page.getByLabel("Select s-9").check();
    await button(page, "Leave a note").click();
    await dialog(page).getByLabel("Note").fill("not ours");
    await dialog(page).getByRole("button", { name: "Leave a note" }).click();
    await see(page, "2 differences open");
  },
);
