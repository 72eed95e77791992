#!/usr/bin/env python3
"""A person asks what is held about it, here and at the partners: real nodes."""
import os

from daemon import expect, expect_equal, expect_in, files_holding, run, step

PHONE = "0812-3456-7890"


def test(circle):
    a, b = (circle.node(letter) for letter in "AB")
    circle.pair(a, b)
    circle.connected(a, b)
    own = a.report(PHONE)
    a.published(own)
    b.published(b.report(PHONE, reason="no-show", amount="1500000"))

    step("staff make a code, and whoever brings it gets the report, again only from who gave it")
    staff = a.ask("user", "add", "siti", "--role", "staff")["token"]
    made = a.ask("subject", "code", "--phone", PHONE, "--lang", "id", token=staff)
    expect_in(made["code"], made["message"], "the message")
    a.refused("subject", "report", "--phone", PHONE, "--code", "0000-0000", token=staff)
    page = circle.folder / "report.html"
    report = a.ask("subject", "report", "--phone", PHONE, "--code", made["code"], "--lang", "id",
                   "--html", page, token=staff)
    a.refused("subject", "report", "--phone", PHONE, "--code", made["code"])
    again = a.ask("subject", "report", "--phone", PHONE, "--code", made["code"], token=staff)
    expect_equal(again["incidents"], report["incidents"], "the report again")

    step("it has what this shop holds and what the partner's log says")
    expect_equal([row["id"] for row in report["incidents"]], [own], "incidents here")
    expect(report["incidents"][0]["shared_since"] and report["incidents"][0]["kept_until"],
           "since when and until when")
    expect_equal([row["origin"] for row in report["partners"]], [b.origin], "partners")
    expect_equal([row["reason"] for row in report["partners"][0]["entries"]], ["no-show"],
                 "what B's log says")
    html = page.read_text(encoding="utf-8")
    expect_in('<html lang="id">', html, "the page")
    expect_in("+6281234567890", html, "the page")
    expect_equal(os.stat(page).st_mode & 0o777, 0o600, "the page's mode")

    step("without a code only on the node's own socket, with a reason, on the record")
    without = ("subject", "report", "--phone", PHONE, "--without-code", "--because", "came in")
    operator = a.ask("user", "add", "ops", "--role", "operator")["token"]
    a.refused(*without, token=staff)
    a.refused(*without, token=operator)
    expect_in("How to object", a.daftar(*without, "--lang", "en").out, "the document")
    rows = [row for row in a.ask("record", "list")["changes"]
            if row["action"].startswith("subject.")]
    expect_equal([(row["action"], row["because"]) for row in rows],
                 [("subject.report", "without a code: came in"), ("subject.report", "with a code"),
                  ("subject.report", "with a code"), ("subject.code", None)], "the record")
    expect_equal(len({row["object"] for row in rows}), 1, "one person")

    step("neither code nor identifier stands in a file of the node")
    a.stop()
    needles = [made["code"].encode(), b"81234567890"]
    expect_equal(files_holding(a.directory, needles), [], "what is in the node's files")
    for needle in needles:
        expect(needle.decode() not in a.log_text(), "the node's log")


run(test)
