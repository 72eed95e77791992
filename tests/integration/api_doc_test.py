#!/usr/bin/env python3
"""Runs every command of docs/api.md, as printed and in order, in one shell against real nodes.

    api_doc_test.py            compares the answers with what the document prints
    api_doc_test.py --write    writes the answers into the document, shortened

A block ```sh is a call, which must succeed; a block ```sh error=CODE must fail with that code and its
HTTP status. The ```json block after it is the answer: what is printed must have the fields that come.
Values differ from run to run (ids, times) and are not compared.
"""
import json
import os
import queue
import re
import shutil
import subprocess
import sys
import threading

from daemon import DEMO_CHARTER, SOURCE, Failure, expect, expect_equal, run, step, until

DOCUMENT = SOURCE / "docs" / "api.md"
BLOCK = re.compile(r"^```sh(?: error=(\w+))?\n(.*?)^```\n(?:\n```json\n(.*?)^```\n)?",
                   re.DOTALL | re.MULTILINE)
CALL = re.compile(r"\$(?:DAFTAR|TEST)/daftar\.v1\.(\w+/\w+)")
BLOCK_SECONDS = 90  # for one block
NEARBY = 30  # for what one node does to be seen at another
STATUS = {"canceled": 499, "unknown": 500, "invalid_argument": 400, "deadline_exceeded": 504,
          "not_found": 404, "already_exists": 409, "permission_denied": 403,
          "resource_exhausted": 429, "failed_precondition": 400, "aborted": 409,
          "out_of_range": 400, "unimplemented": 501, "internal": 500, "unavailable": 503,
          "data_loss": 500, "unauthenticated": 401}
PROOF = """[reasons.deposit-unsettled]
proof = ["invoice", "order"]
second_person = true
"""
HOLD = """[reasons.no-show]
hold_hours = 168
"""
LONGEST_TEXT, MOST_ROWS, MOST_LINES = 60, 1, 30


class Shell:
    """One bash that runs blocks one after the other, so that its variables live on."""

    def __init__(self, circle, environment):
        self.folder = circle.folder / "shell"
        self.folder.mkdir(exist_ok=True)
        # Each call leaves the headers of its answer there.
        self.headers = self.folder / "headers"
        (self.folder / ".curlrc").write_text(f'dump-header = "{self.headers}"\n')
        self.process = subprocess.Popen(
            ["bash", "-eu"], cwd=self.folder, text=True, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace",
            env={"PATH": os.environ["PATH"], "CURL_HOME": str(self.folder), "LC_ALL": "C.UTF-8",
                 **environment})
        self.blocks = 0
        self._lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        circle.others.append(self)

    def _read(self):
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def run(self, text):
        """(HTTP status of the last call or None, what was printed)"""
        self.blocks += 1
        self.headers.unlink(missing_ok=True)
        end = f"=== end of block {self.blocks}"
        path = self.folder / f"block-{self.blocks}.sh"
        path.write_text(text)
        self.process.stdin.write(f". {path} </dev/null\necho; echo '{end}'\n")
        self.process.stdin.flush()
        lines = []
        while True:
            try:
                line = self._lines.get(timeout=BLOCK_SECONDS)
            except queue.Empty:
                raise Failure(f"no end within {BLOCK_SECONDS} s:\n{text}{''.join(lines)}") from None
            if line is None:
                raise Failure(f"the shell ended:\n{text}{''.join(lines)}")
            if line.strip() == end:
                break
            lines.append(line)
        headers = self.headers.read_text(errors="replace") if self.headers.exists() else ""
        statuses = re.findall(r"^HTTP/[0-9.]+ (\d{3})", headers, re.MULTILINE)
        return int(statuses[-1]) if statuses else None, "".join(lines)

    def clean_up(self):
        self.process.kill()
        self.process.wait()


def values(text, block):
    """The JSON values that stand one after the other in what a block printed."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while True:
        while at < len(text) and text[at].isspace():
            at += 1
        if at == len(text):
            return found
        try:
            value, at = decoder.raw_decode(text, at)
        except ValueError:
            raise Failure(f"no JSON came of\n{block}{text}") from None
        found.append(value)


def shortened(value):
    if isinstance(value, dict):
        return {key: shortened(part) for key, part in value.items()}
    if isinstance(value, list):
        return [shortened(part) for part in value[:MOST_ROWS]] + ["..."][:len(value) - MOST_ROWS]
    if isinstance(value, str) and len(value) > LONGEST_TEXT:
        return value[:LONGEST_TEXT - 20] + "..."
    return value


def printed(value):
    """The answer as the document prints it."""
    text = json.dumps(shortened(value), ensure_ascii=False)
    if len(text) <= 110:
        return text + "\n"
    lines = []
    for key, part in shortened(value).items():
        row = f" {json.dumps(key)}: {json.dumps(part, ensure_ascii=False)}"
        lines.append(row if len(row) <= 118 else row[:100].rstrip() + ' ... "..."')
    if len(lines) > MOST_LINES:
        lines = lines[:MOST_LINES] + [' "...": "..."']
    return "{" + ",\n".join(lines)[1:] + "}\n"


# What is left out where there is none, and comes and goes while the test runs.
COMES_AND_GOES = {"...", "queued", "partnersFresh", "problems", "notices"}


def keys_of(text):
    """Names of the outermost fields of an answer as it is printed, which may be cut."""
    try:
        return set(json.loads(text)) - COMES_AND_GOES
    except ValueError:
        return set(re.findall(r'^[{ ]"(\w+)":', text, re.MULTILINE)) - COMES_AND_GOES


def report(node, phone, token):
    """Files and shares a report with proof, which `token`, a second person, approves."""
    filed = node.ask("incident", "add", "--reason", "deposit-unsettled", "--phone", phone,
                     "--amount", "4500000", "--currency", "IDR", "--occurred", "2026-10-01")["id"]
    invoice = node.circle.folder / "invoice.txt"
    invoice.write_text(f"Invoice of {node.letter}\n")
    node.ask("incident", "proof", "add", filed, invoice, "--kind", "invoice")
    node.ask("incident", "approve", filed, token=token)
    node.published(filed)


def record_of(node, phone):
    """What a check of the number says of a partner's report, once it finds one."""
    def look():
        rows = [row for row in node.check(phone).json["inputs"] if row["type"] == "partner_record"]
        return rows[0] if rows else None
    return until(look, NEARBY, f"{node.letter} finds the report")


def ask_for_proof(node, phone):
    record = record_of(node, phone)
    return node.ask("proof", "ask", record["origin"], "--entry", record["reference"], "--phone",
                    phone, "--because", "a large order", "--yes")["id"]


def prepared(circle):
    """Node A of the document, with what its commands take for granted, and their variables."""
    charter = circle.charter("circle.toml", ("[reasons.deposit-unsettled]\n", PROOF),
                             ("[reasons.no-show]\n", HOLD))
    a, b, c = (circle.node(letter, charter=charter) for letter in "ABC")
    trial = circle.node("T", charter=charter, init=("--test-mode",))  # such a node has no partners
    circle.pair(a, b)
    tokens = {name: a.ask("user", "add", name.lower(), "--role", role)["token"]
              for name, role in (("TOKEN", "staff"), ("MANAGER", "manager"), ("SECOND", "manager"),
                                 ("OPERATOR", "operator"), ("AUDITOR", "auditor"))}
    of_b = b.ask("user", "add", "second", "--role", "manager")["token"]

    step("B has three reports, and A has the proof of one of them already")
    for number in (0, 1, 2):
        report(b, f"0812-3456-789{number}", of_b)
    asked = ask_for_proof(a, "0812-3456-7891")
    request = until(lambda: b.ask("proof", "requests")["requests"], NEARBY, "B sees the request")[0]
    b.ask("proof", "disclose", request["id"], "--because", "they decide about a large order")
    a.ask("proof", "get", asked, "--number", "1", "--to", circle.folder / "got.txt")
    for number in (0, 2):
        record_of(a, f"0812-3456-789{number}")

    step("A has two reports, whose proof B asks for")
    for number in (3, 4):
        report(a, f"0812-3456-789{number}", tokens["SECOND"])
        ask_for_proof(b, f"0812-3456-789{number}")
    shell = circle.folder / "shell"
    shell.mkdir()
    changed = charter.read_text().replace("stale_after_s = 3600", "stale_after_s = 3601")
    expect(changed != charter.read_text(), f"{DEMO_CHARTER.name} has another stale_after_s")
    (shell / "charter.toml").write_text(changed)
    return {"DAFTAR": f"http://127.0.0.1:{a.http_port}", "PARTNER": b.origin,
            "CODE": circle.invite(c), "TEST": f"http://127.0.0.1:{trial.http_port}",
            "TEST_TOKEN": trial.ask("user", "add", "pos", "--role", "staff")["token"], **tokens}


def answer_of(shell, code, block):
    """The last value that the block printed; it has to be the error `code`, or none."""
    status, out = shell.run(block)
    if not CALL.search(block) or "() {" in block:
        expect(not out.strip(), f"something was said by\n{block}{out}")
        return None
    found = values(out, block)
    expect(found, f"nothing came of\n{block}")
    last = found[-1]
    for value in found[:-1]:
        expect(value.get("code") not in STATUS, f"an error came of\n{block}{out}")
    if "messages" in block.rsplit("|", 1)[-1]:
        # A stream ends with {} or an error; what came before it is the answer.
        last = last.get("error") or (found[-2] if len(found) > 1 else last)
    got = last.get("code")  # MakeCode has such a field, too, with another kind of value
    if (got if got in STATUS else None) != code:
        raise Failure(f"wanted {code or 'an answer'}, and this came of\n{block}{out}")
    streamed = "connect+json" in block
    expect_equal(status, STATUS[code] if code and not streamed else 200,
                 f"HTTP status of\n{block}{out}")
    return last


def every_command(circle):
    write = sys.argv[1:] == ["--write"]
    text = DOCUMENT.read_text(encoding="utf-8")
    shell = Shell(circle, prepared(circle))
    made, at, called, faults = [], 0, set(), []
    step("the document")
    for match in BLOCK.finditer(text):
        code, block, there = match.groups()
        called |= set(CALL.findall(block))
        answer = answer_of(shell, code, block)
        made += [text[at:match.start()], f"```sh{f' error={code}' if code else ''}\n{block}```\n"]
        at = match.end()
        if answer is None:
            continue
        made.append(f"\n```json\n{printed(answer)}```\n")
        if not write and (there is None or keys_of(there) != keys_of(printed(answer))):
            faults.append(f"{CALL.findall(block)[-1]}: printed\n{there}came\n{printed(answer)}")
    if write:
        DOCUMENT.write_text("".join(made) + text[at:], encoding="utf-8")
    expect(len(called) > 80, f"only {len(called)} methods were called")
    expect(not faults, "answers that are not as docs/api.md prints them (--write prints these):\n"
           + "\n".join(faults))


if __name__ == "__main__":
    if not shutil.which("jq") or not shutil.which("curl"):
        sys.exit("deploy/install-deps.sh --test installs jq and curl")
    if sys.argv[1:] not in ([], ["--write"]):
        sys.exit(__doc__)
    run(every_command)
