// Keys, accounts, settings, health, and the keyboard.

import assert from "node:assert/strict";
import { button, dialog, eventually, heading, journey, newAccount, see, textOf } from "./stage.ts";

journey("a key is shown once, rotated and revoked", async ({ tab, page, world }) => {
  await tab.open("/keys");
  await button(page, "New API key").click();
  await dialog(page).getByLabel("Person or program").fill("web shop");
  await dialog(page)
    .getByRole("checkbox", { name: /^record/ })
    .check();
  await dialog(page).getByRole("button", { name: "Create the key" }).click();
  await see(page, "Copy it now: it is not shown again");
  const key = await textOf(dialog(page).getByText(/^s2s_[0-9a-f]{48}$/));
  await world.call("PresetService/ListPresets", {}, key);
  await button(page, "I have kept it").click();
  assert.equal(await page.getByText(key).count(), 0);
  await button(page, "Actions for web shop").click();
  await page.getByRole("menuitem", { name: "Rotate" }).click();
  await dialog(page).getByRole("button", { name: "Rotate" }).click();
  const rotated = await textOf(dialog(page).getByText(/^s2s_[0-9a-f]{48}$/));
  assert.notEqual(rotated, key);
  await button(page, "I have kept it").click();
  await button(page, "Actions for web shop").click();
  await page.getByRole("menuitem", { name: "Revoke" }).click();
  await dialog(page).getByRole("button", { name: "Revoke" }).click();
  await see(page, "The key is revoked");
  await page.getByLabel("Show revoked").check();
  await page.getByRole("row").filter({ hasText: "web shop" }).getByText("Revoked").waitFor();
});

journey(
  "an administrator creates an account",
  async ({ tab, page }) => {
    await tab.open("/accounts");
    await button(page, "New account").click();
    await dialog(page).getByLabel("Name").fill("Agency of Grace");
    await dialog(page).getByRole("button", { name: "Create the account" }).click();
    await see(page, "The account is created");
    await page.getByRole("link", { name: "Agency of Grace" }).click();
    await heading(page, "API keys");
    await see(page, "No API keys here");
  },
  { isAdmin: true },
);

journey("a session ends with its key", async ({ tab, page, world, account }) => {
  await tab.open("/links");
  await see(page, "No tracking links yet");
  const { apiKeys } = await account.call<{ apiKeys: { id: string }[] }>("ApiKeyService/ListApiKeys", {});
  await world.call("ApiKeyService/RevokeApiKey", { apiKeyId: apiKeys[0]?.id });
  // The session ends within a second on every server.
  await eventually(page, async () => {
    const session = `${world.url}/console/session`;
    return (await page.request.get(session, { headers: { "x-s2s-console": "1" } })).status() === 401;
  });
  await page.getByRole("link", { name: "Conversions" }).click();
  await heading(page, "Sign in");
  await see(page, "Your session has ended. Sign in again.");
});

journey("settings: language, zone and theme stay", async ({ tab, page }) => {
  await tab.open("/settings");
  await page.getByLabel("Language").selectOption("de");
  await heading(page, "Einstellungen");
  await page.getByRole("combobox", { name: "Zeitzone" }).fill("tokyo");
  await page.getByRole("option", { name: "Asia/Tokyo" }).click();
  await see(page, /Asia\/Tokyo \(GMT\+9\)/);
  await button(page, "Dunkel").click();
  await page.reload();
  await heading(page, "Einstellungen");
  assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
  assert.equal(await page.locator("html").getAttribute("lang"), "de");
  await tab.open("/health");
  await see(page, "In Betrieb");
  await tab.open("/nowhere");
  await see(page, "Diese Seite gibt es nicht");
});

journey("the keyboard alone", async ({ tab, page, account }) => {
  const { slug } = await account.setUp();
  await tab.open("/");
  await heading(page, "Today");
  await page.keyboard.press("g");
  await page.keyboard.press("l");
  await heading(page, "Tracking links");
  await page.getByRole("link", { name: new RegExp(slug) }).waitFor();
  await page.keyboard.press("j");
  await page.keyboard.press("Enter");
  await heading(page, `/${slug}`);
  await page.keyboard.press("?");
  await dialog(page).getByText("Single keys. None works while you type.").waitFor();
  await page.keyboard.press("Escape");
  await dialog(page).waitFor({ state: "detached" });
  await page.keyboard.press("Control+k");
  await dialog(page).waitFor();
  await page.keyboard.type("conversions");
  await page
    .getByRole("option", { name: /Conversions/ })
    .first()
    .waitFor();
  await page.keyboard.press("Enter");
  await heading(page, "Conversions");
  await page.keyboard.press("/");
  await page.keyboard.type("gl?");
  assert.equal(await page.getByRole("searchbox").inputValue(), "gl?");
  await page.goBack();
});

journey("a key that may only read sees no actions", async ({ tab, page, world }) => {
  const reader = await newAccount(["READ"]);
  await page.context().request.post(`${world.url}/console/session`, {
    headers: { "x-s2s-console": "1" },
    data: { key: reader.key },
  });
  await tab.open("/links");
  await see(page, "No tracking links yet");
  await tab.open("/partners");
  await see(page, "No partners yet");
  assert.equal(await button(page, "New partner").count(), 0);
  await tab.open("/start");
  await see(page, "The set-up needs an API key with the scopes read and write.");
  const recorder = await newAccount(["RECORD"]);
  await page.context().request.post(`${world.url}/console/session`, {
    headers: { "x-s2s-console": "1" },
    data: { key: recorder.key },
  });
  await tab.open("/");
  await see(page, "This key may not read the account");
});

journey("a server that is away, and comes back", async ({ tab, page }) => {
  await tab.open("/settings");
  await heading(page, "Settings");
  await page.route("**/s2s.v1.TrackingLinkService/*", (route) => route.abort());
  await page.getByRole("link", { name: "Links" }).click();
  await see(page, "The server does not answer");
  await page.unroute("**/s2s.v1.TrackingLinkService/*");
  await button(page, "Try again").click();
  await see(page, "No tracking links yet");
});
