#!/usr/bin/env python3
"""Notes, cosignatures, proofs and tiles against Go's golang.org/x/mod, in both directions, and a
running node's log read by it over HTTP.

Needs the Debian packages golang-go and golang-golang-x-mod-dev and installs them where it may. Where
it may not, it ends with 77, which ctest shows as skipped.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "integration"))
from daemon import SOURCE, expect, expect_equal, program, run, step, until  # noqa: E402

GO_PATH = pathlib.Path("/usr/share/gocode")
SKIPPED = 77
INSTALL_SECONDS = 600
BUILD_SECONDS = 300
RUN_SECONDS = 300


def is_there():
    return shutil.which("go") and (GO_PATH / "src/golang.org/x/mod/sumdb/tlog").is_dir()


def install():
    """Installs Go and x/mod, or ends the program with a line that says why it is skipped."""
    if is_there():
        return
    try:
        done = subprocess.run([SOURCE / "deploy/install-deps.sh", "--interop"], check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=INSTALL_SECONDS)
        why = done.stdout.strip().splitlines()[-1:]
    except subprocess.TimeoutExpired:
        why = [f"no end within {INSTALL_SECONDS} s"]
    if not is_there():
        print("SKIPPED: the log formats were NOT tested against Go's x/mod: golang-go and "
              f"golang-golang-x-mod-dev cannot be installed here ({' '.join(why)})", flush=True)
        sys.exit(SKIPPED)


def build(folder):
    """The Go program, as Debian builds its own: no modules, no network."""
    environment = dict(os.environ, GO111MODULE="off", GOPATH=str(GO_PATH), GOFLAGS="",
                       GOCACHE=str(folder / "cache"), CGO_ENABLED="0")
    made = folder / "tlog_interop"
    subprocess.run(["go", "build", "-o", made, *sorted(HERE.glob("*.go"))], env=environment,
                   check=True, timeout=BUILD_SECONDS)
    return made


def ends(*command, code=0):
    """Runs a command that must end with that code; answers what it wrote."""
    done = subprocess.run([str(part) for part in command], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=RUN_SECONDS)
    expect_equal(done.returncode, code, f"exit code of {command[0]} {command[1]}: {done.stdout}")
    return done.stdout


def post(url, body):
    """(status, body) of an answer."""
    request = urllib.request.Request(url, data=body.encode(), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def samples_in_both_directions(circle):
    step("what this code makes, and what it has altered, as x/mod sees it")
    ours = circle.folder / "ours.json"
    ends(program("INTEROP_SAMPLES"), "make", ours)
    print(ends(GO, "check", ours), end="", flush=True)

    step("what x/mod makes, and what was altered of it, as this code sees it")
    theirs = circle.folder / "theirs.json"
    ends(GO, "make", theirs)
    print(ends(program("INTEROP_SAMPLES"), "check", theirs), end="", flush=True)

    step("neither takes the other's when an entry of the good list is a wrong one")
    text = ours.read_text()
    worse = circle.folder / "worse.json"
    worse.write_text(text.replace('"good":false', '"good":true', 1))
    ends(GO, "check", worse, code=1)
    text = theirs.read_text()
    worse.write_text(text.replace('"good":false', '"good":true', 1))
    ends(program("INTEROP_SAMPLES"), "check", worse, code=1)


def a_running_log(circle):
    log_port = circle.ports.take()
    a = circle.node("A", init=("--log-listen", f"127.0.0.1:{log_port}"))
    b = circle.node("B")
    circle.pair(a, b)
    incidents = [a.report(f"0812-3456-78{n:02}") for n in range(3)]
    for incident in incidents:
        a.published(incident)
    keys_a, keys_b = (
        json.loads(ends(program("INTEROP_SAMPLES"), "keys", node.directory, node.origin))
        for node in (a, b))

    step("x/mod reads the whole log from its own address, and from that of health")
    for port in (log_port, a.http_port):
        print(ends(GO, "walk", f"http://127.0.0.1:{port}/log", keys_a["head"], keys_a["self"]),
              end="", flush=True)

    step("under another node's key it is refused")
    ends(GO, "walk", f"http://127.0.0.1:{log_port}/log", keys_b["head"], code=1)

    step("B cosigns A's head, and x/mod takes its line")
    with urllib.request.urlopen(f"http://127.0.0.1:{log_port}/log/checkpoint", timeout=30) as answer:
        head = answer.read().decode()
    witness = f"http://127.0.0.1:{b.http_port}/log/add-checkpoint"

    def cosigned():
        status, recorded = post(witness, "old 0\n\n" + head)
        expect_equal(status, 409, f"status for old size 0: {recorded}")
        if int(recorded) != int(head.splitlines()[1]):
            return None
        status, line = post(witness, f"old {int(recorded)}\n\n{head}")
        expect_equal(status, 200, f"status for the recorded size: {line}")
        return line
    line = until(cosigned, 60, "B has copied what A shows")
    expect(line.startswith(f"— {b.origin}/mirror "), f"the line of B's mirror key: {line!r}")
    # B's own line once, whether A has served an older one of it by now or not.
    lines = [known for known in head.splitlines(keepends=True)
             if not known.startswith(f"— {b.origin}/mirror ")]
    note = circle.folder / "cosigned.note"
    note.write_text("".join(lines) + line)
    print(ends(GO, "note", note, keys_a["head"], keys_b["mirror"]), end="", flush=True)
    ends(GO, "note", note, keys_a["head"], keys_a["mirror"], code=1)


if __name__ == "__main__":
    install()
    with tempfile.TemporaryDirectory(prefix="daftar-go-") as go_folder:
        GO = build(pathlib.Path(go_folder))
        run(samples_in_both_directions, a_running_log)
