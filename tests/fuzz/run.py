#!/usr/bin/env python3
"""Random requests against a stack of its own: Schemathesis over a contract's published document.

    tests/fuzz/run.py [CONTRACT]… [--examples N] [--seed N] [--port-base N]

All contracts, unless some are named; as many at a time as there are cores, each on ports and data of its own, and what each says
in one piece. Needs `st` on the path (tests/aws/venv.sh makes it) and a built `dev`. No answer may be a server error, have a
status that the document does not name, or break its schema; and every operation that can must have answered well at least once.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib
import resource
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
    "POSTERN_OTP_RESEND_COOLDOWN_SECONDS": "0",
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
    dev.kill()
    sys.exit("run.py: the stack was not ready in time")


def stop(dev):
    """Ends a stack. The seconds of CPU that it took."""
    dev.send_signal(signal.SIGTERM)
    _, _, used = os.wait4(dev.pid, 0)
    dev.returncode = 0
    return used.ru_utime + used.ru_stime


def stack(base):
    """A fresh stack with a registration key. Functions read secrets as they start, so it starts twice."""
    dev = start(base, "--fresh")
    ctl = [ROOT / "target/debug/ctl", "--port-base", str(base), "secret", "set", "registration-key"]
    try:
        subprocess.run(ctl, input=REGISTRATION_KEY, text=True, check=True, stdout=subprocess.DEVNULL)
    finally:
        # One that ran on would keep the pipe open that `run_each` reads to its end.
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


def contracts():
    """All of them, the longest documents first: whoever begins last is not to be the one that takes longest."""
    documents = (ROOT / "functions/docs/openapi").glob("*.json")
    return [path.stem for path in sorted(documents, key=lambda path: -path.stat().st_size)]


def run_each(args):
    """Each contract in a process of its own, as many at a time as there are cores. Those that failed."""
    def one(index, contract):
        words = [contract, "--examples", args.examples, "--seed", args.seed, "--port-base", args.port_base + 50 * index]
        command = [sys.executable, __file__, *map(str, words)]
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    failed = []
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        runs = [pool.submit(one, *numbered) for numbered in enumerate(args.contracts)]
        for contract, run in zip(args.contracts, runs):
            print(f"\n-- {contract}\n{run.result().stdout}", flush=True)
            if run.result().returncode != 0:
                failed.append(contract)
    return failed


def run_one(contract, args):
    """A contract's requests. What is wrong, if anything is."""
    began = time.monotonic()
    dev = stack(args.port_base)
    try:
        url = f"http://127.0.0.1:{args.port_base}/openapi/{contract}.json"
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
                    "POSTERN_CONTRACT": contract, "POSTERN_PORT_BASE": str(args.port_base),
                    "POSTERN_ANSWERS": str(answers), "REGISTRATION_KEY": REGISTRATION_KEY,
                },
            )
            operations = [
                f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item
            ]
            wrong = report(**json.loads(answers.read_text()), operations=operations)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
    finally:
        stack_used = stop(dev)
    took = time.monotonic() - began
    print(f"{contract}: {took:.0f} s; CPU of the stack {stack_used:.0f} s, of Schemathesis {used.ru_utime + used.ru_stime:.0f} s")
    if run.returncode != 0:
        return "Schemathesis found something"
    return wrong and f"never answered well, or did though the contract's module denies it: {', '.join(wrong)}"


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("contracts", nargs="*")
    args.add_argument("--examples", type=int, default=10)
    args.add_argument("--seed", type=int, default=1)
    args.add_argument("--port-base", type=int, default=9600)
    args = args.parse_args()

    args.contracts = args.contracts or contracts()
    if len(args.contracts) > 1:
        wrong = ", ".join(run_each(args))
    else:
        wrong = run_one(args.contracts[0], args)
    if wrong:
        sys.exit(f"run.py: {wrong}")


if __name__ == "__main__":
    main()
