#!/usr/bin/env python3
"""A passkey in a real browser, beside a running `cargo dev`.

    tests/dev/passkeys.py PORT_BASE

Somebody signs in through the stand-in's Google, chooses a password, adds a passkey, signs out, and signs in with
address, password and passkey. The page is that of nauth.py. Chromium makes and shows the passkey with a virtual
authenticator of its own (Chrome DevTools Protocol, domain WebAuthn), so that the ceremonies' options are read, and
their answers written, by a browser. Codes must be had at once (POSTERN_OTP_RESEND_COOLDOWN_SECONDS=0), and the stack
believes a proxy here (--trusted-proxy 127.0.0.1).
"""

import time

from nauth import Web, awaited, browsing, enter

PASSWORD = "qz7-kv2x-engine"

# An authenticator that is part of the device, with a finger on it that it knows.
DEVICE = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}

MAKE = """(async () => {
    const begun = await client.beginFactor('passkey')
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(begun.options)
    const made = await navigator.credentials.create({ publicKey })
    await client.confirmFactor('passkey', { credential: made.toJSON() }, 'This device')
})()"""

SHOW = """(async () => {
    const begun = (await client.challengeData('passkey')).challengeData
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(begun.options)
    const shown = await navigator.credentials.get({ publicKey })
    const answer = { type: 'MFA_REQUIRED', method: 'passkey', credential: shown.toJSON() }
    return client.respondToChallenge(answer)
})()"""


def walk(browser):
    """The whole story, and the passkey as the account lists it."""
    browser.tell("WebAuthn.enable")
    browser.tell("WebAuthn.addVirtualAuthenticator", options=DEVICE)
    email = f"fingers{time.time():.0f}@example.com"
    enter(browser, "google", email)
    choose = f"client.call('POST', '/social/set-password', {{ body: {{ password: '{PASSWORD}' }} }})"
    awaited(browser, choose, "a first password")
    awaited(browser, MAKE, "making a passkey")
    awaited(browser, "client.logout()", "signing out")
    waits = awaited(browser, f"client.login('{email}', '{PASSWORD}')", "signing in")
    assert waits["challengeName"] == "MFA_REQUIRED", waits
    assert waits["challengeParameters"]["availableMethods"] == ["passkey"], waits
    answer = awaited(browser, SHOW, "showing the passkey")
    assert answer["user"]["email"] == email, answer
    (device,) = awaited(browser, "client.call('GET', '/mfa/devices')", "the list of factors")["devices"]
    assert (device["type"], device["name"], device["transports"]) == ("passkey", "This device", ["internal"]), device
    assert device["counter"] > 0 and device["lastUsedAt"], device


def main():
    Web.network = "198.51.100.77"
    with browsing() as browser:
        walk(browser)
    print("nauth: in through Google, a passkey made, out, and in again with address, password and passkey")


if __name__ == "__main__":
    main()
