"""Good requests of Ravi's contract and of RFC 8628, by operation."""

import html
import re
import urllib.error
import urllib.parse
import urllib.request

from cases import anyone, body
from people import API, StayHere, address, call, ctl, good, mailed_code, place

# Operations that are not seen to answer well.
UNABLE = dict.fromkeys(
    ["oauth_userinfo", "oauth_userinfo_by_form"],
    "what they answer is for a token that came for an authorization code, and nobody here goes through that",
)

CLIENT = "fuzz"
GRANT = "urn:ietf:params:oauth:grant-type:device_code"

ctl("client", "add", "--id", CLIENT, "--name", "Fuzz")

_opener = urllib.request.build_opener(StayHere)


class Visitor:
    """Somebody at one address with a browser that keeps one cookie and fills forms."""

    def __init__(self):
        self.place, self.cookie = place(), ""
        self.send("/device")

    def send(self, path, form=None):
        data = urllib.parse.urlencode(form).encode() if form is not None else None
        headers = {"x-forwarded-for": self.place, "cookie": self.cookie}
        try:
            answer = _opener.open(urllib.request.Request(f"{API}{path}", data, headers), timeout=30)
        except urllib.error.HTTPError as other:
            answer = other
        self.page = answer.read().decode()
        self.cookie = (answer.headers["set-cookie"] or self.cookie).split(";")[0]
        if answer.status == 303:
            return self.send(answer.headers["location"])
        assert answer.status == 200, f"{path}: {answer.status}"
        return self

    def fill(self, action, **typed):
        form = self.page.split(f'<form method="post" action="{action}"')[1].split("</form>")[0]
        hidden = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form)
        return self.send(action, {name: html.unescape(value) for name, value in hidden} | typed)


def approved(begun):
    """Has somebody new let a device in. Its device code."""
    email = address()
    visitor = Visitor().fill("/sign-in", name=email).fill("/sign-in/send")
    visitor.fill("/sign-in/code", code=mailed_code(email))
    visitor.fill("/device/check", user_code=begun["user_code"]).fill("/device/approve")
    return begun["device_code"]


def let_in():
    """What a device of Ravi's gets that somebody new let in."""
    code = approved(good("POST", "/api/auth/device/", {}))
    return good("POST", "/api/auth/device/token/", {"device_code": code})


def begun():
    """A device authorization of the registered client."""
    status, _, answer = call("POST", f"{API}/oauth/device_authorization", form={"client_id": CLIENT})
    assert status == 200, answer
    return answer


def by(got, case, key="management_key"):
    """Has the holder of a key make the call."""
    case.headers["Authorization"] = f"Bearer {got[key]}"
    return got


def signed_in(case, chance):
    """As it was generated, by the holder of a key."""
    by(let_in(), case, "management_key" if chance.random() < 0.8 else "identity_key")


def poll(case, chance):
    body(case, {"device_code": approved(good("POST", "/api/auth/device/", {}))})


def management(case, chance):
    by(let_in(), case)
    if case.method.upper() == "POST":
        body(case, {"label": "ci"})


def identity(case, chance):
    got = by(let_in(), case)
    if case.method.upper() == "POST":
        body(case, {"identity_uuid": got["identity"]["uuid"], "label": "cli"})


def revoke(case, chance):
    got = by(let_in(), case)
    keys = good("GET", "/api/auth/keys/management/", bearer=got["management_key"])
    case.path_parameters = {"uuid": keys[0]["uuid"]}


def identities(case, chance):
    by(let_in(), case)
    if case.method.upper() == "POST":
        body(case, {"name": "Scout"})


def authorization(case, chance):
    body(case, {"client_id": CLIENT}, "application/x-www-form-urlencoded")


def token(case, chance):
    grant = {"grant_type": GRANT, "client_id": CLIENT, "device_code": approved(begun())}
    body(case, grant, "application/x-www-form-urlencoded")


GOOD = {
    "auth_device_create": anyone,
    "auth_device_token_create": poll,
    "auth_keys_management_list": management,
    "auth_keys_management_create": management,
    "auth_keys_identity_list": identity,
    "auth_keys_identity_create": identity,
    "auth_keys_destroy": revoke,
    "identities_list": identities,
    "identities_create": identities,
    "oauth_device_authorization": authorization,
    "oauth_token": token,
}
