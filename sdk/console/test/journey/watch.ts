// Signing in, the first run, the live log, explanations and replays.

import assert from "node:assert/strict";
import { button, dialog, eventually, heading, journey, see, textOf } from "./stage.ts";

journey(
  "signing in and out",
  async ({ tab, page, account }) => {
    await tab.open("/links");
    await heading(page, "Sign in");
    await page.getByLabel("API key").fill("s2s_123");
    await button(page, "Sign in").click();
    await see(page, /not a whole API key/);
    await page.getByLabel("API key").fill(`s2s_${"0".repeat(48)}`);
    await button(page, "Sign in").click();
    await page.locator('[aria-invalid="true"]').waitFor();
    await page.getByLabel("API key").fill(account.key);
    await page.keyboard.press("Enter");
    await heading(page, "Tracking links");
    await page.reload();
    await heading(page, "Tracking links");
    assert(
      !(await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }))).includes(
        account.key,
      ),
    );
    await button(page, "Sign out").click();
    await heading(page, "Sign in");
    await tab.open("/sign-in#1234");
    await see(page, "This sign-in link no longer works");
  },
  { isSignedIn: false },
);

journey("the first run, from nothing to a counted conversion", async ({ tab, page, world }) => {
  await tab.open("/");
  await see(page, "Welcome. Nothing is set up yet.");
  await page.getByRole("link", { name: "Start the set-up" }).click();
  await heading(page, "First conversion");
  await page.getByRole("textbox", { name: "Name" }).fill("Shoes");
  await button(page, "Create the code").click();
  await page.getByRole("textbox", { name: "Destination" }).fill("https://shop.example/shoes");
  await page.getByRole("button", { name: /^Add/ }).click();
  await button(page, "Create the link").click();
  await button(page, "Copy the postback URL").click();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /\/s2s\?clickId=\{clickId\}&id=/);
  await button(page, "I have pasted it").click();
  await see(page, "Waiting for the first postback");
  await page.reload();
  await see(page, "Waiting for the first postback");
  const line = page.getByText(/^curl '/);
  await page.getByText(/clickId=[0-9a-z]{40}/).waitFor();
  const target = /'(.+)'/.exec(await textOf(line))?.[1] ?? "";
  await world.postback((target.split("?")[1] ?? "").replace("19.99", "1,500").replace("2.50", "75"));
  await see(page, "An amount has two meanings");
  await world.postback(target.split("?")[1] ?? "");
  await page.locator("article").getByText("Recorded").waitFor();
  await button(page, "Go on").click();
  await see(page, "It works: the conversion counts");
  await page.getByRole("link", { name: "Watch live" }).click();
  await heading(page, "Live");
});

journey("the live log", async ({ tab, page, world, account }) => {
  const { codeId, linkId } = await account.setUp();
  await tab.open("/live");
  await see(page, "Waiting for postbacks");
  await see(page, /Live · \d/);
  const send = async (rest: string) =>
    world.postback(`clickId=${await account.click(linkId)}&id=${codeId}&${rest}`);
  await send("val=19.99&com=2&oid=live-1");
  await page.getByRole("row").filter({ hasText: "live-1" }).getByText("Recorded").waitFor();
  await send("val=1,500&com=75&oid=live-2");
  await page.getByRole("row").filter({ hasText: "live-2" }).getByText("Held").waitFor();
  await page.keyboard.press(".");
  await see(page, "Paused");
  await send("val=5&com=1&oid=live-3");
  await see(page, "1 waits");
  assert.equal(await page.getByText("live-3").count(), 0);
  await page.keyboard.press(".");
  await page.getByRole("row").filter({ hasText: "live-3" }).waitFor();
  await page.getByRole("group", { name: "Verdict" }).getByRole("button", { name: "Held" }).click();
  await see(page, "Waiting for postbacks");
  await send("val=1.750&com=75&oid=live-4");
  await page.getByRole("row").filter({ hasText: "live-4" }).click();
  await heading(page, "Explain");
  await see(page, "An amount has two meanings");
});

journey(
  "an explanation marks repairs, and a button mends the cause",
  async ({ tab, page, world, account }) => {
    const { codeId, linkId, slug } = await account.setUp();
    const { codeId: other } = await account.setUp({ code: { name: "Sign-up" } });
    const click = await account.click(linkId);
    await tab.open("/explain");
    const damaged = `curl '${world.url}/s2s?clickId=${click}&amp;id=${codeId}&val=19,99&com="2.50"&order_id=o-1'`;
    await page.getByLabel(/Postback URL/).fill(damaged);
    await button(page, "Explain it").click();
    await see(page, "This postback would count");
    assert.deepEqual(await page.locator(".raw mark").allTextContents(), [
      "&amp;",
      "19,99",
      '"2.50"',
      "order_id",
    ]);
    await see(page, "its comma is the decimal point");

    const { postback_id } = await world.postback(`clickId=${click}&id=${other}&val=1&com=1&oid=o-2`);
    await tab.open(`/explain?postback=${postback_id}`);
    await see(page, "The link does not have the code");
    await button(page, `Put Sign-up on ${slug}`).click();
    await see(page, "This postback counts");
    await page
      .getByRole("link", { name: /^Nov|^[A-Z][a-z]{2} \d/ })
      .first()
      .click();
    await heading(page, "Click");
    await see(page, "2 conversions are recorded".replace("2 conversions are", "1 conversion is"));
  },
);

journey("a replay by filter, after a look at what it would do", async ({ tab, page, world, account }) => {
  const { codeId, linkId } = await account.setUp();
  for (const oid of ["r-1", "r-2"]) {
    await world.postback(`clickId=${await account.click(linkId)}&id=${codeId}&val=1,500&com=75&oid=${oid}`);
  }
  await world.postback(`clickId={clickid}&id=${codeId}&val=1&com=1`);
  await tab.open("/postbacks");
  await page.getByRole("row").nth(3).waitFor();
  await page.getByRole("combobox", { name: "Reason" }).click();
  await page.getByRole("option", { name: "An amount has two meanings" }).click();
  await eventually(page, async () => (await page.getByRole("row").count()) === 3);
  await button(page, "Replay what is filtered").click();
  await dialog(page).getByText("0 of 2 will count").waitFor();
  await dialog(page).getByText("Read them in another way").last().click();
  await dialog(page).getByLabel("Amounts with two meanings").selectOption({ label: "A comma: 1,5" });
  await dialog(page).getByText("2 of 2 will count").waitFor();
  await dialog(page).getByRole("button", { name: "Replay 2" }).click();
  await see(page, "2 of 2 count now");
  await see(page, "Nothing fits these filters");
  await page.getByRole("combobox", { name: "Reason" }).click();
  await page.getByRole("option", { name: "Any reason" }).click();
  await page.getByRole("link", { name: /A macro was not replaced/ }).waitFor();
});

journey(
  "a sender whose address is not allowed is allowed with one button",
  async ({ tab, page, world, account }) => {
    const { codeId, linkId } = await account.setUp({
      code: {
        postbackAuthentication: { addressCheck: "CHECK_MODE_ENFORCE", allowedAddresses: ["203.0.113.7"] },
      },
    });
    const { postback_id } = await world.postback(
      `clickId=${await account.click(linkId)}&id=${codeId}&val=1&com=1&oid=a-1`,
    );
    await tab.open(`/explain?postback=${postback_id}`);
    await see(page, "The sender’s address is not allowed");
    await button(page, "Allow 127.0.0.0/24").click();
    await see(page, "Done. The postback counts now.");
    await see(page, "This postback counts");
    const { conversionCode } = await account.call<{
      conversionCode: { postbackAuthentication: { addressCheck: string; allowedAddresses: string[] } };
    }>("ConversionCodeService/GetConversionCode", { conversionCodeId: codeId });
    assert.deepEqual(conversionCode.postbackAuthentication, {
      addressCheck: "CHECK_MODE_ENFORCE",
      allowedAddresses: ["203.0.113.7", "127.0.0.0/24"],
      httpsCheck: "CHECK_MODE_OFF",
      secretCheck: "CHECK_MODE_OFF",
      signatureCheck: "CHECK_MODE_OFF",
    });
  },
);
