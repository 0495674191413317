"""What Schemathesis is told about our API: who calls, and what a call needs that no schema can say.

Every call comes from an address of its own. Most of those that want a caller get one who has just signed up; some get
nobody, or a bearer that is none. Where an operation has a known good request, some are made good: a code that was mailed,
a second factor, a way back from GitHub. What every operation answered is written down at the end.
"""

import atexit
import collections
import importlib
import json
import os
import random

import schemathesis

import cases
from people import place

# The module of the contract: good requests by operation, and who usually calls; if it has them, also who else does, and
# operations that are not seen to answer well, with the reason.
contract = importlib.import_module(os.environ["POSTERN_CONTRACT"].replace("-", "_"))
stranger = getattr(contract, "stranger", cases.stranger)
UNABLE = getattr(contract, "UNABLE", {})

GARBAGE = ["x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "%00", "\xe9"]

chance = random.Random(int(os.environ["POSTERN_SEED"]))
answers = collections.defaultdict(collections.Counter)
unable = set()
done = collections.Counter()


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts a call into somebody's hands."""
    case.headers = dict(case.headers or {})
    case.headers["X-Forwarded-For"] = place()
    raw = case.operation.definition.raw
    known = contract.GOOD.get(raw.get("operationId"))
    done[case.operation.label] += 1
    drawn = chance.random()
    # The first of each, so that a short run has seen every good answer.
    if known and (done[case.operation.label] == 1 or drawn < 0.2):
        known(case, chance)
    elif drawn < 0.85 and any(raw.get("security", [])):
        contract.signed_in(case, chance)
    elif drawn < 0.92:
        stranger(case, chance, chance.choice(GARBAGE))


@schemathesis.hook
def after_call(context, case, response):
    """Counts what came back."""
    # By the method of the call, as those that an operation does not have are tried, too.
    label = f"{case.method.upper()} {case.path}"
    answers[label][response.status_code] += 1
    if case.operation.definition.raw.get("operationId") in UNABLE:
        unable.add(label)


@atexit.register
def write_down():
    with open(os.environ["POSTERN_ANSWERS"], "w") as file:
        json.dump({"answers": answers, "unable": sorted(unable)}, file)
