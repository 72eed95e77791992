// The shops' story in the console: paired by code, an incident filed with proof, approved by a second
// person, shared, seen at the partner, disputed, answered, paid; and every page looked at.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";

import { SIZES, expectAccessible, expectNothingRunsOver, launch, open, picture, show, useLink } from "./console.mjs";
import { Circle, until } from "./nodes.mjs";

const PHONE = "0812-3456-7890";
const NOTE = "Delivery note 17: one sofa, signed for.\n";
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
  await go(page, node, "counter");
  // Nothing of an earlier answer is left.
  await page.reload();
  await page.getByLabel(/^Phone, e-mail/).fill(phone);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "What it rests on" }).waitFor();
  return page.locator(".answer-because").innerText();
}

// Presses the button; answers the path of the file that the browser saves.
async function saved(page, button) {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
  const path = join(circle.folder, file.suggestedFilename());
  await file.saveAs(path);
  return path;
}

test("two shops become partners by a code", async () => {
  await go(owner, a, "partners");
  await owner.getByText("No partner shops yet").waitFor();
  await picture(owner, "partners-none");
  await owner.getByRole("button", { name: "Invite a shop" }).first().click();
  await owner.getByRole("button", { name: "Make the code" }).click();
  await owner.getByRole("heading", { name: "The code is ready" }).waitFor();
  await owner.getByLabel("The invitation as a QR code").waitFor();
  await owner.getByText(/127\.0\.0\.1:\d+, which only this computer can reach/).waitFor();
  await expectAccessible(owner, "the invitation");
  const code = await owner.evaluate(() =>
    [...document.querySelectorAll("dialog .share-code-text")]
      .map((each) => (each.value ?? each.textContent).replace(/\s/g, ""))
      .sort((x, y) => y.length - x.length)[0],
  );
  // What is said while a dialog is open stands before it, not behind.
  await owner.context().grantPermissions(["clipboard-read", "clipboard-write"], { origin: a.url });
  await owner.locator("dialog[open]").getByRole("button", { name: "Copy" }).first().click();
  const notice = owner.locator("dialog[open] .toast", { hasText: "Copied." });
  await notice.waitFor();
  assert.ok(
    await notice.evaluate((each) => {
      const { x, y, width, height } = each.getBoundingClientRect();
      return each.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    }),
    "the notice is seen",
  );
  await owner.getByRole("button", { name: "Done" }).click();
  await go(partner, b, "partners");
  await partner.getByRole("button", { name: "Enter a code" }).first().click();
  await partner.getByLabel("The code", { exact: true }).fill(code);
  await partner.getByRole("button", { name: "Become partners" }).click();
  await partner.getByText("Toko A").first().waitFor();
  // The page of the one who made the code was not loaded again: it looks for the new shop.
  await owner.getByRole("link", { name: "Toko B" }).waitFor();
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
    buffer: Buffer.from(NOTE),
  });
  await picture(owner, "incident-new");
  await owner.getByRole("button", { name: "File it" }).click();
  await owner.waitForURL(/#\/incidents\/[0-9a-f]{32}$/);
  incident = /[0-9a-f]{32}$/.exec(owner.url())[0];
  await owner.getByText("note.txt").first().waitFor();
  await picture(owner, "incident");
});

test("an incident leads to its customer", async () => {
  await a.daftar("customer", "add", "--name", "Siti", "--phone", PHONE);
  const { id } = await a.ask("customer", "show", "--phone", PHONE);
  await go(owner, a, `incidents/${incident}`);
  await owner.reload();
  await owner.getByRole("link", { name: "Open the customer" }).click();
  await owner.waitForURL(new RegExp(`#/customers/${id}$`));
  await owner.getByRole("heading", { name: "Siti" }).waitFor();
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
  const approving = manager.locator("dialog[open]");
  await approving.getByRole("heading", { name: "What partner shops will be able to read" }).waitFor();
  await approving.getByText(/4[.,]500[.,]000/).waitFor();
  await approving.getByRole("button").last().click();
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
  // The page was not loaded again: it follows.
  await manager.getByText("Has reached the one partner shop").first().waitFor();
  await picture(partner, "counter-record");
});

test("proof that a partner hands out is saved by the browser of the shop that asked", async () => {
  await check(partner, b);
  await partner.getByRole("button", { name: "Ask for the proof" }).click();
  const asking = partner.locator("dialog[open]");
  await asking.getByText("learns that you ask about this buyer").waitFor();
  await expectAccessible(partner, "asking for proof");
  await asking.getByLabel("Reason").fill("a large order");
  await asking.getByRole("button", { name: "Ask for the proof" }).click();
  await asking.waitFor({ state: "detached" });
  await go(manager, a, "log/proof");
  await manager.getByText("a large order").waitFor();
  await manager.getByRole("button", { name: "Give proof" }).click();
  const dialog = manager.locator("dialog[open]");
  await dialog.getByLabel("Reason").fill("they decide about a large order");
  await dialog.getByRole("button", { name: "Give proof" }).click();
  await dialog.waitFor({ state: "detached" });
  await go(partner, b, `partners/${encodeURIComponent(a.origin)}`);
  await partner.getByRole("heading", { name: "Proof that you asked it for" }).waitFor();
  await partner.getByRole("button", { name: "Ask again now" }).click();
  const file = await saved(partner, /^Download /);
  assert.match(file, /toko-a\.test-\d+-correspondence-1\.txt$/);
  assert.equal(await readFile(file, "utf8"), NOTE);
  await picture(partner, "partner-proof");
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
  await until(
    async () => (await manager.getByText("Has reached the one partner shop").count()) === 4,
    60_000,
    "the page that was not loaded again says of the report and its three changes that they are there",
  );
});

test("what the browser saves of the log and of the decisions an auditor can verify", async () => {
  await a.daftar("check", "--phone", PHONE);
  await go(owner, a, "log/head");
  // A call that never ends can be stopped, and leaves nothing.
  const calls = "**/daftar.v1.NodeService/ExportLog";
  await owner.route(calls, () => undefined);
  await owner.getByRole("button", { name: "Save the log" }).click();
  await owner.getByRole("button", { name: "Stop" }).click();
  await owner.getByText("This was stopped, and nothing was saved.").waitFor();
  await owner.unroute(calls);
  const policy = await saved(owner, "Save the keys");
  // B cosigns the newest head by itself, but in its own time.
  await until(
    async () => {
      const bundle = await saved(owner, "Save the log");
      assert.match(bundle, /log-\d+\.bundle$/);
      const report = await a.ask("audit", "verify", bundle, "--policy", policy);
      const failed = report.checks.filter(({ state }) => state === "fails").map(({ check: name }) => name);
      assert.deepEqual(failed.filter((name) => name !== "quorum"), []);
      return report.verdict === "holds";
    },
    60_000,
    "the saved log holds under the saved keys",
  );
  const decisions = await saved(owner, "Save the decisions");
  assert.match(decisions, /decisions-\d+\.bundle$/);
  // As the page's commands have it: under the policies that it saves, and signed by the last line of the keys.
  const rules = await saved(owner, "Save the policies");
  const key = (await readFile(policy, "utf8")).trimEnd().split("\n").at(-1).slice(2);
  const replayed = await a.ask("audit", "replay", decisions, "--policy", rules, "--entry-vkey", key);
  assert.deepEqual([replayed.kind, replayed.agrees], ["decisions", true]);
  assert.ok(replayed.agree > 0);
  await picture(owner, "log-export");
});

test("what is seldom changed of the policy opens by keyboard, and stays open while something in it is wrong", async () => {
  await go(manager, a, "policy");
  const section = manager.locator("details.policy-section", { hasText: "How much each reason counts" });
  const title = section.locator("summary");
  const field = section.locator("input").first();
  await title.waitFor();
  assert.ok(!(await field.isVisible()));
  const put = manager.getByRole("button", { name: "Put in force" });
  await manager.getByLabel(/a deposit is asked\.$/).fill("11");
  await put.and(manager.locator(":enabled")).waitFor();
  await title.focus();
  await manager.keyboard.press("Enter");
  const before = await field.inputValue();
  await field.fill("plenty");
  await section.getByText("Write a number.").waitFor();
  await title.focus();
  await manager.keyboard.press("Enter");
  await section.getByText("Something is wrong").waitFor();
  assert.ok(await field.isVisible());
  await put.and(manager.locator(":disabled")).waitFor();
  await expectAccessible(manager, "a policy with a fault");
  await field.fill(before);
  await section.getByText("Write a number.").waitFor({ state: "detached" });
  assert.ok(await field.isVisible(), "it does not close under somebody's hands");
  await put.and(manager.locator(":enabled")).waitFor();
  await title.focus();
  await manager.keyboard.press("Enter");
  await field.waitFor({ state: "hidden" });
  await manager.getByRole("button", { name: "Undo the changes" }).click();
});

test("every page is whole in three sizes and two colour themes", async () => {
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

test("what is wrong with the node is said in the user's language, and by the node itself behind it", async () => {
  await writeFile(join(a.directory, "policy.toml"), "version = 1\n[thresholds]\nnothing = 5\n");
  await until(async () => (await a.ask("status")).problems.length > 0, 60_000, "the node has read the file");
  const node = owner.locator(".note", { hasText: "policy.toml" });
  for (const [language, sentence, details] of [
    ["ms", "Fail dasar ada kesilapan", "Butiran"],
    ["en", "The file of the policy has a fault", "Details"],
  ]) {
    await owner.evaluate((chosen) => localStorage.setItem("daftar.language", chosen), language);
    await go(owner, a, "overview");
    await owner.reload();
    await node.getByText(sentence).waitFor();
    const own = node.getByText("unknown key 'nothing'");
    assert.ok(!(await own.isVisible()), "the node's own words wait");
    await node.getByText(details, { exact: true }).click();
    await own.waitFor();
  }
  await picture(owner, "overview-problem");
});

test("no page has said that something is wrong", () => {
  for (const page of [owner, manager, partner]) assert.deepEqual(page.faults, []);
});
