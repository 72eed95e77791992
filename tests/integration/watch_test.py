#!/usr/bin/env python3
"""An auditor without an account follows real nodes: no alarm while all is well; within a minute a
fork, when a node's folder was cloned and both copies go on, in a webhook too; a backup put back is a
rollback."""
import http.server
import json
import queue
import shutil
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request

from daemon import Node, expect_equal, expect_in, program, run, step, until

PHONES = [f"0812-3456-79{n:02}" for n in range(6)]
MINUTE = 60


class Watch:
    """`daftar audit watch` in the background; its lines as they come."""

    def __init__(self, arguments):
        self.process = subprocess.Popen(
            [program("DAFTAR"), "audit", "watch", *arguments, "--output", "json"], text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.lines = queue.Queue()
        self.seen = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def alarm(self, kind, seconds):
        """The first alarm of that kind."""
        def look():
            while not self.lines.empty():
                self.seen.append(self.lines.get())
            return next((line for line in self.seen if line.get("kind") == kind), None)
        return until(look, seconds, f"an alarm {kind}; seen {self.seen}")

    def stop(self):
        """(exit code, summary)"""
        self.process.send_signal(signal.SIGINT)
        code = self.process.wait(timeout=30)
        def look():
            while not self.lines.empty():
                self.seen.append(self.lines.get())
            return self.seen and "summary" in self.seen[-1]
        until(look, 10, f"a summary: {self.seen} {self.process.stderr.read()}")
        return code, self.seen[-1]["summary"]


class Hook(http.server.BaseHTTPRequestHandler):
    """Takes posts."""
    got = []

    def do_POST(self):  # the library's name
        self.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Mirror:
    """Stands before a node; shows the head that the node had when it was made, or the newest one."""

    def __init__(self, target):
        with urllib.request.urlopen(target + "/checkpoint", timeout=30) as answer:
            kept = answer.read()
        self.forward = False
        mirror = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # the library's name
                try:
                    if self.path.endswith("/checkpoint") and not mirror.forward:
                        status, body = 200, kept
                    else:
                        with urllib.request.urlopen(target + self.path[len("/log"):],
                                                    timeout=30) as answer:
                            status, body = 200, answer.read()
                except urllib.error.HTTPError as error:
                    status, body = error.code, b""
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/log"

    def close(self):
        self._server.shutdown()


def once(arguments, code):
    done = subprocess.run(
        [program("DAFTAR"), "audit", "watch", *arguments, "--once", "--output", "json"], text=True,
        capture_output=True, timeout=120, check=False)
    expect_equal(done.returncode, code, f"exit code: {done.stdout}{done.stderr}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def an_auditors_watch(circle):
    log_ports = [circle.ports.take() for _ in range(2)]
    a = circle.node("A", init=("--log-listen", f"127.0.0.1:{log_ports[0]}"))
    urls = [f"http://127.0.0.1:{port}/log" for port in log_ports]
    heads = a.ask("log", "head")
    policy = circle.folder / "auditor.policy"
    policy.write_text(f"log {heads['head_vkey']}\nwitness a-self {heads['self_vkey']}\nquorum none\n")
    state = circle.folder / "watched"
    common = [urls[0], "--policy", str(policy), "--state", str(state)]

    step("a log that grows is followed from run to run without an alarm")
    for phone in PHONES[:2]:
        a.published(a.report(phone))
        size = a.status()["log_size"]
        lines = until(lambda: (found := once(common, 0)) and
                      found[-1]["summary"]["logs"][0]["size"] == size and found, 30, "the head")
        expect_equal(lines[-1]["summary"]["logs"][0]["entries_read"], size, "entries read")
        expect_equal(len(lines), 1, f"lines: {lines}")

    step("an older head is a rollback")
    # What a proxy in front of the node still has, or a machine that was put back: the watch cannot
    # know which, and the node itself would refuse to sign.
    old = Mirror(urls[0])
    a.published(a.report(PHONES[4]))
    rolled_state = circle.folder / "rolled"
    rolled = [old.url, "--policy", str(policy), "--state", str(rolled_state)]
    old.forward = True
    once(rolled, 0)
    old.forward = False
    alarms = once(rolled, 1)
    expect_equal(alarms[0]["kind"], "rollback", "alarm")
    expect_in("earlier state of the same log", alarms[0]["text"], "what the tiles say")
    old.close()

    step("a copy of the node's folder, with the same keys, shows another log: a fork")
    a.stop()
    clone = circle.folder / "clone"
    shutil.copytree(a.directory, clone)
    config = (clone / "config.toml").read_text()
    for port in (a.peer_port, a.http_port):
        config = config.replace(str(port), str(circle.ports.take()))
    (clone / "config.toml").write_text(config.replace(str(log_ports[0]), str(log_ports[1])))
    twin = Node(circle, "T", clone, 0, 0)
    twin.origin = a.origin
    circle.nodes.append(twin)
    a.start()
    twin.start()
    a.published(a.report(PHONES[2]))
    twin.published(twin.report(PHONES[3]))
    hook = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    begun = time.monotonic()
    watch = Watch([urls[1], *common, "--every", "1",
                   "--webhook", f"http://127.0.0.1:{hook.server_address[1]}/"])
    fork = watch.alarm("fork", MINUTE)
    print(f"   the fork was told after {time.monotonic() - begun:.1f} s", flush=True)
    expect_equal(fork["origin"], a.origin, "origin of the fork")
    until(lambda: [post for post in Hook.got if post["kind"] == "fork"], 30, "a post")
    code, summary = watch.stop()
    hook.shutdown()
    expect_equal(code, 1, "exit code of a watch that raised an alarm")
    expect_equal(summary["logs"][0]["forked"], True, "the log is forked")

    step("the evidence proves it to anybody")
    verified = subprocess.run(
        [program("DAFTAR"), "audit", "verify", fork["evidence"], "--policy", str(policy)],
        text=True, capture_output=True, timeout=60, check=False)
    expect_equal(verified.returncode, 0, verified.stdout + verified.stderr)

    step("a fork stays one for whoever looks again")
    expect_in("fork", [line.get("kind") for line in once(common, 1)], "alarms")


run(an_auditors_watch)
