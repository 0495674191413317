"""Good requests of nauth's contract, by operation.

Its tokens travel in bodies for programs and in cookies for pages, so whoever calls does so as one or the other.
"""

import itertools
import urllib.parse
from http.cookies import SimpleCookie

import cases
from auth_service import PASSWORD, Admin
from cases import body
from people import API, GITHUB, address, allowed, answered, call, ctl, good, mailed_code, place, query, totp

NEXT_PASSWORD = PASSWORD + " again"

# A page of this site may call: the local stack lists it.
PAGE = {"Origin": "http://localhost:4200"}
PROGRAM = {}

# The last one is for the page to read and to show.
COOKIES = ["nauth_access_token", "nauth_refresh_token", "nauth_csrf_token"]

# Operations that are not seen to answer well.
UNABLE = {
    "nauth_challenge_setup_data": "no sign-in waits for a factor to be set up",
    "nauth_social_redirect": "it sends browsers to a provider",
    "nauth_social_callback": "it sends browsers on",
    "nauth_social_callback_form": "it sends browsers on",
}


def some(chance):
    return chance.choice([PAGE, PROGRAM])


def from_page(*tokens):
    """The headers of a page's call that brings these cookies."""
    cookies = "; ".join(f"{name}={token}" for name, token in zip(COOKIES, tokens))
    return PAGE | {"Cookie": cookies, "X-CSRF-Token": tokens[-1]}


def sign_up(email, more=None):
    """Signs up. The challenge that waits for the code in the letter."""
    return good("POST", "/nauth/signup", {"email": email, "password": PASSWORD}, more=more)["session"]


def proof(session, email):
    """The answer to that challenge."""
    return {"session": session, "type": "VERIFY_EMAIL", "code": mailed_code(email)}


class Member:
    """Somebody who has just signed up and proven their address, from a page or a program."""

    def __init__(self, where=PROGRAM):
        self.email = address()
        session = sign_up(self.email, where)
        answer = proof(session, self.email)
        headers, self.got = answered("POST", "/nauth/respond-challenge", answer, more=where)
        if where is PAGE:
            kept = SimpleCookie("\n".join(headers.get_all("set-cookie")))
            tokens = [kept[name].value for name in COOKIES]
            self.access = tokens[0]
            self.headers = from_page(*tokens)
        else:
            self.access = self.got["accessToken"]
            self.headers = {"Authorization": f"Bearer {self.access}"}

    def pair(self):
        return {"identifier": self.email, "password": PASSWORD}

    def waiting(self, more=None):
        """Signs in anew: the challenge that waits then."""
        return good("POST", "/nauth/login", self.pair(), more=more)["session"]

    def with_factor(self):
        """Puts an authenticator in force. Its code of the next step is still unused."""
        begun = good("POST", "/cfg/totp/setup/", {}, self.access)
        self.secret = begun["secret"]
        good("POST", "/cfg/totp/setup/confirm/", {"device_id": begun["device_id"], "code": totp(self.secret)}, self.access)
        return self


def by(member, case):
    """Has `member` make the call."""
    case.headers |= member.headers
    return member


def somebody(case, chance):
    """Has somebody make the call who has just signed in. Who it is."""
    return by(Member(some(chance)), case)


def signed_in(case, chance):
    """As it was generated, by somebody who has just signed in; a page shows a wrong CSRF token at times."""
    operation = case.operation.definition.raw["operationId"]
    of_administrators = operation.startswith("nauth_admin_") and not operation.endswith("_confirm")
    if of_administrators and chance.random() < 0.8:
        # Where administrators alone may, so that what they send is looked at, too.
        case.headers |= {"Authorization": f"Bearer {Admin().access}"}
        return
    somebody(case, chance)
    if "X-CSRF-Token" in case.headers and chance.random() < 0.1:
        case.headers["X-CSRF-Token"] = "x"


def stranger(case, chance, token):
    """Has somebody make the call with tokens that are none."""
    if some(chance) is PAGE:
        case.headers |= from_page(token, token, token)
    else:
        cases.stranger(case, chance, token)


def begin(case, chance):
    case.headers |= some(chance)
    body(case, {"email": address(), "password": PASSWORD, "firstName": "Ada", "metadata": {"plan": {"seats": 3}}})


def sign_in(case, chance):
    case.headers |= some(chance)
    body(case, Member().pair())


def refresh(case, chance):
    # A page's token is in its cookie, and its client sends an empty one.
    body(case, {"refreshToken": somebody(case, chance).got.get("refreshToken", "")})


def new_address():
    email = address()
    return proof(sign_up(email), email)


def new_password():
    member = Member()
    good("POST", "/nauth/request-password-change", {}, member.access)
    return {"session": member.waiting(), "type": "FORCE_CHANGE_PASSWORD", "newPassword": NEXT_PASSWORD}


def second_factor():
    member = Member().with_factor()
    code = totp(member.secret, 1)
    return {"session": member.waiting(), "type": "MFA_REQUIRED", "method": "totp", "code": code}


def respond(case, chance):
    case.headers |= some(chance)
    body(case, chance.choice([new_address, new_password, second_factor])())


_resends = itertools.count()


def resend(case, chance):
    # Between two codes there is a minute at the least, which nobody waits here: most of these come too soon. The first
    # asks for a first code, as the network that signed in has had its three for the address; that takes many calls.
    if next(_resends):
        return body(case, {"session": sign_up(address())})
    here, email = {"X-Forwarded-For": place()}, address()
    for _ in range(4):
        member = Member()
        good("PUT", "/nauth/profile", {"email": email}, member.access)
        session = member.waiting(here)
    body(case, {"session": session})


def set_up(case, chance):
    body(case, {"session": Member().with_factor().waiting(), "method": "totp"})


def show(case, chance):
    member = Member()
    with_factors(member)
    body(case, {"session": member.waiting(), "method": "email"})


def with_factors(member):
    """An app, which is asked for first, and the mailbox: its code is sent when it is asked for."""
    begun = good("POST", "/nauth/mfa/setup-data", {"methodName": "totp"}, member.access)
    data = {"code": totp(begun["setupData"]["secret"])}
    good("POST", "/nauth/mfa/verify-setup", {"methodName": "totp", "setupData": data}, member.access)
    good("POST", "/nauth/mfa/setup-data", {"methodName": "email"}, member.access)


def begin_factor(case, chance):
    somebody(case, chance)
    body(case, {"methodName": chance.choice(["totp", "email"])})


def confirm_factor(case, chance):
    member = somebody(case, chance)
    begun = good("POST", "/nauth/mfa/setup-data", {"methodName": "totp"}, more=member.headers)
    secret = begun["setupData"]["secret"]
    body(case, {"methodName": "totp", "setupData": {"secret": secret, "code": totp(secret)}, "deviceName": "Phone"})


def with_mailbox(case, chance):
    member = somebody(case, chance)
    good("POST", "/nauth/mfa/setup-data", {"methodName": "email"}, more=member.headers)


def remove_factor(case, chance):
    with_mailbox(case, chance)
    case.path_parameters = {"method": "email"}


def prefer(case, chance):
    with_mailbox(case, chance)
    body(case, {"methodType": "email"})


def edit(case, chance):
    somebody(case, chance)
    body(case, {"username": address().split("@")[0], "firstName": "Ada", "metadata": {"plan": None}})


def change(case, chance):
    somebody(case, chance)
    body(case, {"oldPassword": PASSWORD, "newPassword": NEXT_PASSWORD})


def forget(case, chance):
    body(case, {"identifier": Member().email, "baseUrl": PAGE["Origin"]})


def confirm(case, chance):
    name = {"identifier": Member().email}
    good("POST", "/nauth/forgot-password", name)
    body(case, name | {"code": mailed_code(name["identifier"]), "newPassword": NEXT_PASSWORD})


def confirm_for_admin(case, chance):
    member = Member()
    ctl("user", "reset-password", "--email", member.email)
    who = chance.choice([{"identifier": member.email}, {"sub": member.got["user"]["sub"]}])
    body(case, who | {"code": mailed_code(member.email), "newPassword": NEXT_PASSWORD})


def end_session(case, chance):
    member = somebody(case, chance)
    sessions = good("GET", "/nauth/sessions", more=member.headers)["sessions"]
    case.path_parameters = {"sessionId": sessions[0]["sessionId"]}


def history(case, chance):
    somebody(case, chance)
    case.query = {"limit": 2, "eventTypes": ["LOGIN_SUCCESS", "ACCOUNT_CREATED"]}


def log_out_everywhere(case, chance):
    somebody(case, chance)
    body(case, {"forgetDevices": True})


def departed(asked="", more=None):
    """The page of the test Google that a browser is sent to."""
    status, headers, answer = call("GET", f"{API}/nauth/social/google/redirect{asked}", more=more)
    assert status == 302, answer
    return headers["location"]


def come_back(email):
    """The token that a sign-in through Google ends in."""
    brought = urllib.parse.urlencode(allowed(departed(), email))
    _, headers, _ = call("GET", f"{API}/nauth/social/google/callback?{brought}")
    return query(headers["location"])["exchangeToken"]


def from_google():
    """Somebody new who came through Google."""
    return good("POST", "/nauth/social/exchange", {"exchangeToken": come_back(address())})


def leave(case, chance):
    case.headers |= some(chance)
    case.path_parameters = {"provider": chance.choice(["google", "apple", "facebook"])}
    case.query = {"returnTo": "/in", "appState": "x"}


def returned(case, chance):
    case.path_parameters = {"provider": "google"}
    case.query = allowed(departed(), address())


def posted(case, chance):
    case.path_parameters = {"provider": "google"}
    case.body = allowed(departed(), address())


def exchange(case, chance):
    case.headers |= some(chance)
    body(case, {"exchangeToken": come_back(address())})


def show_tokens(case, chance):
    name = chance.choice(["google", "apple", "facebook"])
    _, _, token = call("POST", f"{GITHUB}/{name}/app-token", {"email": address()})
    case.headers |= some(chance)
    case.path_parameters = {"provider": name}
    body(case, {"provider": name, "idToken": token.get("id_token"), "accessToken": token.get("access_token")})


def received(member):
    """What a client has received from Google that links its account to the member's."""
    return {"provider": "google"} | allowed(departed("?action=link", member.headers), member.email)


def link(case, chance):
    member = somebody(case, chance)
    body(case, received(member))


def unlink(case, chance):
    member = somebody(case, chance)
    good("POST", "/nauth/social/link", received(member), more=member.headers)
    body(case, {"provider": "google"})


def set_password(case, chance):
    got = from_google()
    case.headers |= {"Authorization": f"Bearer {got['accessToken']}"}
    body(case, {"sub": got["sub"], "password": PASSWORD})


def administer(case):
    """Has an administrator make the call, about somebody. Who that is."""
    case.headers |= {"Authorization": f"Bearer {Admin().access}"}
    return Member()


def at_somebody(case, chance):
    """About somebody whom the path names."""
    member = administer(case)
    case.path_parameters = {"sub": member.got["sub"]}
    return member


def without_more(case, chance):
    at_somebody(case, chance)
    body(case, {})


def end_session_of(case, chance):
    member = at_somebody(case, chance)
    session = good("GET", "/nauth/sessions", bearer=member.access)["sessions"][0]["sessionId"]
    case.path_parameters |= {"sessionId": session}


def edit_another(case, chance):
    at_somebody(case, chance)
    body(case, {"firstName": "Ada", "metadata": {"plan": None}})


def say_proven(case, chance):
    at_somebody(case, chance)
    body(case, {"isEmailVerified": chance.choice([True, False])})


def make_another(case, chance):
    administer(case)
    body(case, {"email": address(), "generatePassword": True, "isEmailVerified": True})


def make_another_with_link(case, chance):
    administer(case)
    email = address()
    body(case, {"email": email, "provider": "google", "providerId": email})


def list_people(case, chance):
    administer(case)
    case.query = {"limit": 5, "sortBy": "email", "isLocked": "false"}


def by_email(case, chance):
    case.query = {"email": administer(case).email}


def history_of(case, chance):
    case.query = {"sub": administer(case).got["sub"], "limit": 5}


def excuse(case, chance):
    body(case, {"sub": administer(case).got["sub"], "exempt": True, "reason": "x"})


def prefer_for(case, chance):
    body(case, {"sub": administer(case).with_factor().got["sub"], "methodType": "totp"})


def give_password(case, chance):
    body(case, {"sub": administer(case).got["sub"], "newPassword": NEXT_PASSWORD})


def send_reset(case, chance):
    body(case, {"sub": administer(case).got["sub"]})


def validate(case, chance):
    body(case, {"accessToken": Member(some(chance)).access})


GOOD = {
    "nauth_admin_audit_history": history_of,
    "nauth_admin_mfa_exemption": excuse,
    "nauth_admin_mfa_preferred_method": prefer_for,
    "nauth_admin_mfa_remove_devices": prefer_for,
    "nauth_admin_reset_password_initiate": send_reset,
    "nauth_admin_set_password": give_password,
    "nauth_admin_signup": make_another,
    "nauth_admin_signup_social": make_another_with_link,
    "nauth_admin_user": at_somebody,
    "nauth_admin_user_by_email": by_email,
    "nauth_admin_user_delete": at_somebody,
    "nauth_admin_user_disable": without_more,
    "nauth_admin_user_enable": without_more,
    "nauth_admin_user_force_password_change": without_more,
    "nauth_admin_user_logout_all": without_more,
    "nauth_admin_user_mfa_status": at_somebody,
    "nauth_admin_user_session_delete": end_session_of,
    "nauth_admin_user_sessions": at_somebody,
    "nauth_admin_user_update": edit_another,
    "nauth_admin_user_verified_status": say_proven,
    "nauth_admin_users": list_people,
    "nauth_admin_reset_password_confirm": confirm_for_admin,
    "nauth_audit_history": history,
    "nauth_challenge_challenge_data": show,
    "nauth_challenge_resend": resend,
    "nauth_challenge_setup_data": set_up,
    "nauth_change_password": change,
    "nauth_forgot_password": forget,
    "nauth_forgot_password_confirm": confirm,
    "nauth_is_trusted_device": somebody,
    "nauth_login": sign_in,
    "nauth_logout": somebody,
    "nauth_logout_all": log_out_everywhere,
    "nauth_mfa_available_methods": somebody,
    "nauth_mfa_backup_codes_generate": with_mailbox,
    "nauth_mfa_devices": with_mailbox,
    "nauth_mfa_method_delete": remove_factor,
    "nauth_mfa_preferred_method": prefer,
    "nauth_mfa_setup_data": begin_factor,
    "nauth_mfa_status": somebody,
    "nauth_mfa_verify_setup": confirm_factor,
    "nauth_profile": somebody,
    "nauth_profile_update": edit,
    "nauth_refresh": refresh,
    "nauth_request_password_change": somebody,
    "nauth_reset_password_confirm": confirm_for_admin,
    "nauth_respond_challenge": respond,
    "nauth_sessions": somebody,
    "nauth_session_delete": end_session,
    "nauth_signup": begin,
    "nauth_social_callback": returned,
    "nauth_social_callback_form": posted,
    "nauth_social_can_set_password": somebody,
    "nauth_social_exchange": exchange,
    "nauth_social_link": link,
    "nauth_social_linked": somebody,
    "nauth_social_redirect": leave,
    "nauth_social_set_password": set_password,
    "nauth_social_unlink": unlink,
    "nauth_social_verify": show_tokens,
    "nauth_token_validate": validate,
    "nauth_trust_device": somebody,
}
