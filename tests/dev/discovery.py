#!/usr/bin/env python3
"""A standard client verifies a token of `cargo dev`, told nothing but the issuer.

    tests/dev/discovery.py [--port-base N]

Needs PyJWT (tests/aws/requirements/jwt.txt). Without --port-base it uses the ports from 9000 on. Empties target/local.
"""

import argparse
import json
import signal
import subprocess
import urllib.request

import jwt

import smoke


def sign_in(address):
    """A new account's access token."""
    smoke.call(f"{smoke.API}/cfg/accounts/otp/request/", {"identifier": address})
    code = smoke.call(f"{smoke.INBOX}/api/messages?to={address}")[0]["subject"][:4]
    return smoke.call(f"{smoke.API}/cfg/accounts/otp/verify/", {"identifier": address, "otp": code})["access"]


def discovered(issuer):
    """The key set of an issuer, as OpenID Connect Discovery finds it."""
    with urllib.request.urlopen(f"{issuer}/.well-known/openid-configuration", timeout=10) as answer:
        metadata = json.load(answer)
    assert metadata["issuer"] == issuer, metadata
    return jwt.PyJWKClient(metadata["jwks_uri"])


def verified(keys, issuer, token):
    """What a token says, if it is one of the issuer's."""
    key = keys.get_signing_key_from_jwt(token)
    return jwt.decode(token, key, algorithms=["RS256", "ES256", "EdDSA"], audience=issuer, issuer=issuer,
                      options={"require": ["exp", "iat", "sub"]})


def main(base, ports):
    issuer = smoke.API
    dev = smoke.Dev("--fresh", *ports)
    try:
        keys = discovered(issuer)
        token = sign_in("ada@example.com")
        claims = verified(keys, issuer, token)
        asked = smoke.call(f"{issuer}/tokens/verify", {"token": token})
        assert asked == {"valid": True, "claims": claims}, asked

        head, body, signature = token.split(".")
        try:
            verified(keys, issuer, f"{head}.{body}.{signature[:-8]}AAAAAAAA")
            raise AssertionError("a forged token was verified")
        except jwt.InvalidSignatureError:
            pass

        rotate = ["cargo", "ctl", "--json", *(["--port-base", str(base)] if ports else []), "keys", "rotate"]
        made = json.loads(subprocess.run(rotate, cwd=smoke.ROOT, check=True, capture_output=True, text=True).stdout)
        assert made["published"], made
        again = json.loads(subprocess.run(rotate, cwd=smoke.ROOT, check=True, capture_output=True, text=True).stdout)
        assert again["published"] is None, again
        assert verified(discovered(issuer), issuer, token) == claims
        print(f"PyJWT {jwt.__version__} verified a token of {claims['sub']} by discovery")
    finally:
        dev.end(signal.SIGINT)


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--port-base", type=int)
    base = options.parse_args().port_base
    if base:
        smoke.API, smoke.INBOX, smoke.ENGINE = (f"http://127.0.0.1:{base + n}" for n in (0, 25, 1))
    main(base, ["--port-base", str(base)] if base else [])
