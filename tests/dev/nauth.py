#!/usr/bin/env python3
"""nauth-toolkit's contract by cookies, from a page in a real browser, beside a running `cargo dev`.

    tests/dev/nauth.py PORT_BASE [CTL]        CTL: target/debug/ctl unless told otherwise

The page is at http://localhost:4200, where applications are developed and which the local stack lists as a web origin.
It takes the walk of tests/nauth. This program is the browser's proxy: it serves the page, gives each step a network of
its own, and looks at what no page can see: the flags of the cookies, what eight refreshes at once set, and what pages
of other origins get. At the end somebody signs in there through Google and Apple. No port is taken beside the stack's. Codes must be had at once
(POSTERN_OTP_RESEND_COOLDOWN_SECONDS=0), and the stack believes a proxy here (--trusted-proxy 127.0.0.1). Standard
library and Chromium only.
"""

import base64
import contextlib
import http.client
import http.server
import json
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

BASE = int(sys.argv.pop(1)) if len(sys.argv) > 1 else 9000
CTL = sys.argv.pop(1) if len(sys.argv) > 1 else "target/debug/ctl"
# By the name and not by the number: cookies go by the site, and these two are of one.
API, HOME = f"http://localhost:{BASE}", "http://localhost:4200"
INBOX = f"http://127.0.0.1:{BASE + 25}"
# Where the browser gets to on its way through a provider: the test providers, and the API as it calls itself.
ELSEWHERE = {f"http://127.0.0.1:{BASE + 4}": BASE + 4, f"http://127.0.0.1:{BASE}": BASE}
SCRIPTS = pathlib.Path(__file__).resolve().parents[1] / "nauth"

from browser import Browser  # noqa: E402 (it reads the command line, too)

PAGE = f"""<!doctype html>
<title>An application</title>
<script type="module">
import {{ Client }} from '/client.mjs'
import {{ network, steps, walker }} from '/walk.mjs'

const ask = async (method, path) => {{
  const answer = await fetch(path, {{ method }})
  if (!answer.ok) throw new Error(await answer.text())
  return answer.json()
}}
const world = {{
  letters: (address) => ask('GET', '/letters?to=' + address),
  reject: () => ask('POST', '/reject'),
  expire: () => ask('POST', '/expire'),
  lock: (address) => ask('POST', '/lock?email=' + address),
}}
const options = {{ baseUrl: '{API}', authPathPrefix: '/nauth', tokenDelivery: 'cookies', storage: localStorage }}
const walk = walker(new Client(options), '{API}', world)
window.client = walk.client
window.steps = steps.map((step, index) => [step.name, network(index)])
window.take = (index) => steps[index](walk)
</script>
"""

# Cookies are the host's, whichever port set them; so the page's own server can do to them what time would.
GONE = [f"{name}=; Max-Age=0; Path=/; Secure; SameSite=Strict" for name in ("nauth_access_token", "nauth_csrf_token")]
REJECTED = ["nauth_access_token=rejected; Path=/; Secure; HttpOnly; SameSite=Strict"]


class Web(http.server.BaseHTTPRequestHandler):
    """The browser's proxy, and so all the web there is for it: the API, the page with the world of its walk, and an
    empty page wherever else it goes."""

    # Where the API thinks that requests come from.
    network = None
    # Holds refreshes until all that the browser sends to one host at once are here. By then it has dressed the others,
    # too, which wait for a connection.
    barrier = None
    # What went to the API and came back: method, path, headers, and the answer's status and headers.
    seen = []

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("content-length", 0)))
        if f"http://{url.netloc}" == API:
            self.forward(url, content)
        elif f"http://{url.netloc}" in ELSEWHERE:
            self.forward(url, content, ELSEWHERE[f"http://{url.netloc}"])
        elif f"http://{url.netloc}" == HOME:
            self.home(url)
        else:
            self.answer("<!doctype html><title>A stranger</title>", "text/html")

    do_POST = do_PUT = do_DELETE = do_OPTIONS = do_GET

    def forward(self, url, content, port=BASE):
        path = url._replace(scheme="", netloc="").geturl()
        barrier = Web.barrier
        if barrier and (self.command, path) == ("POST", "/nauth/refresh"):
            barrier.wait(20)
        api = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        ours = {"connection", "proxy-connection", "content-length", "transfer-encoding"}
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ours}
        api.request(self.command, path, content or None, {**headers, "X-Forwarded-For": self.network})
        answer = api.getresponse()
        said = answer.read()
        self.seen.append((self.command, path, self.headers, answer.status, answer.headers))
        kept = [(name, value) for name, value in answer.headers.items() if name.lower() not in ours]
        self.reply(answer.status, kept, said)

    def home(self, url):
        if url.path in ("/", "/in"):
            self.answer(PAGE, "text/html")
        elif url.path in ("/client.mjs", "/walk.mjs"):
            self.answer((SCRIPTS / url.path[1:]).read_text(), "text/javascript")
        elif url.path == "/letters":
            with urllib.request.urlopen(f"{INBOX}/api/messages?{url.query}", timeout=10) as letters:
                self.answer(letters.read().decode())
        elif url.path == "/lock":
            (email,) = urllib.parse.parse_qs(url.query)["email"]
            command = [CTL, "--port-base", str(BASE), "user", "lock", "--email", email]
            done = subprocess.run(command, capture_output=True, text=True)
            self.answer(json.dumps(done.stdout + done.stderr), status=500 if done.returncode else 200)
        elif url.path in ("/reject", "/expire"):
            self.answer("null", cookies=GONE if url.path == "/expire" else REJECTED)
        else:
            self.answer("null", status=404)

    def answer(self, text, kind="application/json", status=200, cookies=()):
        self.reply(status, [("content-type", kind), *(("set-cookie", one) for one in cookies)], text.encode())

    def reply(self, status, headers, content):
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def tab(browser, url):
    """Another tab, to which commands go meanwhile."""
    ours, browser.session = browser.session, None
    target = browser.tell("Target.createTarget", url=url)["targetId"]
    browser.session = browser.tell("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
    browser.until(f"location.href === {json.dumps(url)} && document.readyState === 'complete'")
    yield
    browser.session = None
    browser.tell("Target.closeTarget", targetId=target)
    browser.session = ours


def awaited(browser, script, what):
    """What a script promises."""
    answer = browser.tell("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
    if "exceptionDetails" in answer:
        sys.exit(f"nauth, tokens in cookies: {what}: {answer['exceptionDetails']['exception']['description']}")
    return answer["result"].get("value")


def exchanges(since, method, path, count):
    """Headers of `count` requests, and status and headers of their answers: what the browser sent and got, whatever it
    lets pages see."""
    found = [one[2:] for one in Web.seen[since:] if one[:2] == (method, path)]
    assert len(found) == count, f"{method} {path} was asked {len(found)} times, not {count}"
    return found


def kept(browser):
    """The cookies that the browser keeps for the API, by their names."""
    return {one["name"]: one for one in browser.tell("Network.getCookies", urls=[API])["cookies"]}


def flags(cookies):
    """The cookies of a session as the browser keeps them."""
    names = ["nauth_access_token", "nauth_csrf_token", "nauth_refresh_token"]
    assert sorted(cookies) == names, f"the cookies of a session: {sorted(cookies)}"
    for name, cookie in cookies.items():
        shown = [cookie.get(key) for key in ("httpOnly", "secure", "sameSite", "path", "domain")]
        wanted = [name != "nauth_csrf_token", True, "Strict", "/", "localhost"]
        assert shown == wanted, f"HttpOnly, Secure, SameSite, Path and host of {name}: {shown}, not {wanted}"
    lives = {name: cookie["expires"] - time.time() for name, cookie in cookies.items()}
    for name, life in [("nauth_access_token", 900), ("nauth_refresh_token", 2592000)]:
        assert life - 60 < lives[name] < life + 1, f"{name} lives {lives[name]:.0f} s, its token {life}"
    assert lives["nauth_csrf_token"] > lives["nauth_access_token"] - 1, f"CSRF cookie ends first: {lives}"


def raced(since):
    """What eight refreshes at once sent and set."""
    def pairs(lines):
        return dict(line.split(";")[0].split("=", 1) for line in lines)

    sent, got = set(), []
    for request, _, answer in exchanges(since, "POST", "/nauth/refresh", 8):
        sent.add(pairs(request["cookie"].split("; "))["nauth_refresh_token"])
        got.append(pairs(answer.get_all("set-cookie", [])))
    assert len(sent) == 1, f"the browser raced with {len(sent)} refresh tokens"
    for name in ("nauth_refresh_token", "nauth_csrf_token"):
        values = {cookies[name] for cookies in got}
        assert len(values) == 1, f"eight refreshes at once set {len(values)} values of {name}"
    assert sent.isdisjoint(cookies["nauth_refresh_token"] for cookies in got), "a refresh set the token that it took"
    claims = {cookies["nauth_access_token"].split(".")[1] for cookies in got}
    claims = {json.dumps(json.loads(base64.urlsafe_b64decode(f"{one}===")), sort_keys=True) for one in claims}
    assert len(claims) == 1, f"access tokens of eight refreshes at once claim {claims}"


def strangers(browser):
    """Pages of other origins, of the same site and of another one, while the browser holds a session. The walk goes on
    with that session afterwards, and with the name that it has."""
    # A page of the same site reads the CSRF cookie, and Strict cookies go with what it asks: CORS is all there is.
    for url, goes_along in [("http://localhost:4300/", True), ("http://stranger.example/", False)]:
        with tab(browser, url):
            since = len(Web.seen)
            tries = f"""(async () => {{
                const tried = (path, options) => fetch('{API}/nauth' + path, {{ credentials: 'include', ...options }})
                    .then((answer) => answer.text(), () => '')
                const headers = {{ 'content-type': 'application/json' }}
                headers['x-csrf-token'] = document.cookie.split('nauth_csrf_token=')[1] ?? 'none'
                return [
                    await tried('/profile'),
                    await tried('/logout/all', {{ method: 'POST', mode: 'no-cors' }}),
                    await tried('/profile', {{ method: 'PUT', headers, body: '{{"firstName":"Eve"}}' }}),
                ]
            }})()"""
            got = awaited(browser, tries, url)
            assert got == ["", "", ""], f"a page of {url} reads {got}"
            ((asked, status, _),) = exchanges(since, "GET", "/nauth/profile", 1)
            wanted = (True, 200) if goes_along else (False, 401)
            assert ("cookie" in asked, status) == wanted, f"a read from {url}, cookies {asked['cookie']}: {status}"
            ((_, status, _),) = exchanges(since, "POST", "/nauth/logout/all", 1)
            assert status == 401, f"a page of {url} ends its visitor's sessions: {status}"
            exchanges(since, "OPTIONS", "/nauth/profile", 1)
            exchanges(since, "PUT", "/nauth/profile", 0)


def enter(browser, provider, email):
    """Somebody signs in through a provider, and the page gets the session."""
    browser.tell("Page.navigate", url=f"{API}/nauth/social/{provider}/redirect?returnTo=/in")
    browser.until("document.querySelector('button[value=allow]') !== null")
    browser.run(f"document.getElementById('email').value = {json.dumps(email)}")
    browser.run("document.querySelector('button[value=allow]').click()")
    browser.until(f"location.href.startsWith('{HOME}/in?') && window.client !== undefined")
    exchange = "client.exchangeSocial(new URLSearchParams(location.search).get('exchangeToken'))"
    return awaited(browser, exchange, f"the sign-in through {provider}")


def through(browser, provider, email):
    """Somebody signs in through a provider, and out. Who it is."""
    since = len(Web.seen)
    answer = enter(browser, provider, email)
    # Apple has the browser post what it says.
    came = [method for method, path, *_ in Web.seen[since:] if path.startswith(f"/nauth/social/{provider}/callback")]
    assert came == ["POST" if provider == "apple" else "GET"], f"the way back from {provider}: {came}"
    flags(kept(browser))
    assert answer["authMethod"] == provider, answer
    assert awaited(browser, "client.profile()", "whose session it is")["email"] == email, answer
    awaited(browser, "client.logout()", "the end of the session")
    return answer["user"]["sub"]


def providers(browser):
    """A new user by Google, who is the same one by Apple."""
    browser.tell("Network.clearBrowserCookies")
    email = f"provided{time.time():.0f}@example.com"
    (sub,) = {through(browser, provider, email) for provider in ("google", "apple")}
    assert sub


def preflights():
    """What the browser asked before it let the page ask."""
    asked = [(path, request, status) for method, path, request, status, _ in Web.seen if method == "OPTIONS"]
    asked = [one for one in asked if one[1]["origin"] == HOME]
    own = {(path, request["access-control-request-method"]): status for path, request, status in asked}
    assert own.get(("/nauth/profile", "PUT")) == 204 and set(own.values()) == {204}, f"preflights: {own}"


@contextlib.contextmanager
def browsing():
    """A browser for which this program is the web."""
    with (
        tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile,
        http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web) as web,
    ):
        threading.Thread(target=web.serve_forever, daemon=True).start()
        # For what is on this machine as well.
        proxy = f"--proxy-server=127.0.0.1:{web.server_port}", "--proxy-bypass-list=<-loopback>"
        browser = Browser(profile, *proxy)
        try:
            yield browser
        finally:
            browser.process.terminate()
            browser.process.wait()
            web.shutdown()


def main():
    with browsing() as browser:
        browser.tell("Page.navigate", url=HOME)
        steps = browser.until("window.steps")
        for index, (name, network) in enumerate(steps):
            since = len(Web.seen)
            Web.network = network
            if name == "race":
                Web.barrier = threading.Barrier(6, action=lambda: setattr(Web, "barrier", None))
            awaited(browser, f"window.take({index})", name)
            if name in ("signUp", "signOut"):
                assert not kept(browser), f"cookies although nobody is signed in: {sorted(kept(browser))}"
            elif name == "signIn":
                flags(kept(browser))
            elif name == "trustDevice":
                device = kept(browser)["nauth_device_token"]
                assert device["httpOnly"] and device["sameSite"] == "Strict", f"the cookie of a trusted device: {device}"
            elif name == "forgetDevice":
                flags(kept(browser))
            elif name == "race":
                raced(since)
            elif name == "renew":
                strangers(browser)
        preflights()
        providers(browser)
    print(f"nauth, tokens in cookies: {len(steps)} steps from a page, two providers, and nothing for pages of two other origins")


if __name__ == "__main__":
    main()
