// The console in a real Chromium: signing in, looking for what hinders people, pictures.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

import { chromium } from "playwright-core";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");
const WAIT_MILLIS = 20_000; // for something to appear, on a busy machine
export const SIZES = {
  phone: { width: 360, height: 800 },
  tablet: { width: 768, height: 1024 },
  desk: { width: 1280, height: 900 },
};
export const SECRET_WORDS = "a long sentence of four words";

// What the pages that are open look like now: for a test that has failed.
export async function show(browser, name) {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const pages = browser.contexts().flatMap((context) => context.pages());
  await Promise.all(
    pages.map((page, at) => page.screenshot({ path: join(folder, `failed-${name}-${at}.png`) })),
  );
}

export async function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
    args: ["--no-sandbox", "--disable-gpu"],
  });
}

// A window of its own, with nothing kept from others. What a page says on its console, and what it
// asks other hosts for, is a fault.
export async function open(browser, node, { size = SIZES.desk, locale = "en-GB", ...more } = {}) {
  const context = await browser.newContext({
    viewport: size,
    locale,
    timezoneId: "Asia/Jakarta",
    reducedMotion: "reduce",
    ...more,
  });
  context.setDefaultTimeout(WAIT_MILLIS);
  const page = await context.newPage();
  page.faults = [];
  page.on("pageerror", (error) => page.faults.push(`error: ${error.message}`));
  page.on("console", (message) => {
    // A refused call is said there too, and is not a fault of the page.
    if (message.type() === "error" && !/status of 4\d\d|Failed to load resource/.test(message.text())) {
      page.faults.push(`console: ${message.text()}`);
    }
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(node.url) && !/^(data|blob):/.test(request.url())) {
      page.faults.push(`another host: ${request.url()}`);
    }
  });
  return page;
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
function fromBase32(text) {
  let bits = "";
  for (const letter of text.replace(/[\s=]/g, "")) bits += BASE32.indexOf(letter).toString(2).padStart(5, "0");
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

// RFC 6238, as an authenticator app computes it.
export function totp(secret, seconds = Date.now() / 1000) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(seconds / 30)));
  const mac = createHmac("sha1", fromBase32(secret)).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

// Uses a one-time link; answers the second factor's secret, where the role needs one.
export async function useLink(page, link, { user } = {}) {
  await page.goto(link);
  if (user) await page.getByLabel("Name", { exact: true }).fill(user);
  await page.getByLabel("Password", { exact: true }).fill(SECRET_WORDS);
  await page.getByLabel("Password again").fill(SECRET_WORDS);
  await page.getByRole("button", { name: "Set it and go on" }).click();
  await page.getByRole("button", { name: "Set it and go on" }).waitFor({ state: "detached" });
  const begin = page.getByRole("button", { name: "Set it up" });
  await page.locator("main h1").first().waitFor();
  if (!(await begin.isVisible())) return undefined;
  await begin.click();
  const secret = (await page.locator("code.breaks").innerText()).replace(/\s/g, "");
  await page.getByLabel("Code from the app").fill(totp(secret));
  await page.getByRole("button", { name: "Confirm" }).click();
  await page.getByRole("button", { name: "I have kept them" }).click();
  await begin.waitFor({ state: "detached" });
  return secret;
}

// No violation that axe-core finds, in the colours and at the size that the page has now.
export async function expectAccessible(page, what) {
  // Not by a tag, which the content security policy would refuse.
  await page.evaluate(readFileSync(AXE, "utf8"));
  const found = await page.evaluate(async () => {
    const result = await window.axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    });
    return result.violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(" | ")}`);
  });
  assert.deepEqual(found, [], `${what}: what hinders people`);
}

export async function expectNothingRunsOver(page, what) {
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.ok(over <= 0, `${what}: ${over} px run over at the side`);
}

// Pictures of the page in three sizes and two colour themes, each looked at by axe.
export async function picture(page, name) {
  const folder = process.env.SCREENSHOTS;
  if (folder) mkdirSync(folder, { recursive: true });
  const before = page.viewportSize();
  for (const [size, viewport] of Object.entries(SIZES)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      // Colours on their way from one theme to the other are neither's. They are not waited for, as a
      // window that nobody looks at may draw no more frames.
      await page.evaluate(() => {
        for (const each of document.getAnimations()) {
          if (each.effect?.getComputedTiming().endTime !== Infinity) each.finish();
        }
      });
      const what = `${name}-${size}-${colorScheme}`;
      await expectNothingRunsOver(page, what);
      await expectAccessible(page, what);
      if (folder) await page.screenshot({ path: join(folder, `${what}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize(before);
}
