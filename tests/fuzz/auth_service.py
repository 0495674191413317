"""Good requests of the Auth Service's contract, by operation."""

import os
import re

from cases import anyone, body, by
from people import API, address, call, good, letters_to, totp

PASSWORD = "correct horse battery staple"


def letter(email, words):
    """The token in the newest letter with these words in its subject."""
    text = next(one["text"] for one in letters_to(email) if words in one["subject"])
    return max(re.findall(r"[A-Za-z0-9_-]+", text), key=len)


def login(name, password=PASSWORD, path="/auth/login"):
    """Signs in by password."""
    status, _, answer = call("POST", API + path, form={"username": name, "password": password})
    assert status == 200, answer
    return answer


def prove(member):
    """Proves the address with the token of its letter and the account's own bearer, which keeps what it has."""
    good("POST", "/auth/confirm-email", {"token": letter(member.email, "An account for you")}, member.access)


class Member:
    """Somebody who has just registered, signed in and proven their address."""

    def __init__(self):
        self.email = address()
        self.username = self.email.split("@")[0]
        body = {"username": self.username, "email": self.email, "password": PASSWORD}
        good("POST", "/auth/register", body)
        self.take(login(self.email))
        prove(self)

    def take(self, answer):
        self.access, self.refresh = answer["access_token"], answer.get("refresh_token")
        return self

    def with_factor(self):
        """Puts an authenticator in force. Its code of the next step is still unused."""
        first = good("GET", "/auth/generate-2fa-code", bearer=self.access)
        self.secret = first["secret"]
        good("POST", "/auth/enable-2fa", {"code": first["code"]}, self.access)
        return self

    def waiting(self):
        """Signs in anew, as far as the factor."""
        return self.take(login(self.email))

    def through(self):
        """Signs in anew, with the factor."""
        self.waiting()
        return self.take(good("POST", "/auth/verify-2fa", {"code": totp(self.secret, 1)}, self.access))


KEY = os.environ.get("REGISTRATION_KEY", "")


class Admin:
    """An administrator who has just registered and signed in."""

    def __init__(self):
        self.email = address()
        self.username = self.email.split("@")[0]
        good("POST", "/admin/register", self.asked())
        self.access = good("POST", "/admin/login", {"email": self.email, "password": PASSWORD})["access_token"]
        prove(self)

    def asked(self):
        return {"username": self.username, "email": self.email, "password": PASSWORD, "secret_key": KEY}


def signed_in(case, chance):
    """As it was generated, by somebody who has just signed in."""
    operation = case.operation.definition.raw["operationId"]
    if operation.startswith("verify_2fa"):
        by(Member().with_factor().waiting(), case)
    else:
        # Where administrators alone may, so that what they send is looked at, too.
        by(Admin() if "_admin_" in operation and chance.random() < 0.8 else Member(), case)


def register(case, chance):
    email = address()
    body(case, {"username": email.split("@")[0], "email": email, "password": PASSWORD})


def sign_in(case, chance):
    body(case, {"username": Member().email, "password": PASSWORD}, "application/x-www-form-urlencoded")


def reset_request(case, chance):
    body(case, {"email": Member().email})


def reset(case, chance):
    member = Member()
    good("POST", "/auth/password-reset-request", {"email": member.email})
    body(case, {"token": letter(member.email, "password"), "new_password": PASSWORD + " again"})


def confirm(case, chance):
    member = Member()
    good("POST", "/auth/password-reset-request", {"email": member.email})
    good("POST", "/auth/password-reset", {"token": letter(member.email, "password"), "new_password": PASSWORD + " again"})
    member.take(login(member.email, PASSWORD + " again"))
    other = address()
    good("PUT", "/auth/profile", {"email": other}, member.access)
    body(case, {"token": letter(other, "")})


def refresh(case, chance):
    body(case, {"refresh_token": Member().refresh})


def profile(case, chance):
    by(Member(), case)
    body(case, {"username": address().split("@")[0]})


def enable(case, chance):
    member = by(Member(), case)
    first = good("GET", "/auth/generate-2fa-code", bearer=member.access)
    body(case, {"code": first["code"]})


def disable(case, chance):
    by(Member().with_factor().through(), case)


def guarded(case, chance):
    by(Member().with_factor(), case)


def verify(case, chance):
    member = by(Member().with_factor().waiting(), case)
    body(case, {"code": totp(member.secret, 1)})


def end_session(case, chance):
    member = by(Member(), case)
    sessions = good("GET", "/auth/sessions", bearer=member.access)
    case.path_parameters = {"session_id": sessions[0]["id"]}


def look_up(case, chance):
    member = by(Member(), case)
    case.path_parameters = {"username": member.username}


def list_users(case, chance):
    by(Admin(), case)
    case.query = {"limit": 2}


def govern(case, chance):
    by(Admin(), case)
    member = Member()
    users = good("GET", f"/auth/verify-user/{member.username}", bearer=member.access)
    case.path_parameters = {"user_id": users["id"]}


def give_role(case, chance):
    by(Admin(), case)
    body(case, {"username": Member().username, "role": "operator"})


def by_address(case, chance):
    by(Admin(), case)
    body(case, {"email": Member().email})


def admin_register(case, chance):
    email = address()
    body(case, {"username": email.split("@")[0], "email": email, "password": PASSWORD, "secret_key": KEY})


def admin_sign_in(case, chance):
    body(case, {"email": Admin().email, "password": PASSWORD})


def register_vendor(case, chance):
    body(case, {"name": "Engines", "email": address(), "password": PASSWORD, "rating": 4.5})


def sign_in_vendor(case, chance):
    email = address()
    good("POST", "/vendor/register_vendor", {"name": "Engines", "email": email, "password": PASSWORD})
    body(case, {"email": email, "password": PASSWORD})


def vendor():
    """A vendor that has just registered."""
    email = address()
    made = good("POST", "/vendor/register_vendor", {"name": "Engines", "email": email, "password": PASSWORD})
    return email, made["id"]


def change_vendor_password(case, chance):
    email, _ = vendor()
    token = good("POST", "/vendor/login", {"email": email, "password": PASSWORD})["access_token"]
    case.headers["Authorization"] = f"Bearer {token}"
    body(case, {"current_password": PASSWORD, "new_password": PASSWORD + " again"})


def vendor_reset_request(case, chance):
    body(case, {"email": vendor()[0]})


def vendor_reset(case, chance):
    email, _ = vendor()
    good("POST", "/vendor/password-reset-request", {"email": email})
    body(case, {"token": letter(email, "password"), "new_password": PASSWORD + " again"})


def by_vendors_address(case, chance):
    by(Admin(), case)
    body(case, {"email": vendor()[0]})


def delete_vendor(case, chance):
    by(Admin(), case)
    case.path_parameters = {"vendor_id": vendor()[1]}


def interact(case, chance):
    by(Member(), case)
    body(case, {"vendor_id": 7, "interaction_type": "question", "message": "How many?", "response": "42"})


GOOD = {
    "list_users_admin_users_get": list_users,
    "activate_user_admin_activate_user__user_id__put": govern,
    "deactivate_user_admin_deactivate_user__user_id__put": govern,
    "update_role_admin_user_role_put": give_role,
    "delete_user_admin_user__user_id__delete": govern,
    "lock_account_admin_lock_post": by_address,
    "unlock_account_admin_unlock_post": by_address,
    "register_admin_admin_register_post": admin_register,
    "admin_login_admin_login_post": admin_sign_in,
    "create_chatbot_interaction_chatbot_interact_post": interact,
    "register_vendor_vendor_register_vendor_post": register_vendor,
    "vendor_login_vendor_login_post": sign_in_vendor,
    "change_vendor_password_vendor_password_put": change_vendor_password,
    "vendor_password_reset_request_vendor_password_reset_request_post": vendor_reset_request,
    "vendor_password_reset_vendor_password_reset_post": vendor_reset,
    "lock_vendor_admin_vendor_lock_post": by_vendors_address,
    "unlock_vendor_admin_vendor_unlock_post": by_vendors_address,
    "delete_vendor_admin_vendor__vendor_id__delete": delete_vendor,
    "root__get": anyone,
    "confirm_email_auth_confirm_email_post": confirm,
    "disable_2fa_auth_disable_2fa_post": disable,
    "enable_2fa_auth_enable_2fa_post": enable,
    "generate_2fa_code_auth_generate_2fa_code_get": signed_in,
    "login_for_access_token_auth_login_post": sign_in,
    "login_for_access_token_token_post": sign_in,
    "password_reset_auth_password_reset_post": reset,
    "password_reset_request_auth_password_reset_request_post": reset_request,
    "update_profile_auth_profile_put": profile,
    "register_user_auth_register_post": register,
    "list_sessions_auth_sessions_get": signed_in,
    "delete_session_auth_sessions__session_id__delete": end_session,
    "test_2fa_auth_test_2fa_get": guarded,
    "refresh_token_auth_token_refresh_post": refresh,
    "verify_2fa_auth_verify_2fa_post": verify,
    "verify_user_auth_verify_user__username__get": look_up,
    "protected_protected_get": signed_in,
}
