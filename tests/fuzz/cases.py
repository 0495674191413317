"""What the contracts' modules do to a generated call."""


def by(caller, case):
    """Has `caller` make the call."""
    case.headers["Authorization"] = f"Bearer {caller.access}"
    return caller


def body(case, content, media="application/json"):
    """Has the call say `content` instead of what was generated."""
    case.body, case.media_type = content, media


def stranger(case, chance, token):
    """Has somebody make the call with a token that is none."""
    case.headers["Authorization"] = f"Bearer {token}"


def anyone(case, chance):
    """Good as it is, whoever calls."""
