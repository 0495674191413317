"""Good requests of the DjangoCFG contract, by operation."""

from cases import anyone, body, by
from people import Person, address, code_for, from_github, totp


# Operations that are not seen to answer well.
UNABLE = dict.fromkeys(
    [
        "cfg_accounts_profile_avatar_create", "postern_avatar_upload_create",
        "postern_avatar_upload_confirm_create", "postern_avatar_retrieve",
    ],
    "nobody here sends a picture yet",
)

# Operations that are about a factor in force.
GUARDED = {"cfg_totp_backup_codes_retrieve", "cfg_totp_backup_codes_regenerate_create", "cfg_totp_disable_create"}


def signed_in(case, chance):
    """As it was generated, by somebody who has just signed in."""
    guarded = case.operation.definition.raw["operationId"] in GUARDED and chance.random() < 0.7
    by(Person().with_totp() if guarded else Person(), case)


def profile(case, chance):
    by(Person(), case)
    if chance.random() < 0.5:
        body(case, {"first_name": "Ada", "phone": "+49 30 1234567"})


def otp_request(case, chance):
    body(case, {"identifier": address()})


def otp_verify(case, chance):
    email = address()
    body(case, {"identifier": email, "otp": code_for(email)})


def refresh(case, chance):
    body(case, {"refresh": Person().refresh})


def api_key_test(case, chance):
    by(Person(), case)
    body(case, {"key": "00000000-0000-4000-8000-000000000000"})


def authorize(case, chance):
    body(case, {})


def callback(case, chance):
    body(case, from_github(address()))


def disconnect(case, chance):
    by(Person().with_github(), case)
    body(case, {"provider": "github"})


def confirm(case, chance):
    person = by(Person().begin_totp(), case)
    body(case, {"device_id": person.device, "code": totp(person.secret)})


def device_delete(case, chance):
    person = by(Person().begin_totp(), case)
    case.path_parameters = {"id": person.device}


def totp_code(case, chance):
    person = by(Person().with_totp(), case)
    body(case, {"code": totp(person.secret, 1)})


def protected(case, chance):
    by(Person().with_totp(), case)


def second_factor(case, chance):
    person = Person().with_totp()
    body(case, {"session_id": person.waiting(), "code": totp(person.secret, 1)})


def backup_code(case, chance):
    person = Person().with_totp()
    body(case, {"session_id": person.waiting(), "backup_code": person.backup_codes[0]})


def setup(case, chance):
    by(Person(), case)
    body(case, {"device_name": "Phone"})


GOOD = {
    "cfg_accounts_api_key_retrieve": signed_in,
    "cfg_accounts_api_key_regenerate_create": signed_in,
    "cfg_accounts_api_key_test_create": api_key_test,
    "cfg_accounts_oauth_connections_list": signed_in,
    "cfg_accounts_oauth_disconnect_create": disconnect,
    "cfg_accounts_oauth_github_authorize_create": authorize,
    "cfg_accounts_oauth_github_callback_create": callback,
    "cfg_accounts_oauth_providers_retrieve": anyone,
    "cfg_accounts_otp_request_create": otp_request,
    "cfg_accounts_otp_verify_create": otp_verify,
    "cfg_accounts_profile_retrieve": signed_in,
    "cfg_accounts_profile_delete_create": signed_in,
    "cfg_accounts_profile_partial_update": profile,
    "cfg_accounts_profile_partial_partial_update": profile,
    "cfg_accounts_profile_update_update": profile,
    "cfg_accounts_profile_update_partial_update": profile,
    "cfg_accounts_token_refresh_create": refresh,
    "cfg_centrifugo_auth_token_retrieve": signed_in,
    "cfg_totp_backup_codes_retrieve": protected,
    "cfg_totp_backup_codes_regenerate_create": totp_code,
    "cfg_totp_devices_retrieve": signed_in,
    "cfg_totp_devices_destroy": device_delete,
    "cfg_totp_disable_create": totp_code,
    "cfg_totp_setup_create": setup,
    "cfg_totp_setup_confirm_create": confirm,
    "cfg_totp_verify_create": second_factor,
    "cfg_totp_verify_backup_create": backup_code,
}
