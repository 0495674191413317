"""Good requests of the cashless contract and of what other services ask, by operation."""

import time

from auth_service import PASSWORD, letter
from cases import anyone, body, by
from people import GITHUB, Person, address, call, ctl, good, number, text_to, totp


class Admin:
    """An administrator who has just signed in with a second factor."""

    def __init__(self):
        person = Person().with_totp()
        ctl("user", "set-role", "--email", person.email, "--role", "admin")
        answer = {"session_id": person.waiting(), "code": totp(person.secret, 1)}
        self.access = good("POST", "/cfg/totp/verify/", answer)["access_token"]

    def key(self, *scopes):
        """A key for a service."""
        return good("POST", "/tokens/api-key", {"name": "service", "event_id": 1, "scopes": list(scopes)}, self.access)


def signed_in(case, chance):
    """As it was generated, by an administrator, an operator or a user."""
    by(chance.choice([site().admin, site(), Person()]), case)


def make_key(case, chance):
    administered(case)
    body(case, {"name": "service", "event_id": 1, "scopes": ["introspect"]})


def revoke_key(case, chance):
    admin = administered(case).admin
    case.path_parameters = {"key_id": admin.key("read")["key_id"]}


def introspect(case, chance):
    case.headers["Authorization"] = f"Bearer {site().admin.key('introspect')['api_key']}"
    body(case, {"token": Person().access}, "application/x-www-form-urlencoded")


def revoke(case, chance):
    body(case, {"token": Person().refresh}, "application/x-www-form-urlencoded")


def verify(case, chance):
    body(case, {"token": Person().access})


def by_admin(case, chance):
    administered(case)


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


class Site:
    """An event with a device and an operator."""

    def __init__(self):
        self.admin = Admin()
        self.event = self.make_event()
        operator = {"email": address(), "event_id": self.event}
        self.operator = self.make("/admin/operators", operator)["id"]
        # The operator's own password, by the letter: one that an administrator chose would have to be replaced first.
        token = letter(operator["email"], "A new password")
        good("POST", "/auth/password-reset", {"token": token, "new_password": PASSWORD})
        self.asked = {"email": operator["email"], "password": PASSWORD, "role": "operator"}
        self.mac = address()
        self.device = self.make("/admin/devices", self.at())["id"]
        self.sign_in()

    def make(self, path, asked):
        return good("POST", path, asked, self.admin.access)

    def make_event(self):
        return self.make("/admin/events", {"name": "Fair"})["id"]

    def at(self):
        """The device as it names itself."""
        return {"dev_mac": self.mac, "event_id": self.event}

    def sign_in(self):
        """The operator, once more."""
        signed_in = good("POST", "/auth/login", self.asked)
        self.access, self.refresh = signed_in["access_token"], signed_in["refresh_token"]
        return self


_sites = []


def site():
    """A site whose administrator signed in minutes ago: making one takes seconds."""
    if not _sites or time.monotonic() - _sites[0][0] > 240:
        _sites[:] = [(time.monotonic(), Site())]
    return _sites[0][1]


def administered(case):
    """The site, with its administrator making the call."""
    by(site().admin, case)
    return site()


def sign_in_by_password(case, chance):
    body(case, site().asked)


def sign_in_device(case, chance):
    here = site()
    good("POST", f"/devices/{here.device}/token", {"operator_id": here.operator}, here.access)
    body(case, here.at())


def refresh(case, chance):
    body(case, {"refresh_token": site().sign_in().refresh})


def log_out(case, chance):
    body(case, {"refresh_token": by(site(), case).refresh})
    site().sign_in()


def offline(case, chance):
    here = by(site(), case)
    body(case, {"event_id": here.event, "device_id": str(here.device)})


def look_up_device(case, chance):
    body(case, site().at())


def give_device(case, chance):
    here = by(site(), case)
    case.path_parameters = {"device_id": here.device}
    body(case, {"operator_id": here.operator})


def operator_token(case, chance):
    body(case, {"email": site().asked["email"], "password": PASSWORD, "dev_type": "POS", "dev_mac": "aa:bb:cc:dd:ee:ff"})


def make_event(case, chance):
    administered(case)
    body(case, {"name": "Fair"})


def list_events(case, chance):
    administered(case)
    case.query = {"limit": 2}


def edit_event(case, chance):
    case.path_parameters = {"event_id": administered(case).make_event()}
    body(case, {"name": "Fair", "ended": chance.random() < 0.5})


def register_device(case, chance):
    here = administered(case)
    body(case, {"dev_mac": address(), "event_id": here.event, "operator_id": here.operator})


def edit_device(case, chance):
    here = administered(case)
    device = here.make("/admin/devices", {"dev_mac": address(), "event_id": here.event})
    case.path_parameters = {"device_id": device["id"]}
    body(case, {"archived": True})


def of_event(case, chance):
    case.query = {"event_id": administered(case).event}


def appoint(case, chance):
    body(case, {"email": address(), "event_id": administered(case).event})


def with_operator(case):
    here = administered(case)
    appointed = here.make("/admin/operators", {"email": address(), "event_id": here.event})
    case.path_parameters = {"user_id": appointed["id"]}


def edit_operator(case, chance):
    with_operator(case)
    body(case, {"mode": 4})


def dismiss(case, chance):
    with_operator(case)


GOOD = {
    "login_auth_login_post": sign_in_by_password,
    "login_device_auth_login_device_post": sign_in_device,
    "refresh_auth_refresh_post": refresh,
    "logout_auth_logout_post": log_out,
    "issue_offline_token_tokens_offline_post": offline,
    "authenticate_device_devices_auth_post": look_up_device,
    "issue_device_token_endpoint_devices__device_id__token_post": give_device,
    "issue_operator_session_token_devices_operator_token_post": operator_token,
    "create_event": make_event,
    "list_events": list_events,
    "edit_event": edit_event,
    "register_device": register_device,
    "list_devices": of_event,
    "edit_device": edit_device,
    "appoint_operator": appoint,
    "list_operators": of_event,
    "edit_operator": edit_operator,
    "dismiss_operator": dismiss,
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
