#!/usr/bin/env python3
"""Random requests against a stack of its own: Schemathesis over a contract's published document.

    tests/fuzz/run.py djangocfg [--examples N] [--seed N] [--port-base N]

Needs `st` on the path (tests/aws/venv.sh makes it) and a built `dev`. No answer may be a server error, have a status that
the document does not name, or break its schema; and every operation that can must have answered well at least once.
"""

import argparse
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]

CHECKS = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
]

REGISTRATION_KEY = "a key for random administrators, of no use elsewhere"

SETTINGS = {
    "POSTERN_CENTRIFUGO_URL": "ws://127.0.0.1:8002/connection/websocket",
    "POSTERN_MAIL_DAILY_BUDGET": "10000000",
    "POSTERN_TEXT_DAILY_BUDGET": "10000000",
    "POSTERN_OTP_RESEND_COOLDOWN_SECONDS": "1",
}


def start(base, *options):
    """A local stack that believes this machine about who it forwards for."""
    dev = subprocess.Popen(
        [ROOT / "target/debug/dev", "--port-base", str(base), "--trusted-proxy", "127.0.0.1", *options],
        cwd=ROOT, env=os.environ | SETTINGS, stdout=subprocess.DEVNULL,
    )
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{base}/health", timeout=1).read()
            return dev
        except OSError:
            if dev.poll() is not None:
                sys.exit("run.py: the stack did not start")
            time.sleep(0.2)
    sys.exit("run.py: the stack was not ready in time")


def stop(dev):
    dev.send_signal(signal.SIGTERM)
    dev.wait()


def stack(base):
    """A fresh stack with a registration key. Functions read secrets as they start, so it starts twice."""
    dev = start(base, "--fresh")
    ctl = [ROOT / "target/debug/ctl", "--port-base", str(base), "secret", "set", "registration-key"]
    subprocess.run(ctl, input=REGISTRATION_KEY, text=True, check=True, stdout=subprocess.DEVNULL)
    stop(dev)
    return start(base)


def report(answers, unable, operations):
    """Prints what each operation answered; those that never answered well, and those that did though they are `unable`."""
    wrong = []
    for label in operations:
        counts = answers.get(label, {})
        told = ", ".join(f"{status}: {count}" for status, count in sorted(counts.items()))
        print(f"{label:55} {told}")
        if any(status.startswith("2") for status in counts) == (label in unable):
            wrong.append(label)
    return wrong


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("contract")
    args.add_argument("--examples", type=int, default=10)
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--port-base", type=int, default=9600)
    args = args.parse_args()

    dev = stack(args.port_base)
    try:
        url = f"http://127.0.0.1:{args.port_base}/openapi/{args.contract}.json"
        document = json.load(urllib.request.urlopen(url))
        with tempfile.TemporaryDirectory() as folder:
            answers = pathlib.Path(folder) / "answers.json"
            run = subprocess.run(
                [
                    "st", "run", url, "--url", f"http://127.0.0.1:{args.port_base}",
                    "--checks", ",".join(CHECKS), "--phases", "examples,coverage,fuzzing",
                    "--max-examples", str(args.examples), "--seed", str(args.seed),
                    # A poll of a device that waits is answered after 25 seconds.
                    "--request-timeout", "40", "--suppress-health-check", "all", "--continue-on-failure", "--warnings", "off",
                ],
                cwd=folder,
                env=os.environ | SETTINGS | {
                    "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE), "POSTERN_SEED": str(args.seed),
                    "POSTERN_CONTRACT": args.contract, "POSTERN_PORT_BASE": str(args.port_base),
                    "POSTERN_ANSWERS": str(answers), "REGISTRATION_KEY": REGISTRATION_KEY,
                },
            )
            operations = [
                f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item
            ]
            wrong = report(**json.loads(answers.read_text()), operations=operations)
    finally:
        stop(dev)
    if run.returncode != 0:
        sys.exit("run.py: Schemathesis found something")
    if wrong:
        sys.exit(f"run.py: never answered well, or did though the contract's module denies it: {', '.join(wrong)}")


if __name__ == "__main__":
    main()
