"""Good requests of the cashless contract and of what other services ask, by operation."""

import pathlib
import subprocess

from auth_service import PASSWORD, letter
from people import BASE, GITHUB, Person, address, call, good, number, text_to, totp

CTL = pathlib.Path(__file__).resolve().parents[2] / "target/debug/ctl"


class Admin:
    """An administrator who has just signed in with a second factor."""

    def __init__(self):
        person = Person().with_totp()
        rights = ["user", "set-role", "--email", person.email, "--role", "admin"]
        subprocess.run([CTL, "--port-base", str(BASE), *rights], check=True, stdout=subprocess.DEVNULL)
        answer = {"session_id": person.waiting(), "code": totp(person.secret, 1)}
        self.access = good("POST", "/cfg/totp/verify/", answer)["access_token"]

    def key(self, *scopes):
        """A key for a service."""
        return good("POST", "/tokens/api-key", {"name": "service", "event_id": 1, "scopes": list(scopes)}, self.access)


def by(caller, case):
    """Has `caller` make the call."""
    case.headers["Authorization"] = f"Bearer {caller.access}"
    return caller


def body(case, content, media="application/json"):
    """Has the call say `content` instead of what was generated."""
    case.body, case.media_type = content, media


def signed_in(case, chance):
    """As it was generated, by an administrator or by somebody else."""
    by(Admin() if chance.random() < 0.5 else Person(), case)


def anyone(case, chance):
    """Good as it is, whoever calls."""


def make_key(case, chance):
    by(Admin(), case)
    body(case, {"name": "service", "event_id": 1, "scopes": ["introspect"]})


def revoke_key(case, chance):
    admin = by(Admin(), case)
    case.path_parameters = {"key_id": admin.key("read")["key_id"]}


def introspect(case, chance):
    case.headers["Authorization"] = f"Bearer {Admin().key('introspect')['api_key']}"
    body(case, {"token": Person().access}, "application/x-www-form-urlencoded")


def revoke(case, chance):
    body(case, {"token": Person().refresh}, "application/x-www-form-urlencoded")


def verify(case, chance):
    body(case, {"token": Person().access})


def by_admin(case, chance):
    by(Admin(), case)


def mfa_verify(case, chance):
    admin = by(Admin(), case)
    secret = good("POST", "/admin/mfa/setup", {}, admin.access)["secret"]
    body(case, {"code": totp(secret)})


def reset_send(case, chance):
    body(case, {"email": Person().email})


def reset_confirm(case, chance):
    person = Person()
    good("POST", "/admin/password-reset/email-send", {"email": person.email})
    case.path_parameters = {"token": letter(person.email, "password")}
    body(case, {"new_password": PASSWORD})


def ask_by_phone(case, chance):
    body(case, {"phone": number()})


def sign_in_by_phone(case, chance):
    phone = number()
    good("POST", "/auth/login/phone", {"phone": phone})
    body(case, {"phone": phone, "code": text_to(phone)[:6]})


def sign_in_by_firebase(case, chance):
    said = {"sub": address(), "email": address(), "email_verified": True}
    _, _, answer = call("POST", f"{GITHUB}/firebase/tokens", said)
    body(case, {"id_token": answer["id_token"]})


GOOD = {
    "get_me_admin_me_get": by_admin,
    "sensitive_ping_admin_sensitive_ping_get": by_admin,
    "mfa_setup_admin_mfa_setup_post": by_admin,
    "mfa_verify_admin_mfa_verify_post": mfa_verify,
    "email_send_admin_password_reset_email_send_post": reset_send,
    "confirm_admin_password_reset__token__post": reset_confirm,
    "login_firebase_auth_login_firebase_post": sign_in_by_firebase,
    "login_phone_auth_login_phone_post": ask_by_phone,
    "login_phone_verify_auth_login_phone_verify_post": sign_in_by_phone,
    "jwks": anyone,
    "openid_configuration": anyone,
    "health_health_get": anyone,
    "create_api_key_endpoint_tokens_api_key_post": make_key,
    "revoke_api_key_endpoint_tokens_api_key__key_id__delete": revoke_key,
    "introspect_token": introspect,
    "revoke_token": revoke,
    "verify_token_endpoint_tokens_verify_post": verify,
}
