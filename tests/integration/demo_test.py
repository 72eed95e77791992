#!/usr/bin/env python3
"""`daftar demo` as a person meets it: it tells its story, ends by itself and leaves nothing behind,
also when it is interrupted or its nodes do not come up.

The programs come from DAFTAR and DAFTARD in the environment.
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

DAFTAR = os.path.abspath(os.environ["DAFTAR"])
DAFTARD = os.path.abspath(os.environ["DAFTARD"])
MINUTES = 240  # seconds that one demonstration may take on a machine with other things to do


def processes_in(folder):
    """The programs whose working folder lies under `folder`."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if str((entry / "cwd").readlink()).startswith(str(folder)):
                found.append((entry / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except OSError:
            continue
    return found


def expect(condition, what):
    if not condition:
        sys.exit(f"demo_test: {what}")


def expect_nothing_left(folder, what):
    expect(not list(folder.iterdir()), f"{what}: files are left in its folder")
    expect(not processes_in(folder), f"{what}: still running: {processes_in(folder)}")


def start(folder, *options, program=DAFTAR):
    environment = dict(os.environ, DAFTAR_DIR="/nonexistent/somebody's node")
    return subprocess.Popen([program, "demo", "--dir", str(folder), *options], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)


def every_step_comes_out_as_told(folder):
    demo = start(folder, "--output", "json")
    out, err = demo.communicate(timeout=MINUTES)
    expect(demo.returncode == 0, f"exit code {demo.returncode}\n{out}\n{err}")
    document = json.loads(out)
    expect(document["ok"] and document["folder"] is None, out)
    expect(len(document["steps"]) >= 10, f"only {len(document['steps'])} steps")
    for step in document["steps"]:
        expect(step["ok"] and step["expected"] and step["came"], f"a step failed: {step}")
    story = json.dumps(document["steps"])
    for word in ("partner invite", "partner join", "incident publish", "incident settle",
                 "incident withdraw", "not checked", "FULL PREPAYMENT", "ACCEPT"):
        expect(word in story, f"the story lacks '{word}'")
    expect_nothing_left(folder, "after its end")


def interrupting_it_leaves_nothing(folder):
    demo = start(folder)
    for line in demo.stdout:
        if "2. They pair" in line:
            break
    expect(processes_in(folder), "no node was running when it was interrupted")
    demo.send_signal(signal.SIGINT)
    out, err = demo.communicate(timeout=MINUTES)
    expect(demo.returncode == 130, f"interrupted: exit code {demo.returncode}\n{out}\n{err}")
    expect_nothing_left(folder, "interrupted")


def a_node_that_does_not_start_is_told(folder):
    programs = folder / "programs"
    stage = folder / "stage"
    programs.mkdir()
    stage.mkdir()
    shutil.copy(DAFTAR, programs / "daftar")
    # Makes nodes and does not run them.
    broken = programs / "daftard"
    broken.write_text(f'#!/bin/sh\n[ "$1" = init ] && exec "{DAFTARD}" "$@"\n'
                      'echo "the disk is gone" >&2\nexit 65\n')
    broken.chmod(0o755)
    demo = start(stage, program=str(programs / "daftar"))
    out, err = demo.communicate(timeout=MINUTES)
    expect(demo.returncode == 70, f"broken daftard: exit code {demo.returncode}\n{out}\n{err}")
    expect("NOT AS TOLD" in out and "the disk is gone" in out, f"the cause is not told: {out}")
    expect("did not come out as told" in err, err)
    expect_nothing_left(stage, "with a broken daftard")


for test in (every_step_comes_out_as_told, interrupting_it_leaves_nothing,
             a_node_that_does_not_start_is_told):
    with tempfile.TemporaryDirectory(prefix="daftar-demo-test-") as name:
        test(pathlib.Path(name))
    print(f"{test.__name__}: ok")
