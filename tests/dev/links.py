#!/usr/bin/env python3
"""Every link of the README and of docs/ between files of this tree: there has to be something where it points."""

import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]


def anchors(text):
    """The names that headings go by."""
    heads = re.findall(r"^#+ +(.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def broken(page):
    """The links of a page that lead nowhere."""
    text = (ROOT / page).read_text()
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (ROOT / page).parent / path if path else ROOT / page
        if not target.exists() or anchor and anchor not in anchors(target.read_text()):
            yield link


def main():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    )
    pages = listed.stdout.split()
    found = [f"{page}: {link}" for page in pages for link in broken(page)]
    print("\n".join(found) or f"{len(pages)} pages, every link between them leads somewhere")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
