// Links and codes.

import assert from "node:assert/strict";
import { button, dialog, eventually, heading, journey, see } from "./stage.ts";

journey("a link is built, changed and archived", async ({ tab, page, account }) => {
  await account.setUp();
  await account.call("PartnerService/CreatePartner", {
    partner: { name: "Blog of Ada", externalId: "aff-17" },
  });
  await tab.open("/links");
  await page.getByRole("link", { name: "New link" }).click();
  await page
    .getByRole("textbox", { name: "Destination", exact: true })
    .fill("https://shop.example/a?x={clickid}");
  await page.getByRole("checkbox", { name: /Sale/ }).waitFor();
  await page.getByRole("button", { name: /^Add/ }).click();
  await see(page, "One thing will likely not work");
  await page
    .getByRole("textbox", { name: "Destination", exact: true })
    .fill("https://shop.example/a?s1=[s2sidentifier]");
  await page.getByText("One thing will likely not work").waitFor({ state: "detached" });
  await page.getByRole("textbox", { name: /^Slug/ }).fill("winter-sale");
  await see(page, /\/winter-sale$/);
  await page.getByRole("combobox", { name: /^Partner/ }).click();
  await page.getByRole("option", { name: /Blog of Ada/ }).click();
  await page.getByLabel(/^Share in percent/).fill("80");
  await button(page, "Create the link").click();
  await heading(page, "/winter-sale");
  await see(page, "80 % · Commission");
  await button(page, "Copy the link").first().click();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /\/winter-sale$/);
  await see(page, "No clicks yet");
  await page.getByRole("link", { name: "Edit" }).click();
  await page.getByRole("textbox", { name: /^Slug/ }).fill("spring-sale");
  await button(page, "Save").click();
  await heading(page, "/spring-sale");
  await button(page, "Actions").click();
  await page.getByRole("menuitem", { name: "Archive" }).click();
  await see(page, "The link is archived. Its earlier clicks still count.");
  await tab.open("/links");
  await see(page, "/");
  assert.equal(await page.getByRole("link", { name: /spring-sale/ }).count(), 0);
  await page.getByLabel("Show archived").check();
  await page.getByRole("link", { name: /spring-sale/ }).waitFor();
});

journey("a code: its postback URL, its checks, its secret, its test", async ({ tab, page, account }) => {
  await tab.open("/codes");
  await page
    .getByRole("link", { name: "New code" })
    .waitFor()
    .catch(() => undefined);
  await tab.open("/codes/new");
  await page.getByRole("textbox", { name: "Name" }).fill("Sale");
  await button(page, "Create the code").click();
  await heading(page, "Sale");
  await see(page, /clickId=\{clickId\}/);
  await see(page, "On no link");
  await page.getByRole("combobox", { name: "Who calls it?" }).fill("affis");
  await page.getByRole("option", { name: "Affise" }).click();
  await see(page, /clickId=\{sub1\}/);
  await see(page, /things? will likely not work/);
  await button(page, "Sender checks").click();
  await page.getByLabel("Secret").selectOption({ label: "Enforce: hold what fails" });
  await see(page, /has no secret/);
  await button(page, "Save").click();
  await see(page, "The code is saved");
  await button(page, "Make a secret").click();
  await dialog(page).getByRole("button", { name: "Make it" }).click();
  await see(page, "Copy it now: it is not shown again");
  await dialog(page)
    .getByText(/&sec=\w{32}/)
    .waitFor();
  await button(page, "I have kept it").click();
  await see(page, "The code has a secret.");
  await button(page, "Rules").click();
  await page.getByLabel("Without a status, a conversion is").selectOption({ label: "Pending" });
  await page.getByRole("spinbutton", { name: "Attribution window" }).fill("60");
  await button(page, "Save").click();
  await eventually(page, async () => {
    const { conversionCodes } = await account.call<{
      conversionCodes: { attributionWindow: string; defaultStatus: string }[];
    }>("ConversionCodeService/ListConversionCodes", {});
    const [code] = conversionCodes;
    return code?.attributionWindow === "5184000s" && code.defaultStatus === "CONVERSION_STATUS_PENDING";
  });
  await button(page, "Test").click();
  await button(page, "Run the test").click();
  await see(page, "A conversion would not be recorded");
});
