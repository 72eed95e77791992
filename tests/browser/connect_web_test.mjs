// The JSON API as a client sees it that nobody here wrote: @connectrpc/connect-web under Node, in JSON
// and in binary; and what such a client never sends, by fetch.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { create } from "@bufbuild/protobuf";
import { Code, ConnectError, createClient } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";

import { BookService } from "./gen/daftar/v1/book_pb.js";
import { NodeService } from "./gen/daftar/v1/node_pb.js";
import { CheckRequestSchema, ShopService } from "./gen/daftar/v1/shop_pb.js";
import { Effect, Role, Terms } from "./gen/daftar/v1/types_pb.js";
import { Circle } from "./nodes.mjs";

const MAX_MESSAGE = 4 << 20;
let circle, node;
const tokens = {};

before(async () => {
  circle = await Circle.make();
  node = await circle.node("A");
  for (const role of ["staff", "manager", "operator", "auditor"]) {
    tokens[role] = (await node.ask("user", "add", role, "--role", role)).token;
  }
});
after(() => circle?.end());

function transport(role, useBinaryFormat) {
  const bearer = (next) => (request) => {
    if (role) request.header.set("Authorization", `Bearer ${tokens[role]}`);
    return next(request);
  };
  return createConnectTransport({ baseUrl: node.url, useBinaryFormat, interceptors: [bearer] });
}
const client = (service, role, binary) => createClient(service, transport(role, binary));

const QUESTION = create(CheckRequestSchema, {
  identifiers: [{ value: { case: "phone", value: "0812-3456-7890" } }],
  amount: { minor: 450000000n, currency: "IDR" },
  terms: Terms.CREDIT,
});

async function refused(call) {
  try {
    await call;
  } catch (error) {
    return ConnectError.from(error);
  }
  return assert.fail("the call must be refused");
}

for (const binary of [false, true]) {
  const form = binary ? "binary" : "JSON";

  test(`a check is answered in ${form}`, async () => {
    const answer = await client(ShopService, "staff", binary).check(QUESTION);
    assert.notEqual(answer.effect, Effect.UNSPECIFIED);
    assert.match(answer.receipt, /^[0-9a-f]{32}$/);
    assert.ok(answer.because.length > 0);
    const receipt = await client(ShopService, "manager", binary).getReceipt({
      receipt: answer.receipt,
    });
    assert.equal(receipt.effect, answer.effect);
    assert.equal(receipt.amount.minor, 450000000n);
  });

  test(`errors keep their code and words in ${form}`, async () => {
    const shop = client(ShopService, "staff", binary);
    const unknown = await refused(shop.getIncident({ id: "0".repeat(32) }));
    assert.equal(unknown.code, Code.NotFound);
    const empty = await refused(shop.check({}));
    assert.equal(empty.code, Code.InvalidArgument);
    const role = await refused(client(ShopService, "auditor", binary).check(QUESTION));
    assert.equal(role.code, Code.PermissionDenied);
    assert.match(role.rawMessage, /needs the role staff or manager/);
    const nobody = await refused(client(ShopService, undefined, binary).check(QUESTION));
    assert.equal(nobody.code, Code.Unauthenticated);
  });

  test(`a write may be repeated in ${form}`, async () => {
    const operator = client(NodeService, "operator", binary);
    const request = { requestId: `made-${form}`, name: `till-${form}`, role: Role.STAFF };
    const first = await operator.addUser(request);
    const again = await operator.addUser(request);
    assert.equal(again.user.name, first.user.name);
    assert.equal(again.token, ""); // shown once
  });

  test(`a stream comes message by message in ${form}`, async () => {
    const seen = [];
    const stream = client(BookService, "manager", binary).reportGroups({ from: "2026-01-01" });
    for await (const message of stream) seen.push(message);
    assert.equal(seen.at(-1).from, "2026-01-01");
    const denied = await refused(
      (async () => {
        for await (const message of client(BookService, "staff", binary).reportGroups({})) {
          assert.fail(`no message must come: ${message}`);
        }
      })(),
    );
    assert.equal(denied.code, Code.PermissionDenied);
  });

  test(`what takes longer than the caller waits is given up in ${form}`, async () => {
    const late = await refused(client(ShopService, "staff", binary).check(QUESTION, { timeoutMs: 1 }));
    assert.equal(late.code, Code.DeadlineExceeded);
  });

  test(`a message that is too large is refused in ${form}`, async () => {
    const large = { ...QUESTION, requestId: "x".repeat(MAX_MESSAGE) };
    const error = await refused(
      client(ShopService, "staff", binary).check(create(CheckRequestSchema, large)),
    );
    assert.equal(error.code, Code.ResourceExhausted);
  });
}

async function post(body, headers = {}, path = "/daftar.v1.ShopService/Check") {
  const answer = await fetch(node.url + path, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      Authorization: `Bearer ${tokens.staff}`,
      ...headers,
    },
    body,
  });
  return { status: answer.status, json: await answer.json() };
}

test("what is no request is answered with the specification's codes", async () => {
  for (const [body, headers, status, code] of [
    ["", {}, 400, "invalid_argument"],
    ["{", {}, 400, "invalid_argument"],
    ["[]", {}, 400, "invalid_argument"],
    ['{"nobody":1}', {}, 400, "invalid_argument"],
    ["\u0000\u0001", { "Content-Type": "application/proto" }, 400, "invalid_argument"],
    ["{}", { "Content-Type": "text/plain" }, 415, "invalid_argument"],
    ["{}", { "Connect-Protocol-Version": "7" }, 400, "invalid_argument"],
    ["{}", { "Content-Encoding": "br" }, 501, "unimplemented"],
    ["{}", { Authorization: "Bearer nothing" }, 401, "unauthenticated"],
  ]) {
    const answer = await post(body, headers);
    assert.equal(answer.status, status, `${body} ${JSON.stringify(headers)}`);
    assert.equal(answer.json.code, code);
    assert.equal(typeof answer.json.message, "string");
  }
  const unknown = await post("{}", {}, "/daftar.v1.ShopService/Nothing");
  assert.deepEqual([unknown.status, unknown.json.code], [404, "unimplemented"]);
  const partners = await post("{}", {}, "/daftar.v1.PartnerService/Evaluate");
  assert.equal(partners.status, 404);
});

test("many calls at once are all answered", async () => {
  const shop = client(ShopService, "staff", false);
  const answers = await Promise.all(Array.from({ length: 100 }, () => shop.check(QUESTION)));
  assert.equal(new Set(answers.map((answer) => answer.receipt)).size, 100);
});
