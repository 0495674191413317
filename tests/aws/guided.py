"""Answer the questions of `sam deploy --guided` as somebody does who knows the stack's name, the sender, and Enter.

    guided.py SAM TEMPLATE PARAMETER=VALUE…        (beside a stand-in for AWS: see deploy.sh)

Passes when no question is asked twice, and when what the guide saves can be read: the stack's name, both
capabilities, and every parameter with its default. It stops there: what comes next is for AWS.
"""

import os
import pty
import re
import select
import signal
import sys
import tempfile
import time
import tomllib

NAME = "first-try"
PATIENCE = 120
# What the guide waits behind: a default in brackets, or none.
QUESTION = re.compile(r"\t\s*(?:Parameter )?([^\t\r\n\[:]+?)(?: \[[^\r\n]*\])?: $")
SAVED = "Saved arguments to config file"


def plain(text):
    """Without colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def converse(command, answers, directory):
    """Run the command in a terminal; return what was asked, and all that was shown until the guide has saved."""
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(directory)
        os.environ.update(TERM="dumb", COLUMNS="200", SAM_CLI_TELEMETRY="0")
        os.execvp(command[0], command)
    asked, shown, seen, until = [], "", 0, time.monotonic() + PATIENCE
    try:
        while SAVED not in shown:
            if time.monotonic() > until:
                sys.exit(f"the guide does not come to an end; it said last:\n{shown[-2000:]}")
            if not select.select([terminal], [], [], 0.2)[0]:
                continue
            try:
                shown += plain(os.read(terminal, 65536).decode(errors="replace"))
            except OSError:
                sys.exit(f"the guide ended before it had saved:\n{shown[-3000:]}")
            question = QUESTION.search(shown[seen:])
            if question:
                seen = len(shown)
                asked.append(question[1].strip())
                os.write(terminal, (answers.get(asked[-1], "") + "\n").encode())
    finally:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    return asked, shown


def main(sam, template, *given):
    """Hold the conversation, and look at what it left."""
    template = os.path.abspath(template)
    given = dict(one.split("=", 1) for one in given)
    text = open(template, encoding="utf-8").read()
    section = re.search(r"^Parameters:\n(.*?)^\w", text, re.S | re.M)[1]
    parameters = re.findall(r"^  (\w+):$", section, re.M)
    with tempfile.TemporaryDirectory() as directory:
        # What is saved is saved beside the template: so this one stands elsewhere.
        for name in os.listdir(os.path.dirname(template)):
            if name != "samconfig.toml":
                os.symlink(os.path.join(os.path.dirname(template), name), os.path.join(directory, name))
        command = [
            os.path.abspath(sam), "deploy", "--guided", "--template-file", os.path.basename(template),
            "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND",
        ]
        asked, shown = converse(command, {"Stack Name": NAME, **given}, directory)
        with open(os.path.join(directory, "samconfig.toml"), "rb") as file:
            saved = tomllib.load(file)["default"]["deploy"]["parameters"]
    again = sorted({one for one in asked if asked.count(one) > 1})
    if again:
        sys.exit(f"asked more than once: {again}")
    if [one for one in asked if one in parameters] != parameters:
        sys.exit(f"not every parameter was asked for: {sorted(set(parameters) - set(asked))}")
    if "has no authentication" in shown:
        sys.exit("the guide doubts routes, and Enter ends it there")
    if saved["stack_name"] != NAME or "CAPABILITY_AUTO_EXPAND" not in saved["capabilities"]:
        sys.exit(f"not saved: {saved}")
    overrides = saved["parameter_overrides"]
    overrides = overrides if isinstance(overrides, str) else " ".join(overrides)
    for name, value in given.items():
        if not re.search(rf'(?:^| )"?{name}="?{re.escape(value)}', overrides):
            sys.exit(f"{name} is not saved: {overrides}")
    print(f"the guide asks {len(asked)} questions, each once, and Enter answers all but {1 + len(given)}. It saves:")
    for key, value in saved.items():
        if key != "parameter_overrides":
            print(f"  {key} = {value!r}")
    print(f"  parameter_overrides = {overrides[:100]}… ({len(parameters)} parameters)")


if __name__ == "__main__":
    main(*sys.argv[1:])
