import os
import pwd

from bait import BAIT, attempt, escaped

places = [BAIT["token"], os.path.expanduser("~/.ray/auth_token")]
places += [os.path.join(one.pw_dir, ".ray/auth_token") for one in pwd.getpwall()]
places += [os.environ.get("RAY_AUTH_TOKEN_PATH", "/var/lib/ray/auth_token")]
for path in places:
    attempt("token " + path, lambda: open(path, "rb").read())

for name in ("RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH", "RAY_AUTH_MODE"):
    if name in os.environ:
        escaped("%s=%s" % (name, os.environ[name]))
try:
    processes = os.listdir("/proc")
except OSError:
    processes = [str(os.getppid()), "1"]
for process in processes:
    try:
        with open("/proc/%s/environ" % process, "rb") as file:
            if b"RAY_AUTH_TOKEN" in file.read():
                escaped("a token in the variables of process " + process)
    except OSError:
        pass
print("looked for a token")


def predict(image):
    return "Hats"
