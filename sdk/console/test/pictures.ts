// Pictures of the screens, to be looked at: `make pictures`. Names of screens may follow.

import { mkdir } from "node:fs/promises";
import { launch, openTab } from "./world/browser.ts";
import { screens, settled } from "./world/screens.ts";
import { seed } from "./world/seed.ts";
import { startWorld } from "./world/server.ts";

const FOLDER = process.env.PICTURES ?? "build/pictures";
const LOOKS = [
  { name: "light", viewport: { width: 1280, height: 900 }, colorScheme: "light", locale: "en-US" },
  { name: "dark", viewport: { width: 1280, height: 900 }, colorScheme: "dark", locale: "en-US" },
  {
    name: "phone",
    viewport: { width: 360, height: 780 },
    colorScheme: "light",
    hasTouch: true,
    isMobile: true,
    locale: "en-US",
  },
  {
    name: "german",
    viewport: { width: 360, height: 780 },
    colorScheme: "dark",
    hasTouch: true,
    isMobile: true,
    locale: "de-DE",
  },
] as const;

const [looks = "", ...names] = process.argv.slice(2);
await mkdir(FOLDER, { recursive: true });
const world = await startWorld();
const browser = await launch();
try {
  const seeded = await seed(world);
  for (const { name: look, ...options } of LOOKS.filter(
    ({ name }) => looks === "" || looks.split(",").includes(name),
  )) {
    const out = await openTab(browser, world, { ...options, isSignedIn: false });
    await out.open("/");
    await out.page.locator("h1").waitFor();
    if (names.length === 0 || names.includes("sign-in")) {
      await out.page.screenshot({ path: `${FOLDER}/sign-in-${look}.png`, fullPage: true });
    }
    await out.close();
    const tab = await openTab(browser, world, options);
    for (const { name, path, show } of screens(seeded).filter(
      ({ name }) => names.length === 0 || names.includes(name),
    )) {
      try {
        await tab.open(path);
        await settled(tab.page);
        if (show && look !== "german") {
          await show(tab.page);
          await settled(tab.page);
        }
        await tab.page.screenshot({
          path: `${FOLDER}/${name}-${look}.png`,
          fullPage: !name.includes("-new") && !["refund", "replay", "palette", "help"].includes(name),
        });
      } catch (error) {
        console.error(`${name} ${look}: ${error}`);
      }
    }
    await tab.close().catch((error: unknown) => console.error(`${look}: ${error}`));
  }
} finally {
  await browser.close();
  await world.stop();
}
