// The shops' story in the console: paired by code, an incident filed with proof, approved by a second
// person, shared, seen at the partner, disputed, answered, paid; and every page looked at.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";

import { SIZES, expectAccessible, expectNothingRunsOver, launch, open, picture, show, useLink } from "./console.mjs";
import { Circle, until } from "./nodes.mjs";

const PHONE = "0812-3456-7890";
let circle, browser, a, b, owner, manager, partner, incident;

before(async () => {
  circle = await Circle.make();
  browser = await launch();
  [a, b] = [await circle.node("A"), await circle.node("B")];
  owner = await open(browser, a);
  await useLink(owner, await until(() => a.firstUserLink(), 10_000, "A prints a link"), { user: "dewi" });
  manager = await open(browser, a);
  await useLink(manager, await a.addPerson("budi", "manager"));
  partner = await open(browser, b);
  await useLink(partner, await until(() => b.firstUserLink(), 10_000, "B prints a link"), { user: "rina" });
});
after(async () => {
  await browser?.close();
  await circle?.end(process.env.SCREENSHOTS);
});
afterEach(async (context) => {
  if (context.passed === false) await show(browser, context.name.replace(/\W+/g, "-").slice(0, 60));
});

const go = (page, node, place) => page.goto(`${node.url}/#/${place}`);

async function check(page, node, phone = PHONE) {
  await go(page, node, "account");
  await go(page, node, "counter");
  await page.getByLabel(/^Phone, e-mail/).fill(phone);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "What it rests on" }).waitFor();
  return page.locator(".answer-because").innerText();
}

test("two shops become partners by a code", async () => {
  await go(owner, a, "partners");
  await owner.getByText("No partner shops yet").waitFor();
  await picture(owner, "partners-none");
  await owner.getByRole("button", { name: "Invite a shop" }).first().click();
  await owner.getByRole("button", { name: "Make the code" }).click();
  await owner.getByRole("heading", { name: "The code is ready" }).waitFor();
  await owner.getByLabel("The invitation as a QR code").waitFor();
  await expectAccessible(owner, "the invitation");
  const code = await owner.evaluate(() =>
    [...document.querySelectorAll("dialog .share-code-text")]
      .map((each) => (each.value ?? each.textContent).replace(/\s/g, ""))
      .sort((x, y) => y.length - x.length)[0],
  );
  await owner.getByRole("button", { name: "Done" }).click();
  await go(partner, b, "partners");
  await partner.getByRole("button", { name: "Enter a code" }).first().click();
  await partner.getByLabel("The code", { exact: true }).fill(code);
  await partner.getByRole("button", { name: "Become partners" }).click();
  await partner.getByText("Toko A").first().waitFor();
  await circle.connected(a, b);
  await circle.connected(b, a);
});

test("an incident is filed by hand with its proof, and what partners will read stands beside it", async () => {
  await go(owner, a, "incidents/new");
  await owner.getByText("By hand").click();
  await owner.getByLabel("What happened").selectOption("deposit-unsettled");
  await owner.getByLabel(/^Phone number, e-mail/).fill(PHONE);
  await owner.getByLabel("Amount", { exact: false }).first().fill("4.500.000");
  await owner.getByLabel(/^Happened on/).fill("2026-10-01");
  await owner.getByText("What partner shops will be able to read").waitFor();
  await owner.locator('input[type="file"]').setInputFiles({
    name: "note.txt",
    mimeType: "text/plain",
    buffer: Buffer.from("Delivery note 17: one sofa, signed for.\n"),
  });
  await picture(owner, "incident-new");
  await owner.getByRole("button", { name: "File it" }).click();
  await owner.waitForURL(/#\/incidents\/[0-9a-f]{32}$/);
  incident = /[0-9a-f]{32}$/.exec(owner.url())[0];
  await owner.getByText("note.txt").first().waitFor();
  await picture(owner, "incident");
});

test("a second person approves it, and it reaches the partner", async () => {
  await go(manager, a, "incidents");
  await picture(manager, "incidents");
  await go(manager, a, `incidents/${incident}`);
  const approve = manager.getByRole("button", { name: "Approve", exact: true });
  const share = manager.getByRole("button", { name: "Begin sharing" });
  await approve.or(share).first().waitFor();
  const first = (await approve.isVisible()) ? approve : share;
  await first.click();
  await manager.locator("dialog[open]").getByRole("button").last().click();
  await until(
    async () => {
      const shown = await a.ask("incident", "show", incident);
      return shown.log_index !== null;
    },
    60_000,
    "the incident is in the log",
  );
  await until(
    async () => /deposit paid, balance never settled/.test(await check(partner, b)),
    60_000,
    "the partner's counter says so",
  );
  await picture(partner, "counter-record");
});

test("a dispute and a payment change the partner's next answer", async () => {
  const press = async (name, fill) => {
    await go(manager, a, "incidents");
    await go(manager, a, `incidents/${incident}`);
    await manager.getByRole("button", { name, exact: true }).click();
    const dialog = manager.locator("dialog[open]");
    await dialog.waitFor();
    await expectAccessible(manager, name);
    await fill(dialog);
    await dialog.getByRole("button").last().click();
    await dialog.waitFor({ state: "detached" }).catch(() => undefined);
  };
  await press("It is disputed", (dialog) => dialog.getByLabel("Reason").fill("says it was paid in cash"));
  await until(async () => /disputed|dispute/.test(await check(partner, b)), 60_000, "the dispute is at B");
  await press("Answer the dispute", async (dialog) => {
    await dialog.getByText("The incident is right and stands").click();
    await dialog.getByLabel("Reason").fill("the receipt is of another order");
  });
  await press("It was paid", (dialog) => dialog.getByLabel("Reason").fill("paid at the counter"));
  await until(async () => /settled since/.test(await check(partner, b)), 60_000, "the payment is at B");
});

test("every page is whole in three sizes and two colour themes", async () => {
  await a.daftar("customer", "add", "--name", "Siti", "--phone", PHONE);
  const customer = (await a.ask("customer", "show", "--phone", PHONE)).id;
  await a.daftar("order", "add", "--phone", PHONE, "--amount", "1500000", "--currency", "IDR");
  for (const [place, name] of [
    ["overview", "overview"],
    ["customers", "customers"],
    [`customers/${customer}`, "customer"],
    ["incidents", "incidents-list"],
    ["partners", "partners"],
    [`partners/${encodeURIComponent(b.origin)}`, "partner"],
    ["charter", "charter"],
    ["policy", "policy"],
    ["log", "log"],
    ["users", "users"],
    ["account", "account"],
  ]) {
    await go(owner, a, place);
    await owner.locator("main h1").first().waitFor();
    await owner.waitForLoadState("networkidle");
    await picture(owner, name);
  }
});

test("the same pages in Indonesian and Malay run over nowhere on a phone", async () => {
  await owner.setViewportSize(SIZES.phone);
  for (const [language, word] of [["id", "Bahasa Indonesia"], ["ms", "Bahasa Melayu"]]) {
    await go(owner, a, "account");
    await owner.evaluate((chosen) => localStorage.setItem("daftar.language", chosen), language);
    await owner.reload();
    for (const place of ["overview", "counter", "customers", "incidents", "partners", "policy", "log", "users"]) {
      await go(owner, a, place);
      await owner.locator("main h1").first().waitFor();
      await owner.waitForLoadState("networkidle");
      assert.equal(await owner.evaluate(() => document.documentElement.lang), language, word);
      await expectNothingRunsOver(owner, `${place} in ${language}`);
    }
  }
});

test("no page has said that something is wrong", () => {
  for (const page of [owner, manager, partner]) assert.deepEqual(page.faults, []);
});
