"""Copied into each hostile submission: what an attacker who knows the house would know."""

import json
import os
import sys

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "bait.json")) as _file:
    BAIT = json.load(_file)


def escaped(what):
    """Say that something worked that must not work."""
    print("ESCAPED: " + what, flush=True)


def attempt(name, action):
    """Try `action`; it escapes unless it raises."""
    try:
        result = action()
    except BaseException as error:
        print("denied %s: %s: %.200s" % (name, type(error).__name__, error))
    else:
        escaped("%s: %.200r" % (name, result))
    sys.stdout.flush()
