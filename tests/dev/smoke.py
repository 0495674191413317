#!/usr/bin/env python3
"""`cargo dev` as a stranger meets it: the README's own lines, and a kill in the middle.

    tests/dev/smoke.py                the README's first sign-in, word for word
    tests/dev/smoke.py --lambda       the same under `cargo lambda watch`
    tests/dev/smoke.py --kill         SIGKILL during sign-ups, then a restart

Standard library only. Uses the ports from 9000 on, as the README does, and empties target/local.
"""

import argparse
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
API, INBOX, ENGINE = "http://127.0.0.1:9000", "http://127.0.0.1:9025", "http://127.0.0.1:9001"


class Dev:
    """A running `cargo dev`."""

    def __init__(self, *options):
        self.process = subprocess.Popen(
            ["cargo", "dev", *options],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )
        self.lines = []
        ready = threading.Event()

        def read():
            for line in self.process.stdout:
                self.lines.append(line)
                if line == f"postern is ready on {API}\n":
                    ready.set()
            ready.set()

        threading.Thread(target=read, daemon=True).start()
        ready.wait(1200)
        if self.process.poll() is not None:
            sys.exit("cargo dev ended:\n" + "".join(self.lines))
        if not any("is ready" in line for line in self.lines):
            self.end(signal.SIGKILL)
            sys.exit("cargo dev was not ready in time:\n" + "".join(self.lines))

    def end(self, how):
        """Ends it, and waits until its port is free."""
        # To the whole group: cargo stands between us and the stack.
        os.killpg(self.process.pid, how)
        self.process.wait()
        while call(f"{API}/health") is not None:
            time.sleep(0.1)


def call(url, body=None, headers=None):
    """The JSON answer to a request; None if nobody answers."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"content-type": "application/json", **(headers or {})})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or "null")
    except urllib.error.HTTPError as refused:
        return {"status": refused.code}
    except (OSError, ValueError):
        return None


def first_sign_in():
    """The shell lines between the README's markers."""
    text = (ROOT / "README.md").read_text()
    section = re.search(r"<!-- first sign-in -->(.*?)<!-- /first sign-in -->", text, re.S)
    return "\n".join(re.findall(r"```sh\n(.*?)```", section.group(1), re.S))


def readme(*options):
    """Runs the README's lines against a fresh stack; the last one must show the profile."""
    dev = Dev("--fresh", *options)
    try:
        shell = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", first_sign_in()], capture_output=True, text=True, timeout=120
        )
        print(shell.stdout)
        last = shell.stdout.strip().splitlines()[-1] if shell.stdout.strip() else ""
        assert shell.returncode == 0 and '"email":"ada@example.com"' in last, shell.stdout + shell.stderr
    finally:
        dev.end(signal.SIGINT)


def scan():
    """Every item of the main table."""
    items, start = [], None
    while True:
        body = {"TableName": "postern-identity", **({"ExclusiveStartKey": start} if start else {})}
        answer = call(ENGINE, body, {
            "x-amz-target": "DynamoDB_20120810.Scan", "content-type": "application/x-amz-json-1.0", "x-amz-date": "1",
            "authorization": "AWS4-HMAC-SHA256 Credential=local/1/r/dynamodb/aws4_request, SignedHeaders=host, Signature=1",
        })
        items += answer["Items"]
        start = answer.get("LastEvaluatedKey")
        if not start:
            return items


def kill():
    """Kills the stack while people sign up; afterwards nobody is half there."""
    os.environ["POSTERN_OTP_RESEND_COOLDOWN_SECONDS"] = "0"
    trusted = ("--trusted-proxy", "127.0.0.1")
    dev = Dev("--fresh", *trusted)
    stop = threading.Event()

    def sign_up(worker):
        person = 0
        while not stop.is_set():
            person += 1
            address = f"person{person}.{worker}@example.com"
            place = {"x-forwarded-for": f"10.{worker}.{person // 250}.{person % 250}"}
            call(f"{API}/cfg/accounts/otp/request/", {"identifier": address}, place)
            letters = call(f"{INBOX}/api/messages?to={address}")
            if letters:
                code = letters[-1]["subject"][:4]
                call(f"{API}/cfg/accounts/otp/verify/", {"identifier": address, "otp": code}, place)

    workers = [threading.Thread(target=sign_up, args=(n,)) for n in range(8)]
    for worker in workers:
        worker.start()
    time.sleep(4)
    dev.end(signal.SIGKILL)
    stop.set()
    for worker in workers:
        worker.join()

    dev = Dev(*trusted)
    try:
        items = scan()
        users = {item["sub"]["S"]: item for item in items if item["sk"]["S"] == "PROFILE"}
        claims = {item["pk"]["S"]: item["sub"]["S"] for item in items if item["sk"]["S"] == "CLAIM"}
        sessions = {item["pk"]["S"] for item in items if item["sk"]["S"].startswith("SESSION#")}
        assert len(users) > 10, f"only {len(users)} signed up before the kill"
        for claim, sub in claims.items():
            assert sub in users, f"{claim} has no account"
        for sub, user in users.items():
            names = [f"CLAIM#email#{user['email']['S']}", f"CLAIM#username#{user['username']['S']}",
                     f"CLAIM#uid#{user['uid']['N']}"]
            assert all(claims.get(name) == sub for name in names), f"{sub} lacks a claim"
            assert f"USER#{sub}" in sessions, f"{sub} lacks its session"
        print(f"{len(users)} accounts, {len(claims)} claims: nothing half done")
    finally:
        dev.end(signal.SIGINT)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--lambda", dest="emulated", action="store_true")
    options.add_argument("--kill", action="store_true")
    options = options.parse_args()
    if options.kill:
        kill()
    else:
        readme(*(["--lambda"] if options.emulated else []))
