import os
import pathlib

from bait import BAIT, escaped

print("variables", sorted(os.environ))
for name, value in os.environ.items():
    if BAIT["prefix"] in value or BAIT["out"] in value or "TOKEN" in name or "SECRET" in name:
        escaped("variable " + name)
for name in ("SSH_AUTH_SOCK", "AWS_SECRET_ACCESS_KEY", "GITHUB_TOKEN", "LS_COLORS", "OLDPWD"):
    if name in os.environ:
        escaped("variable " + name)
if any(pathlib.Path.home().glob(".ssh")):
    escaped("a home of somebody")


def predict(image):
    return "Hats"
