import { Code, ConnectError } from "@connectrpc/connect";
import { afterEach, describe, expect, it } from "vitest";
import { explain } from "../src/errors";
import { language } from "../src/i18n/language";

describe("too many attempts", () => {
  const before = language.get();
  afterEach(() => language.set(before));
  const refused = (headers: Record<string, string>) =>
    new ConnectError("wait 896 seconds", Code.ResourceExhausted, headers);

  it("say how long to wait, in the language chosen", () => {
    language.set("en");
    expect(explain(refused({ "retry-after": "896" })).sentence).toBe("Too many attempts. Try again in 15 minutes.");
    expect(explain(refused({ "retry-after": "40" })).sentence).toContain("in 40 seconds");
    language.set("id");
    expect(explain(refused({ "retry-after": "896" })).sentence).toContain("dalam 15 menit");
    language.set("ms");
    expect(explain(refused({ "retry-after": "896" })).sentence).toContain("dalam 15 minit");
  });

  it("say no time that the node does not say", () => {
    language.set("en");
    const all: Record<string, string>[] = [{}, { "retry-after": "soon" }, { "retry-after": "0" }];
    for (const headers of all) {
      expect(explain(refused(headers)).sentence).toBe("Too many attempts. Wait a little, then try again.");
    }
  });
});
