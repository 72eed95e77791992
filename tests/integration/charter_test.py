#!/usr/bin/env python3
"""Another charter: each node adopts it for itself; what was reported before counts on, what is
reported under it counts for whoever has adopted it, and nobody changes a charter by hand."""
from daemon import SOURCE, Node, expect, expect_equal, expect_in, run, step, until

BEFORE, AFTER = "0812-3456-7890", "0812-3456-7891"


def another_charter(circle):
    step("no node is made from a template")
    template = SOURCE / "deploy" / "charters" / "indonesia.toml"
    none = Node(circle, "T", circle.folder / "T", circle.ports.take(), circle.ports.take())
    words = none.refused("init", "--name", "T", "--origin", none.origin, "--charter", template,
                         "--peer-listen", f"127.0.0.1:{none.peer_port}", "--http-listen",
                         f"127.0.0.1:{none.http_port}").message
    expect_in("'circle' is still the template's", words, "what init says of a template")
    own = circle.folder / "own.toml"
    filled = template.read_text().replace("REPLACE: openssl rand -hex 16", "ab" * 16)
    own.write_text(filled)
    warnings = none.ask("charter", "check", own)["warnings"]
    expect_equal(len(warnings), 1, "warnings about a template with its circle alone")
    expect_in("The name still has the template's", warnings[0], "the warning")
    own.write_text(filled.replace("Circle of ...", "Circle of the tests"))
    expect_equal(none.ask("charter", "check", own)["warnings"], [], "warnings about a template")

    a, b = circle.node("A"), circle.node("B")
    circle.pair(a, b)
    old = a.status()["charter"]
    a.published(a.report(BEFORE))
    changed = circle.charter("changed.toml", ("stale_after_s = 3600", "stale_after_s = 3601"))

    def shown(node):
        return node.ask("charter", "show")

    def counted(phone):
        records = [row for row in b.check(phone).json["inputs"] if row["type"] == "partner_record"]
        expect_equal(len(records), 1, f"records about {phone} at B")
        return records[0]["counted"]

    step("A adopts it, and is killed at once")
    adopted = a.ask("charter", "adopt", changed, "--because", "agreed in May")
    a.kill()
    a.start()
    until(lambda: a.status()["charter"] == adopted["hash"], 30, "the new one is in force at A")
    until(lambda: (a.directory / "charter.toml").read_bytes() == changed.read_bytes(), 30,
          "charter.toml is the new one")
    expect_equal([row["in_force"] for row in shown(a)["adopted"]], [True, False], "adopted at A")
    expect_equal(a.daftar("charter", "show", "--toml").out, changed.read_text(), "the file")
    circle.connected(b, a)
    until(lambda: shown(b)["partners"][0]["charter"] == adopted["hash"], 30,
          "B knows what A's log states")
    expect_equal(shown(b)["hash"], old, "in force at B")
    record = a.ask("record", "list", "--object", adopted["hash"])["changes"]
    expect_equal((record[0]["action"], record[0]["because"]), ("charter.adopt", "agreed in May"),
                 "the record of changes")

    step("what A reports under it waits for B to adopt it")
    a.published(a.report(AFTER))
    size = a.status()["log_size"]
    until(lambda: b.partner(a.origin)["log_size"] == size, 30, "B has a copy of it")
    expect(counted(BEFORE), "a report of before must count on")
    expect(not counted(AFTER), "a report under a charter that B has not adopted must not count")
    expect(not b.partner(a.origin)["same_charter"], "the charters differ")
    b.daftar("charter", "adopt", changed, "--because", "agreed in May")
    expect(counted(AFTER), "a report under an adopted charter must count")
    until(lambda: b.partner(a.origin)["same_charter"], 30, "the charters are the same again")

    step("a charter.toml that was changed by hand starts no node")
    a.stop()
    path = a.directory / "charter.toml"
    path.write_text(changed.read_text() + "# mine\n")
    _, words = a.refuses_to_start()
    expect_in("daftar charter adopt FILE", words, "what daftard says")
    path.write_bytes(changed.read_bytes())
    a.start()
    expect_equal(a.status()["problems"], [], "problems of A")


run(another_charter)
