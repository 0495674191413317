#!/usr/bin/env python3
"""The sign-in pages in a real browser, beside a running `cargo dev --trusted-proxy 127.0.0.1`.

    tests/dev/pages.py [PORT_BASE]        9000 unless told otherwise

Every page is pictured into target/screenshots, on a phone and a desk, in light and in dark, in English and in German, and
axe-core (npm, `npm ci --prefix tests/pages`) must find nothing wrong with any of them. One sign-in is walked by the keyboard
alone. Codes must be had every second (POSTERN_OTP_RESEND_COOLDOWN_SECONDS=0). The pages' own scripts are none; axe-core is
run by the debugger, which no policy of a page stops.
"""

import base64
import json
import pathlib
import re
import sys
import tempfile
import time
import urllib.request

BASE = int(sys.argv.pop(1)) if len(sys.argv) > 1 else 9000
API, INBOX = f"http://127.0.0.1:{BASE}", f"http://127.0.0.1:{BASE + 25}"
HERE = pathlib.Path(__file__).resolve()
PICTURES = HERE.parents[2] / "target" / "screenshots"
AXE = HERE.parents[1] / "pages" / "node_modules" / "axe-core" / "axe.min.js"

from browser import Browser  # noqa: E402 (it reads the command line, too)

SCREENS = {"phone": (390, 844, True), "desk": (1280, 900, False)}
PASSWORD, OTHER = "analytical engine no. 1", "difference engine no. 2"

BUTTONS = {
    "en": {"name": "Go on", "mail": "Send me a code by mail", "in": "Sign in", "new": "Create an account",
           "send": "Send me a code", "save": "Save the password", "out": "Sign out"},
    "de": {"name": "Weiter", "mail": "Code per E-Mail schicken", "in": "Anmelden", "new": "Konto anlegen",
           "send": "Code schicken", "save": "Passwort speichern", "out": "Abmelden"},
}


def api(path, body, bearer=None, method="POST"):
    headers = {"content-type": "application/json"}
    if bearer:
        headers["authorization"] = f"Bearer {bearer}"
    request = urllib.request.Request(f"{API}{path}", json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.loads(answer.read())


def letters(address):
    with urllib.request.urlopen(f"{INBOX}/api/messages?to={address}", timeout=10) as answer:
        return json.loads(answer.read())


def code(address):
    """The code in the newest letter that has one."""
    for letter in letters(address):
        found = re.search(r"^(\d{4,8})$", letter["text"], re.MULTILINE)
        if found:
            return found.group(1)
    raise AssertionError(f"no code came to {address}")


class Walk:
    """Somebody who walks through the pages in one language."""

    networks = 0

    def __init__(self, browser, language):
        self.browser, self.language, self.words = browser, language, BUTTONS[language]
        self.seen = 0
        browser.tell("Network.clearBrowserCookies")

    def at(self, path):
        self.browser.until(
            f"location.pathname === {json.dumps(path)} && document.readyState === 'complete' && !!document.querySelector('h1')"
        )
        assert self.browser.run("document.documentElement.lang") == self.language, path

    def go(self, path, lands_on=None):
        """Opens a page, from another network each time: one network has ten tries a minute."""
        Walk.networks += 1
        headers = {"Accept-Language": self.language, "X-Forwarded-For": f"203.0.113.{Walk.networks}"}
        self.browser.tell("Network.setExtraHTTPHeaders", headers=headers)
        self.browser.tell("Page.navigate", url=f"{API}{path}")
        self.at(lands_on or path.split("?")[0])

    def type(self, field, text):
        self.browser.run(f"document.getElementById({json.dumps(field)}).value = {json.dumps(text)}")

    def press(self, words, lands_on, kind="button"):
        self.browser.run("window.before = true")
        found = f"[...document.querySelectorAll('{kind}')].find((b) => b.textContent.trim().startsWith({json.dumps(words)}))"
        assert self.browser.run(f"!!{found}"), f"no {kind} {words}: {self.text()}"
        self.browser.run(f"{found}.click()")
        self.browser.until("window.before === undefined")
        self.at(lands_on)

    def text(self):
        return self.browser.run("document.body.innerText")

    def look(self, name):
        """Pictures of the page, and what everybody must be able to rely on."""
        self.seen += 1
        run, tell = self.browser.run, self.browser.tell
        assert run("document.querySelectorAll('h1').length === 1"), f"{name}: one heading"
        weight = run("document.documentElement.outerHTML.length")
        assert weight < 15000, f"{name}: {weight} characters"
        for screen, (width, height, mobile) in SCREENS.items():
            tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=mobile)
            for scheme in ("light", "dark"):
                tell("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
                what = f"{name} on the {screen}, {scheme}, {self.language}"
                wide = run("document.documentElement.scrollWidth - innerWidth")
                assert wide <= 0, f"{what}: {wide} pixels too wide"
                small = run(
                    "Math.min(...[...document.querySelectorAll('button, .aside a, .button, input:not([type=hidden]):not(.unseen)')]"
                    ".map((e) => e.getBoundingClientRect().height), 99)"
                )
                assert small >= 44, f"{what}: something to touch is {small} pixels high"
                self.is_accessible(what)
                shot = tell("Page.captureScreenshot", format="png", captureBeyondViewport=True)
                file = PICTURES / f"{name}-{screen}-{scheme}-{self.language}.png"
                file.write_bytes(base64.b64decode(shot["data"]))

    def is_accessible(self, what):
        if not self.browser.run("!!window.axe"):
            self.browser.run(AXE.read_text() + ";true")
        answer = self.browser.tell(
            "Runtime.evaluate", awaitPromise=True, returnByValue=True,
            expression="axe.run(document, { resultTypes: ['violations'] }).then((r) => r.violations.map("
                       "(v) => `${v.id}: ${v.help}: ${v.nodes.map((n) => n.html).join(' ')}`))",
        )
        violations = answer["result"]["value"]
        assert not violations, f"{what}: {violations}"


def signing_in(walk, person):
    """The pages of a sign-in by password and by code, with everything that may be wrong."""
    words = walk.words
    walk.go("/sign-in")
    walk.look("01-start")
    walk.type("name", "nobody here")
    walk.press(words["name"], "/sign-in")
    walk.look("02-start-wrong")
    walk.type("name", person)
    walk.press(words["name"], "/sign-in/with")
    walk.look("03-with")
    walk.type("password", "a wrong guess")
    walk.press(words["in"], "/sign-in/password")
    walk.look("04-with-wrong")
    walk.press(words["mail"], "/sign-in/code")
    walk.look("05-code")
    right = code(person)
    walk.type("code", f"{(int(right) + 1) % 10000:04}")
    walk.press(words["in"], "/sign-in/code")
    walk.look("06-code-wrong")
    walk.type("code", right)
    walk.press(words["in"], "/sign-in")
    walk.look("07-signed-in")
    walk.go("/sign-out")
    walk.look("08-sign-out")
    walk.press(words["out"], "/sign-out")
    walk.look("09-signed-out")


def signing_up(walk):
    """A new account with a password; its forgotten password."""
    words, address = walk.words, f"new{time.time_ns()}@example.com"
    walk.go("/sign-up")
    walk.look("10-sign-up")
    walk.type("name", address)
    walk.press(words["send"], "/sign-in/code")
    walk.type("code", code(address))
    walk.press(words["in"], "/sign-up/password")
    walk.look("11-first-password")
    walk.type("password", "password")
    walk.press(words["save"], "/sign-up/password")
    walk.look("12-first-password-wrong")
    walk.type("password", PASSWORD)
    walk.press(words["save"], "/sign-in")
    walk.go("/password")
    walk.look("13-forgotten")
    walk.type("name", address)
    walk.press(words["name"], "/password/sent")
    walk.look("14-forgotten-sent")
    link = next(line for line in letters(address)[0]["text"].splitlines() if "/password/new?token=" in line)
    walk.go(link.split(API)[1])
    walk.look("15-replace")
    walk.type("password", OTHER)
    walk.press(words["save"], "/sign-in")
    walk.look("16-replaced")
    walk.go(link.split(API)[1])
    walk.type("password", PASSWORD)
    walk.press(words["save"], "/password/new")
    walk.look("17-spent")
    walk.go("/password")
    walk.type("name", f"u{time.time_ns()}")
    walk.press(words["name"], "/password/sent")
    walk.look("18-forgotten-code")
    walk.press(words["save"], "/password/code") if walk.browser.run("(document.querySelectorAll('[required]').forEach((f) => f.removeAttribute('required')), true)") else None
    walk.look("19-forgotten-code-wrong")


def factors(walk, address):
    """What a sign-in may wait for."""
    words = walk.words
    tokens = api("/cfg/accounts/otp/verify/", {"identifier": address, "otp": asked(address)})
    api("/nauth/mfa/setup-data", {"methodName": "email"}, tokens["access"])
    walk.go("/sign-out")
    walk.go("/sign-in?prompt=login")
    walk.type("name", address)
    walk.press(words["name"], "/sign-in/with")
    walk.press(words["mail"], "/sign-in/code")
    walk.type("code", code(address))
    walk.press(words["in"], "/sign-in/next")
    walk.look("20-factor-by-mail")
    walk.type("code", "000000")
    walk.press(words["in"], "/sign-in/factor")
    walk.look("21-factor-wrong")
    name = f"eve{time.time_ns()}"
    api("/auth/register", {"username": name, "email": f"{name}@example.com", "password": PASSWORD})
    walk.go("/sign-in")
    walk.type("name", name)
    walk.press(words["name"], "/sign-in/with")
    walk.type("password", PASSWORD)
    walk.press(words["in"], "/sign-in/next")
    walk.look("22-proof")
    walk.browser.run("document.querySelectorAll('[name=token]').forEach((f) => { f.value = 'of another browser' })")
    walk.type("code", "000000")
    walk.press(words["in"], "/sign-in/proof")
    walk.look("23-refusal")


def asked(address):
    api("/cfg/accounts/otp/request/", {"identifier": address})
    return code(address)


def by_keyboard(browser):
    """A sign-in with nothing but keys: the field that is asked for has the focus, and Tab goes on in the order that is read."""
    walk, address = Walk(browser, "en"), f"keys{time.time_ns()}@example.com"

    def key(name, number, text=None):
        for kind in ("keyDown", "keyUp"):
            browser.tell("Input.dispatchKeyEvent", type=kind, key=name, code=name, windowsVirtualKeyCode=number,
                         **({"text": text} if text and kind == "keyDown" else {}))

    def enter():
        browser.run("window.before = true")
        key("Enter", 13, "\r")
        browser.until("window.before === undefined")

    focus = "document.activeElement"
    walk.go("/sign-in")
    assert browser.run(f"{focus}.id") == "name"
    browser.tell("Input.insertText", text=address)
    enter()
    walk.at("/sign-in/with")
    assert browser.run(f"{focus}.id") == "password"
    for _ in range(12):
        key("Tab", 9)
        seen = browser.run(f"getComputedStyle({focus}).outlineStyle")
        assert seen != "none", "what has the focus is seen to have it"
        if browser.run(f"{focus}.textContent.trim()") == "Send me a code by mail":
            break
    else:
        raise AssertionError("no way to the button by Tab")
    enter()
    walk.at("/sign-in/code")
    assert browser.run(f"{focus}.id") == "code"
    browser.tell("Input.insertText", text=code(address))
    enter()
    walk.at("/sign-in")
    assert address in walk.text()


def main():
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        try:
            browser.tell("Network.enable")
            seen = 0
            for language in BUTTONS:
                address = f"ada{time.time_ns()}@example.com"
                walk = Walk(browser, language)
                signing_in(walk, address)
                signing_up(walk)
                factors(walk, address)
                seen += walk.seen
            by_keyboard(browser)
        finally:
            browser.process.terminate()
            browser.process.wait()
    print(f"{seen} pages looked at on two screens in light and dark; one sign-in by keyboard; pictures in {PICTURES.name}/")


if __name__ == "__main__":
    main()
