#!/usr/bin/env python3
"""Signing in through the test GitHub, in a real browser, beside a running `cargo dev`.

    tests/dev/browser.py [SITE]        http://127.0.0.1:9004 unless told otherwise

Standard library and Chromium only: it is spoken to through its debugging pipe.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

SITE = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:9004"


class Browser:
    """A headless Chromium with one page."""

    def __init__(self, profile):
        binary = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if binary is None:
            print("browser.py: LEFT OUT, there is no Chromium here")
            sys.exit()
        (theirs_in, ours_out), (ours_in, theirs_out) = os.pipe(), os.pipe()

        # The pipe is wherever the protocol says: it reads from 3 and writes to 4.
        def place():
            a, b = os.dup(theirs_in), os.dup(theirs_out)
            os.dup2(a, 3)
            os.dup2(b, 4)

        options = ["--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-pipe", "about:blank"]
        self.process = subprocess.Popen(
            [binary, f"--user-data-dir={profile}", *options],
            preexec_fn=place, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self.out, self.input = os.fdopen(ours_out, "wb", 0), os.fdopen(ours_in, "rb", 0)
        self.count, self.session, self.rest = 0, None, b""
        target = self.tell("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]

    def tell(self, method, **params):
        """One command, and its answer."""
        self.count += 1
        message = {"id": self.count, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        self.out.write(json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self.rest:
                read = self.input.read(65536)
                if not read:
                    sys.exit("browser.py: the browser ended")
                self.rest += read
            line, self.rest = self.rest.split(b"\0", 1)
            answer = json.loads(line)
            if answer.get("id") == self.count:
                if "error" in answer:
                    return None
                return answer["result"]

    def run(self, script):
        """The value of a script in the page; nothing while the page is changing."""
        answer = self.tell("Runtime.evaluate", expression=script, returnByValue=True)
        return (answer or {}).get("result", {}).get("value")

    def until(self, script):
        """Waits until the script says something true, and says what."""
        for _ in range(100):
            value = self.run(script)
            if value:
                return value
            time.sleep(0.1)
        page = self.run("location.href + '\\n' + document.body.innerText")
        sys.exit(f"browser.py: never true: {script}\n{page}")


def sign_in(browser, email, button="approve"):
    """Goes from the site to GitHub and back; what the site says then."""
    browser.tell("Page.navigate", url=SITE)
    browser.until("document.getElementById('sign-in') && document.readyState === 'complete'")
    browser.run("document.getElementById('sign-in').click()")
    browser.until("location.pathname === '/login/oauth/authorize' && document.readyState === 'complete'")
    named = "[...document.querySelectorAll('input:not([type=hidden])')].every((field) => field.labels.length === 1)"
    assert browser.run(named), "every field has its label"
    browser.run(f"document.getElementById('email').value = {json.dumps(email)}")
    browser.run(f"document.querySelector('button[value={button}]').click()")
    return browser.until(
        "location.pathname === '/callback' && document.getElementById('outcome').textContent !== 'Nothing yet.'"
        " && document.getElementById('outcome').textContent"
    )


def main():
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            said = sign_in(browser, "octocat@example.com")
            assert said == "Signed in as octocat@example.com.", said
            assert browser.run("location.search") == "", "what was spent is gone from the address bar"
            answer = json.loads(browser.run("document.getElementById('answer').textContent"))
            assert answer["access"] and answer["user"]["first_name"] == "Mona", answer
            first = answer["user"]["id"]
            said = sign_in(browser, "moved@example.com")
            assert said == "Signed in as octocat@example.com.", said
            answer = json.loads(browser.run("document.getElementById('answer').textContent"))
            assert (answer["user"]["id"], answer["is_new_user"]) == (first, False), answer
            said = sign_in(browser, "octocat@example.com", "deny")
            assert said == "GitHub says: access_denied", said
        finally:
            browser.process.terminate()
            browser.process.wait()
    print("signed in through the test GitHub, twice as the same person, and once not at all")


if __name__ == "__main__":
    main()
