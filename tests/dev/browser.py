#!/usr/bin/env python3
"""Signing in as people do, in a real browser, beside a running `cargo dev`.

    tests/dev/browser.py [PORT_BASE]        9000 unless told otherwise

Through the test GitHub; then with an authenticator that scans the QR picture off the screen; then with a code by mail
and the authenticator, and with a backup code; and the page that registration's letter links to, said yes and no to. The inbox page must show the letter of each. Chromium is spoken to through its
debugging pipe; the picture is read by zxing-cpp. Codes must be had every second
(POSTERN_OTP_RESEND_COOLDOWN_SECONDS=1).
"""

import base64
import hashlib
import hmac
import io
import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

import PIL.Image
import zxingcpp

BASE = int(sys.argv[1]) if len(sys.argv) > 1 else 9000
API, SITE, INBOX = (f"http://127.0.0.1:{BASE + port}" for port in (0, 4, 25))

PASSWORD = "qz7-kv2x-engine"


class Browser:
    """A headless Chromium with one page."""

    def __init__(self, profile, *more_options):
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
            [binary, f"--user-data-dir={profile}", *more_options, *options],
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

    def fetch(self, method, path, body=None, bearer=None):
        """What the API answers the page, as the browser's own rules let the page see it."""
        options = {"method": method, "headers": {}}
        if body is not None:
            options["headers"]["content-type"], options["body"] = "application/json", json.dumps(body)
        if bearer:
            options["headers"]["authorization"] = f"Bearer {bearer}"
        script = f"fetch({json.dumps(API + path)}, {json.dumps(options)}).then(async (a) => [a.status, await a.json()])"
        answer = self.tell("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        status, content = answer["result"]["value"]
        assert status == 200, f"{method} {path}: {status} {content}"
        return content

    def screen(self):
        """What is to be seen."""
        shot = self.tell("Page.captureScreenshot", format="png")["data"]
        return PIL.Image.open(io.BytesIO(base64.b64decode(shot)))

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


def totp(secret, step):
    """The code of RFC 6238 for a time step."""
    digest = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def scan(browser, picture):
    """The secret in a QR picture that the page shows."""
    browser.run(
        "{ const shown = document.createElement('img'); shown.id = 'qr'; shown.style.width = '300px';"
        f" shown.src = {json.dumps(picture)}; document.body.replaceChildren(shown); }}"
    )
    browser.until("document.getElementById('qr').complete && document.getElementById('qr').naturalWidth > 0")
    found = zxingcpp.read_barcodes(browser.screen())
    assert len(found) == 1, found
    uri = urllib.parse.urlsplit(found[0].text)
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp"), found[0].text
    return urllib.parse.parse_qs(uri.query)["secret"][0]


def inbox(browser, words):
    """The headline of the newest message with these words in it, as the inbox page shows it."""
    browser.tell("Page.navigate", url=INBOX)
    headlines = "[...document.querySelectorAll('.headline')].map((one) => one.innerText)"
    return browser.until(
        f"location.port === '{BASE + 25}' && document.readyState === 'complete' && "
        f"{headlines}.find((text) => text.includes({json.dumps(words)}))"
    )


def site(browser):
    """Opens the site, from where the API is called."""
    browser.tell("Page.navigate", url=SITE)
    browser.until(f"location.port === '{BASE + 4}' && document.readyState === 'complete'")


def by_code(browser, email):
    """The answer to a sign-in with a code from the mail."""
    time.sleep(1.1)
    site(browser)
    browser.fetch("POST", "/cfg/accounts/otp/request/", {"identifier": email})
    code = next(word for word in inbox(browser, "is your").split() if word.isdigit())
    site(browser)
    return browser.fetch("POST", "/cfg/accounts/otp/verify/", {"identifier": email, "otp": code})


def second_factor(browser, email):
    """Sets an authenticator up, and signs in with it and with a backup code."""
    # GitHub does not say when it saw its user, so a sign-in there changes no credential.
    access = by_code(browser, email)["access"]
    begun = browser.fetch("POST", "/cfg/totp/setup/", {"device_name": "Phone"}, access)
    secret = scan(browser, begun["qr_code_base64"])
    step = int(time.time()) // 30
    confirmed = browser.fetch(
        "POST", "/cfg/totp/setup/confirm/", {"device_id": begun["device_id"], "code": totp(secret, step)}, access
    )
    inbox(browser, "has a second factor")

    def waiting():
        first = by_code(browser, email)
        assert first["requires_2fa"] and first["access"] is None, first
        return first["session_id"]

    # The step that confirmed it is used up; the next one is within the window.
    answer = {"session_id": waiting(), "code": totp(secret, step + 1)}
    assert browser.fetch("POST", "/cfg/totp/verify/", answer)["user"]["email"] == email
    answer = {"session_id": waiting(), "backup_code": confirmed["backup_codes"][0]}
    assert browser.fetch("POST", "/cfg/totp/verify/backup/", answer)["remaining_backup_codes"] == 9


def confirm(browser):
    """Opens the link of registration's letter, once as who registered and once as a stranger to it."""
    for name, typed, said in [("bob", PASSWORD, "kept"), ("eve", None, "ended")]:
        site(browser)
        email = f"{name}@example.com"
        browser.fetch("POST", "/auth/register", {"username": name, "email": email, "password": PASSWORD})
        letters = json.load(urllib.request.urlopen(f"{INBOX}/api/messages?to={email}"))
        link = next(word for word in letters[0]["text"].split() if "/auth/confirm?" in word)
        browser.tell("Page.navigate", url=link)
        browser.until("location.pathname === '/auth/confirm' && document.readyState === 'complete'")
        assert name in browser.run("document.body.innerText")
        if typed:
            browser.run(f"document.getElementById('password').value = {json.dumps(typed)}")
        browser.run(f"document.querySelector('form[action$=\"/{'mine' if typed else 'not-mine'}\"] button').click()")
        browser.until("document.querySelector('.mark.yes') && document.readyState === 'complete'")
        site(browser)
        signing_in = {"method": "POST", "body": f"username={name}&password={PASSWORD}"}
        signing_in["headers"] = {"content-type": "application/x-www-form-urlencoded"}
        script = f"fetch({json.dumps(API + '/auth/login')}, {json.dumps(signing_in)}).then((answer) => answer.status)"
        answer = browser.tell("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert answer["result"]["value"] == (200 if said == "kept" else 401), (name, said, answer)


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
            second_factor(browser, "octocat@example.com")
            confirm(browser)
        finally:
            browser.process.terminate()
            browser.process.wait()
    print("signed in through the test GitHub, with an authenticator that read the picture, and with a backup code")
    print("said of two accounts whose they are, by the link of their letters")


if __name__ == "__main__":
    main()
