"""Nodes for the integration tests: real daemons in a temporary folder, spoken to with `daftar`.

    from daemon import Circle, expect, run

    def test(circle):
        a = circle.node("A")
        ...

    run(test)

`run` makes the folder, prints the daemons' logs when the test fails, stops what still runs and
removes the folder. The programs come from DAFTAR and DAFTARD in the environment. Nothing here waits
for a fixed time: `until` looks again and again until what is wanted is there or time is up.
"""
import json
import os
import pathlib
import random
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

SOURCE = pathlib.Path(__file__).resolve().parents[2]
DEMO_CHARTER = SOURCE / "deploy" / "charters" / "demo.toml"

COMMAND_SECONDS = 120  # for one command; the node's own limits are far below
START_SECONDS = 120  # until a daemon answers, on a machine that has other things to do
STOP_SECONDS = 30  # until a daemon that was told to has ended
PAUSE_SECONDS = 0.05  # between two looks
LOG_TAIL = 6000  # bytes of each log shown after a failure

ACCEPT, DEPOSIT, PREPAY, REVIEW, DECLINE = 0, 10, 11, 20, 21


class Failure(AssertionError):
    """What a test says when something did not come out as it must."""


def expect(condition, message):
    if not condition:
        raise Failure(message)


def expect_equal(got, wanted, what):
    expect(got == wanted, f"{what}: wanted {wanted!r}, got {got!r}")


def expect_in(part, whole, what):
    expect(part in whole, f"{what}: {part!r} is not in {whole!r}")


def until(look, seconds, what):
    """Calls look() until it returns something true; that is the answer."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise Failure(f"after {seconds} s still not so: {what}")
        time.sleep(PAUSE_SECONDS)


def step(text):
    print(f"-- {text}", flush=True)


def program(name):
    path = os.environ.get(name)
    if not path or not os.access(path, os.X_OK):
        sys.exit(f"set {name} to the program (got {path!r}); ctest does it")
    return path


class Ports:
    """Free loopback ports, each given out once.

    They lie below the range that the kernel takes for outgoing connections, so that a node that is
    down does not lose its port to one of them.
    """

    def __init__(self):
        self._given = set()
        self._random = random.Random()

    def take(self):
        for _ in range(500):
            port = self._random.randrange(12000, 32000)
            if port in self._given:
                continue
            with socket.socket() as probe:
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
            self._given.add(port)
            return port
        raise Failure("found no free port on 127.0.0.1")


class Result:
    """What a command answered."""

    def __init__(self, arguments, code, out, err):
        self.arguments, self.code, self.out, self.err = arguments, code, out, err

    @property
    def json(self):
        try:
            return json.loads(self.out)
        except ValueError as error:
            raise Failure(f"no JSON on standard output ({error}): {self}") from None

    @property
    def message(self):
        """The words of an error, whether it came as text or as JSON."""
        return self.out + self.err

    def __str__(self):
        return (f"daftar {' '.join(self.arguments)}\nexit {self.code}\n"
                f"--- out\n{self.out}--- err\n{self.err}")


class Node:
    """One node: its folder, its daemon, and the commands spoken to it."""

    def __init__(self, circle, letter, directory, peer_port, http_port):
        self.circle, self.letter, self.directory = circle, letter, directory
        self.peer_port, self.http_port = peer_port, http_port
        self.origin = f"toko-{letter.lower()}.test"
        self.log = circle.folder / f"{letter}.log"
        self.process = None

    # Commands.

    def daftar(self, *arguments, code=0, token=None, stdin=None, seconds=COMMAND_SECONDS):
        """Runs `daftar --dir D ARGUMENTS`. `code` is the exit code that it must end with, a
        collection of them, or None for any."""
        environment = {key: value for key, value in os.environ.items()
                       if key not in ("DAFTAR_TOKEN", "DAFTAR_DIR")}
        if token is not None:
            environment["DAFTAR_TOKEN"] = token
        command = [program("DAFTAR"), "--dir", str(self.directory), *map(str, arguments)]
        try:
            done = subprocess.run(command, env=environment, input=stdin, text=True,
                                  stdin=subprocess.DEVNULL if stdin is None else None,
                                  capture_output=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            raise Failure(f"no end within {seconds} s: {' '.join(command[1:])}") from None
        result = Result(command[1:], done.returncode, done.stdout, done.stderr)
        if code is not None:
            wanted = {code} if isinstance(code, int) else set(code)
            expect(result.code in wanted, f"wanted exit code {sorted(wanted)}: {result}")
        return result

    def ask(self, *arguments, **options):
        """The same with --output json; answers the document."""
        return self.daftar(*arguments, "--output", "json", **options).json

    def refused(self, *arguments, **options):
        """A command that must fail (64 and above); answers what it said."""
        result = self.daftar(*arguments, code=None, **options)
        expect(result.code >= 64, f"must be refused: {result}")
        expect(result.message.strip(), f"refused without a word: {result}")
        return result

    def status(self):
        return self.ask("status")

    def check(self, phone, amount="4500000", **options):
        """The result of a check of one phone number."""
        options.setdefault("code", (ACCEPT, DEPOSIT, PREPAY, REVIEW, DECLINE))
        return self.daftar("check", "--phone", phone, "--amount", amount, "--currency", "IDR",
                           "--terms", "credit", "--output", "json", **options)

    def partner_state(self, phone, origin, **options):
        """What a check says of one partner: its row of `partners`."""
        for row in self.check(phone, **options).json["partners"]:
            if row["origin"] == origin:
                return row
        raise Failure(f"{origin} is not among the partners of a check at {self.letter}")

    def report(self, phone, reason="deposit-unsettled", amount="4500000", occurred="2026-10-01"):
        """Files and publishes an incident; answers its id."""
        added = self.ask("incident", "add", "--reason", reason, "--phone", phone, "--amount",
                         amount, "--currency", "IDR", "--occurred", occurred)
        self.daftar("incident", "publish", added["id"])
        return added["id"]

    def published(self, incident, seconds=30):
        def look():
            shown = self.ask("incident", "show", incident)
            return shown if shown["log_index"] is not None else None
        return until(look, seconds, f"incident {incident} of {self.letter} is in the log")

    def head(self):
        return self.ask("log", "head")

    def entries(self, origin=None):
        """Every entry of the own log, or of the copy of a partner's."""
        more = ["--origin", origin] if origin else []
        return self.ask("log", "show", "--limit", "100000", *more)["entries"]

    def partner(self, origin):
        return self.ask("partner", "show", origin)

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    # The daemon.

    def start(self, *arguments, descriptors=None, wait=True):
        """Starts the daemon and waits until it answers."""
        expect(not self.running(), f"{self.letter} runs already")

        def limit():
            resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [program("DAFTARD"), "--dir", str(self.directory), *map(str, arguments)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=limit if descriptors else None)
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self):
        def look():
            expect(self.running(), f"the daemon of {self.letter} ended at once with "
                                   f"{self.process.poll()}:\n{self.log_text()[-LOG_TAIL:]}")
            return self.daftar("status", "--timeout", "5", code=None).code == 0
        until(look, START_SECONDS, f"the daemon of {self.letter} answers")

    def refuses_to_start(self, *arguments):
        """Starts a daemon that must end by itself with an error; (exit code, its words)."""
        with tempfile.TemporaryFile("w+") as said:
            try:
                done = subprocess.run(
                    [program("DAFTARD"), "--dir", str(self.directory), *map(str, arguments)],
                    stdin=subprocess.DEVNULL, stdout=said, stderr=said, timeout=START_SECONDS,
                    check=False)
            except subprocess.TimeoutExpired:
                raise Failure(f"the daemon of {self.letter} started; it must refuse") from None
            said.seek(0)
            words = said.read()
        expect(done.returncode > 0 and words.strip(),
               f"must end with an error and words: {done.returncode}, {words!r}")
        return done.returncode, words

    def running(self):
        return self.process is not None and self.process.poll() is None

    def stop(self):
        """Tells the daemon to end, and sees that it does so by itself."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"the daemon of {self.letter} did not stop when told to") from None
        self.process = None
        expect_equal(code, 0, f"exit code of the daemon of {self.letter}")

    def kill(self):
        """kill -9."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None

    def restart(self, *arguments, **options):
        self.stop()
        return self.start(*arguments, **options)

    def clean_up(self):
        self.kill()


class Circle:
    """A temporary folder with nodes in it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.ports = Ports()
        self.nodes = []
        self.others = []  # whatever else has clean_up()

    def node(self, letter, charter=DEMO_CHARTER, start=True, advertise=None, init=()):
        """A new node; `advertise` is the port that its invites offer."""
        node = Node(self, letter, self.folder / letter, self.ports.take(), self.ports.take())
        self.nodes.append(node)
        more = ["--peer-advertise", f"127.0.0.1:{advertise}"] if advertise else []
        node.daftar("init", "--name", f"Toko {letter}", "--origin", node.origin, "--charter",
                    charter, "--peer-listen", f"127.0.0.1:{node.peer_port}", "--http-listen",
                    f"127.0.0.1:{node.http_port}", *more, *init)
        return node.start() if start else node

    def charter(self, name, *changes):
        """A copy of the demonstration's charter with (old text, new text) replaced."""
        text = DEMO_CHARTER.read_text()
        for old, new in changes:
            expect_equal(text.count(old), 1, f"places of {old!r} in the charter")
            text = text.replace(old, new)
        path = self.folder / name
        path.write_text(text)
        return path

    def invite(self, node, *arguments):
        """The code, alone on standard output."""
        result = node.daftar("partner", "invite", *arguments)
        expect_equal(len(result.out.split()), 1, "words on the standard output of invite")
        return result.out.strip()

    def pair(self, inviter, joiner):
        joiner.daftar("partner", "join", self.invite(inviter))
        self.connected(inviter, joiner)
        self.connected(joiner, inviter)

    def connected(self, node, partner, seconds=30):
        def look():
            row = node.partner(partner.origin)
            return row["connection"] == "connected" and row["log_size"] > 0
        until(look, seconds, f"{node.letter} follows the log of {partner.letter}")

    def clean_up(self):
        for thing in self.nodes + self.others:
            thing.clean_up()


class Recorder:
    """A TCP proxy that keeps every byte that passes, in both directions."""

    def __init__(self, circle):
        self.port = circle.ports.take()
        self.target = None  # (host, port), set before the first connection
        self._chunks = {}  # (connection, direction) -> list of bytes
        self._connections = 0
        self._lock = threading.Lock()
        self._sockets = set()
        self._listener = socket.create_server(("127.0.0.1", self.port), backlog=64)
        self._closing = False
        threading.Thread(target=self._accept, daemon=True).start()
        circle.others.append(self)

    def recorded(self):
        """One bytes object per direction of each connection, without gaps."""
        with self._lock:
            return [b"".join(chunks) for chunks in self._chunks.values()]

    def drop(self):
        """Ends every connection that is open now."""
        with self._lock:
            sockets = list(self._sockets)
        for end in sockets:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _accept(self):
        while not self._closing:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self.target, timeout=10)
                server.settimeout(None)
            except OSError:
                client.close()
                continue
            with self._lock:
                number = self._connections
                self._connections += 1
                self._sockets |= {client, server}
            for source, sink, way in ((client, server, "in"), (server, client, "out")):
                threading.Thread(target=self._pump, args=(source, sink, (number, way)),
                                 daemon=True).start()

    def _pump(self, source, sink, key):
        while True:
            try:
                data = source.recv(65536)
                if not data:
                    break
                with self._lock:
                    self._chunks.setdefault(key, []).append(data)
                sink.sendall(data)
            except OSError:
                break
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        with self._lock:
            self._sockets -= {source}
        source.close()

    def clean_up(self):
        self._closing = True
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        self.drop()


def files_holding(folder, needles):
    """(file, needle) for every needle (bytes) that stands in a file below the folder."""
    found = []
    for path in sorted(pathlib.Path(folder).rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        try:
            content = path.read_bytes()
        except FileNotFoundError:  # RocksDB tidies up while it runs
            continue
        found += [(str(path), needle) for needle in needles if needle in content]
    return found


def run(*tests):
    """Runs each test with a circle of its own; ends the program."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("told to end"))
    failed = []
    for test in tests:
        folder = tempfile.mkdtemp(prefix="daftar-it-")
        circle = Circle(folder)
        began = time.monotonic()
        print(f"== {test.__name__}", flush=True)
        try:
            test(circle)
            print(f"   passed in {time.monotonic() - began:.1f} s", flush=True)
        except Exception:  # noqa: BLE001  every kind of failure gets the logs
            failed.append(test.__name__)
            traceback.print_exc()
            for node in circle.nodes:
                print(f"--- end of the log of {node.letter}\n{node.log_text()[-LOG_TAIL:]}",
                      flush=True)
        finally:
            circle.clean_up()
            shutil.rmtree(folder, ignore_errors=True)
    if failed:
        print(f"FAILED: {', '.join(failed)}", flush=True)
        sys.exit(1)
    print("all passed", flush=True)
