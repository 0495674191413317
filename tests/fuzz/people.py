"""People who do through the API what a random request cannot: sign in, set up a second factor, come back from GitHub.

Standard library only. Each call comes from an address of its own, so that no limit per place is met by accident.
"""

import base64
import hashlib
import hmac
import itertools
import json
import os
import pathlib
import struct
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

BASE = int(os.environ["POSTERN_PORT_BASE"])
API, GITHUB, INBOX = (f"http://127.0.0.1:{BASE + port}" for port in (0, 4, 25))

CTL = pathlib.Path(__file__).resolve().parents[2] / "target/debug/ctl"

_places = itertools.count(1)
_names = itertools.count(1)


def place():
    """An address that nobody has called from yet (RFC 3849's, for examples)."""
    return f"2001:db8:{next(_places):x}::1"


class StayHere(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: where it leads is the answer."""

    def redirect_request(self, *_):
        return None


_opener = urllib.request.build_opener(StayHere)


def ctl(*words):
    """Does an operator's work on the stack."""
    subprocess.run([CTL, "--port-base", str(BASE), *words], check=True, stdout=subprocess.DEVNULL)


def call(method, url, body=None, bearer=None, form=None, more=None):
    """Status, headers and JSON of an answer. `more` are headers, too."""
    headers = {"X-Forwarded-For": place()} | (more or {})
    data = None
    if form is not None:
        data = urllib.parse.urlencode(form).encode()
        headers["content-type"] = "application/x-www-form-urlencoded"
    elif body is not None:
        data = json.dumps(body).encode()
        headers["content-type"] = "application/json"
    if bearer:
        headers["authorization"] = f"Bearer {bearer}"
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        answer = _opener.open(request, timeout=30)
    except urllib.error.HTTPError as refused:
        answer = refused
    text = answer.read()
    try:
        return answer.status, answer.headers, json.loads(text or "null")
    except ValueError:
        return answer.status, answer.headers, None


def answered(method, path, body=None, bearer=None, more=None):
    """Headers and JSON of an answer that must be a good one."""
    status, headers, answer = call(method, API + path, body, bearer, more=more)
    assert status < 300, f"{method} {path}: {status} {answer}"
    return headers, answer


def good(*request, **rest):
    """The JSON of such an answer."""
    return answered(*request, **rest)[1]


def address():
    """An e-mail address of nobody yet."""
    return f"person{next(_names)}@example.com"


def letters_to(email):
    """The letters to an address, the newest first."""
    _, _, letters = call("GET", f"{INBOX}/api/messages?to={urllib.parse.quote(email)}")
    return letters


def mailed_code(email):
    """The newest code that was mailed to an address."""
    subject = next(letter["subject"] for letter in letters_to(email) if letter["subject"][0].isdigit())
    return subject.split()[0]


def code_for(email):
    """Asks for a code and reads it in the inbox."""
    good("POST", "/cfg/accounts/otp/request/", {"identifier": email})
    return mailed_code(email)


def number():
    """A telephone number of nobody yet."""
    return f"+1555{next(_names):07}"


def text_to(phone):
    """The newest text message to a number."""
    _, _, texts = call("GET", f"{INBOX}/api/messages?to={urllib.parse.quote(phone)}")
    return texts[0]["text"]


def totp(secret, step=0):
    """The code of RFC 6238 for the time step now, or some steps from it."""
    count = int(time.time()) // 30 + step
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", count), hashlib.sha1).digest()
    at = digest[-1] & 15
    number = struct.unpack(">I", digest[at:at + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


class Person:
    """Somebody who has just signed in with a code for the first time."""

    def __init__(self):
        self.email = address()
        signed_in = good("POST", "/cfg/accounts/otp/verify/", {"identifier": self.email, "otp": code_for(self.email)})
        self.access, self.refresh = signed_in["access"], signed_in["refresh"]

    def begin_totp(self):
        """Sets an authenticator up that waits for its first code."""
        begun = good("POST", "/cfg/totp/setup/", {}, self.access)
        self.secret, self.device = begun["secret"], begun["device_id"]
        return self

    def with_totp(self):
        """Puts one in force. Its code of the next step is still unused."""
        self.begin_totp()
        body = {"device_id": self.device, "code": totp(self.secret)}
        self.backup_codes = good("POST", "/cfg/totp/setup/confirm/", body, self.access)["backup_codes"]
        return self

    def waiting(self):
        """Signs in again: the 2FA session that waits."""
        signed_in = good("POST", "/cfg/accounts/otp/verify/", {"identifier": self.email, "otp": code_for(self.email)})
        return signed_in["session_id"]

    def with_github(self):
        """Connects the account to the test GitHub."""
        good("POST", "/cfg/accounts/oauth/github/callback/", from_github(self.email))
        return self


def from_github(email):
    """What somebody brings back from the test GitHub."""
    begun = good("POST", "/cfg/accounts/oauth/github/authorize/", {})
    asked = urllib.parse.parse_qs(urllib.parse.urlsplit(begun["authorization_url"]).query)
    form = {name: values[0] for name, values in asked.items()}
    form |= {"login": email.split("@")[0], "name": "Ada", "email": email, "verified": "on", "answer": "approve"}
    _, headers, _ = call("POST", f"{GITHUB}/login/oauth/authorize", form=form)
    back = urllib.parse.parse_qs(urllib.parse.urlsplit(headers["location"]).query)
    return {"code": back["code"][0], "state": back["state"][0]}


def allowed(url, email):
    """What somebody brings back from the page of a test provider who says yes there."""
    page = urllib.parse.urlsplit(url)
    asked = dict(urllib.parse.parse_qsl(page.query))
    names = ["client_id", "redirect_uri", "state", "nonce", "code_challenge"]
    form = {name: asked.get(name, "") for name in names} | {"email": email, "decision": "allow"}
    _, headers, _ = call("POST", f"{GITHUB}/{page.path.split('/')[1]}/decision", form=form)
    return query(headers["location"])


def query(url):
    """The parameters of an address."""
    return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
