#!/bin/sh
# Student code runs confined by bubblewrap: install it where that is possible, else say how.
set -eu
command -v bwrap >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    apt-get install -y -qq bubblewrap >/dev/null 2>&1 ||
        { apt-get update -qq && apt-get install -y -qq bubblewrap >/dev/null; }
else
    echo "For the strongest confinement: sudo apt-get install bubblewrap" >&2
fi
