#!/usr/bin/env python3
"""Letting devices in, in a real browser, beside a running `cargo dev --trusted-proxy 127.0.0.1`.

    tests/dev/device.py [PORT_BASE]        9000 unless told otherwise

A shell asks and polls as Ravi's own client does, a person signs in by the code in the inbox and answers on the page.
Each state of the page is pictured into target/device-page, on a phone and a desk, in light and in dark. Scripts are
switched off: the page must not need any. Standard library and Chromium only.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

BASE = int(sys.argv.pop(1)) if len(sys.argv) > 1 else 9000
API, INBOX = f"http://127.0.0.1:{BASE}", f"http://127.0.0.1:{BASE + 25}"
PICTURES = pathlib.Path(__file__).resolve().parents[2] / "target" / "device-page"

from browser import Browser  # noqa: E402 (it reads the command line, too)

SCREENS = {"phone": (390, 844, True), "desk": (1280, 900, False)}


def post(path, body=None, place=None, bearer=None, form=False):
    """Status and JSON of an answer to the client, which sends an empty body as JSON, too."""
    headers = {"content-type": "application/json", "user-agent": "curl/8.9.1"}
    if place:
        headers["x-forwarded-for"] = place
    if bearer:
        headers["authorization"] = f"Bearer {bearer}"
    data = b"" if body is None else json.dumps(body).encode()
    if form:
        headers["content-type"] = "application/x-www-form-urlencoded"
        data = urllib.parse.urlencode(body).encode()
    request = urllib.request.Request(f"{API}{path}", data, headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        return refused.code, json.loads(refused.read())


class Shell(threading.Thread):
    """A command-line client that signs in: begins, shows its code, polls until it knows."""

    def __init__(self, place=None):
        super().__init__(daemon=True)
        status, self.begun = post("/api/auth/device/", place=place)
        assert status == 200, self.begun
        self.outcome = None
        self.start()

    def run(self):
        body = {"device_code": self.begun["device_code"], "wait": True}
        while True:
            status, answer = post("/api/auth/device/token/", body)
            if answer.get("error") != "authorization_pending":
                self.outcome = status, answer
                return
            time.sleep(self.begun["interval"])

    def told(self):
        """What it was told in the end."""
        self.join(60)
        assert self.outcome, "the shell was told nothing"
        return self.outcome


class Person:
    """Somebody with a browser and a mailbox."""

    def __init__(self, browser, address):
        self.browser, self.address = browser, address

    def go(self, path, lands_on=None):
        self.browser.tell("Page.navigate", url=f"{API}{path}")
        self.loaded(lands_on or path.split("?")[0])

    def loaded(self, path):
        self.browser.until(f"location.pathname === {json.dumps(path)} && document.readyState === 'complete' && document.querySelector('h1') && document.querySelector('h1').textContent")

    def type(self, field, text):
        self.browser.run(f"document.getElementById({json.dumps(field)}).value = {json.dumps(text)}")

    def press(self, button, lands_on):
        """Presses the button with these words; the page that it leads to."""
        self.browser.run("window.before = true")
        found = f"[...document.querySelectorAll('button')].find((b) => b.textContent.trim() === {json.dumps(button)})"
        assert self.browser.run(f"!!{found}"), f"no button {button}"
        self.browser.run(f"{found}.click()")
        self.browser.until("window.before === undefined")
        self.loaded(lands_on)

    def text(self):
        return self.browser.run("document.body.innerText")

    def code(self):
        """The code in the newest letter."""
        with urllib.request.urlopen(f"{INBOX}/api/messages?to={self.address}", timeout=10) as answer:
            return json.loads(answer.read())[0]["subject"][:4]

    def sign_in(self):
        self.type("name", self.address)
        self.press("Go on", "/sign-in/with")
        self.press("Send me a code by mail", "/sign-in/code")
        right = self.code()
        self.type("code", f"{(int(right) + 1) % 10000:04}")
        self.press("Sign in", "/sign-in/code")
        assert "does not work" in self.text()
        self.type("code", right)
        self.press("Sign in", "/device")

    def picture(self, name):
        """The page as it is, on every screen in every scheme; and what everybody must be able to rely on."""
        labelled = "[...document.querySelectorAll('input:not([type=hidden])')].every((f) => f.labels.length === 1)"
        assert self.browser.run(labelled), f"{name}: a field without a label"
        assert self.browser.run("document.querySelectorAll('h1').length === 1"), f"{name}: one heading"
        for screen, (width, height, mobile) in SCREENS.items():
            self.browser.tell("Emulation.setDeviceMetricsOverride", width=width, height=height,
                              deviceScaleFactor=1, mobile=mobile)
            for scheme in ("light", "dark"):
                features = [{"name": "prefers-color-scheme", "value": scheme}]
                self.browser.tell("Emulation.setEmulatedMedia", features=features)
                wide = self.browser.run("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{name} on the {screen}: {wide} pixels too wide"
                small = self.browser.run("Math.min(...[...document.querySelectorAll('button, .aside a, .button, input:not([type=hidden])')].map((e) => e.getBoundingClientRect().height), 99)")
                assert small >= 44, f"{name} on the {screen}: something to touch is {small} pixels high"
                shot = self.browser.tell("Page.captureScreenshot", format="png", captureBeyondViewport=True)
                (PICTURES / f"{name}-{screen}-{scheme}.png").write_bytes(base64.b64decode(shot["data"]))


def by_typing(person):
    """The code is typed: signing in, a wrong code, the answer yes."""
    shell = Shell()
    person.go("/device", "/sign-in")
    person.sign_in()
    cookies = person.browser.tell("Network.getCookies", urls=[API])["cookies"]
    assert [(c["name"], c["secure"], c["httpOnly"]) for c in cookies] == [("__Host-postern", True, True)], cookies
    person.picture("4-enter")
    person.type("user_code", "BBBB-BBBB")
    person.press("Go on", "/device/check")
    person.picture("5-enter-wrong")
    person.type("user_code", shell.begun["user_code"].lower().replace("-", " "))
    person.press("Go on", "/device/check")
    assert "curl" in person.text() and "the same address as yours" in person.text(), person.text()
    person.picture("6-confirm")
    person.press("Approve", "/device/approve")
    person.picture("7-approved")
    status, answer = shell.told()
    assert status == 200 and answer["management_key"].startswith("ravi_mgmt_"), answer
    assert answer["identity_key"].startswith("ravi_id_") and answer["user"]["email"] == person.address, answer


def by_link(person):
    """The code comes in a link, from somewhere else: the answer no; then one that is approved by typing the code."""
    shell = Shell("203.0.113.50")
    person.go(f"/device?user_code={shell.begun['user_code']}")
    assert "not your address" in person.text(), person.text()
    person.picture("8-confirm-link")
    person.press("Deny", "/device/deny")
    person.picture("9-denied")
    status, answer = shell.told()
    assert (status, answer["error"]) == (400, "access_denied"), answer
    shell = Shell()
    person.go(f"/device?user_code={shell.begun['user_code']}")
    person.type("user_code", shell.begun["user_code"])
    person.press("Approve", "/device/approve")
    assert shell.told()[0] == 200
    person.press("Not you? Sign out", "/sign-in")
    assert "To connect a device" in person.text()


class Authenticator:
    """An app that holds a secret (RFC 6238)."""

    def __init__(self, secret):
        self.key = base64.b32decode(secret)

    def code(self, ahead=0):
        step = int(time.time()) // 30 + ahead
        digest = hmac.digest(self.key, step.to_bytes(8, "big"), hashlib.sha1)
        start = digest[-1] & 15
        return f"{(int.from_bytes(digest[start:start + 4], 'big') & 0x7fffffff) % 1000000:06}"


def by_password(browser):
    """Somebody with a password and an authenticator, who reads German."""
    name, word = f"bob{int(time.time())}", "analytical engine no. 1"
    account = {"username": name, "email": f"{name}@example.com", "password": word}
    assert post("/auth/register", account)[0] == 200
    status, login = post("/auth/login", {"username": name, "password": word}, form=True)
    assert status == 200, login
    bearer = login["access_token"]
    with urllib.request.urlopen(f"{INBOX}/api/messages?to={account['email']}", timeout=10) as answer:
        token = max(json.loads(answer.read())[0]["text"].split(), key=len)
    assert post("/auth/confirm-email", {"token": token}, bearer=bearer)[0] == 200
    status, begun = post("/cfg/totp/setup/", {}, bearer=bearer)
    assert status == 200, begun
    app = Authenticator(begun["secret"])
    confirmed = {"device_id": begun["device_id"], "code": app.code()}
    status, answer = post("/cfg/totp/setup/confirm/", confirmed, bearer=bearer)
    assert status == 200, answer
    browser.tell("Network.setExtraHTTPHeaders", headers={"Accept-Language": "de"})
    person, shell = Person(browser, account["email"]), Shell("203.0.113.50")
    person.go(f"/device?user_code={shell.begun['user_code']}", "/sign-in")
    person.type("name", name)
    person.press("Weiter", "/sign-in/with")
    person.type("password", "a wrong guess")
    person.press("Anmelden", "/sign-in/password")
    assert "gehören nicht zusammen" in person.text(), person.text()
    person.type("password", word)
    person.press("Anmelden", "/sign-in/next")
    person.type("code", "000000")
    person.press("Anmelden", "/sign-in/factor")
    # Its own step was used up by the set-up.
    person.type("code", app.code(ahead=1))
    person.press("Anmelden", "/device")
    person.picture("15-german-confirm-link")
    person.type("user_code", shell.begun["user_code"])
    person.press("Zulassen", "/device/approve")
    person.picture("16-german-approved")
    assert shell.told()[0] == 200
    with urllib.request.urlopen(f"{INBOX}/api/messages?to={account['email']}", timeout=10) as answer:
        letter = json.loads(answer.read())[0]
    assert "203.0.113.50" in letter["text"], letter
    person.go("/device")
    browser.run("document.querySelectorAll('[name=token]').forEach((f) => { f.value = 'of another browser' })")
    person.press("Das sind nicht Sie? Abmelden", "/sign-out")
    person.picture("17-german-refusal")


def main():
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            browser.tell("Network.enable")
            browser.tell("Emulation.setScriptExecutionDisabled", value=True)
            person = Person(browser, f"ada{int(time.time())}@example.com")
            by_typing(person)
            by_link(person)
            by_password(browser)
        finally:
            browser.process.terminate()
            browser.process.wait()
    pictures = len(list(PICTURES.glob("*.png")))
    print(f"four devices answered, three of them let in; {pictures} pictures in {PICTURES.name}/")


if __name__ == "__main__":
    main()
