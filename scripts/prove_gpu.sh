#!/bin/sh
# Proves that `--device GPU` works, on a machine with an NVIDIA card and nothing else: no network,
# no package of the grader's. Its own Python with PyTorch becomes the runtime `torch`.
#
#   scripts/prove_gpu.sh pack FOLDER [3.12]   on a machine with a network: what has to be carried
#   scripts/prove_gpu.sh run FOLDER OUT       on the machine with the card, in a copy of the project
#
# FOLDER gets the wheels of all that the grader itself needs for that version of Python (x86-64), and
# bubblewrap's program with its libraries: some 50 MB. OUT gets the results.
set -eu
step=${1:-} folder=${2:-} third=${3:-}
here=$(cd "$(dirname "$0")/.." && pwd)

# Beside the dependencies that pyproject.toml names: for archives, the sandbox's filter, submissions.
MORE="easydict openpyxl py7zr pyseccomp"
# PyTorch was built for the machine's own; theirs stay in place where they are.
OWN="numpy pillow"

pack() {
    mkdir -p "$folder/wheels" "$folder/bubblewrap"
    python=${third:-3.12}
    needed=$(sed -n '/^dependencies = \[/,/^\]/s/^ *"\([^";]*\).*/\1/p' "$here/pyproject.toml")
    # shellcheck disable=SC2086
    python3 -m pip download --quiet -d "$folder/wheels" --only-binary=:all: --implementation cp \
        --python-version "$python" --platform manylinux_2_28_x86_64 \
        --platform manylinux_2_17_x86_64 --platform manylinux2014_x86_64 --platform any \
        $needed $MORE
    program=$(command -v bwrap)
    cp "$program" "$folder/bubblewrap/"
    # libseccomp, too, which the filter is made with.
    { ldd "$program"; ldconfig -p | grep 'libseccomp\.so\.2 .*x86-64'; } |
        sed -n 's/.*=> \(\/[^ ]*\).*/\1/p' | grep -v '/libc\.so' |
        while read -r library; do cp -L "$library" "$folder/bubblewrap/"; done
    du -sh "$folder"
}

run() {
    out=$third
    has torch || { echo "python3 has no PyTorch; put the Python that has it first on PATH"; exit 1; }
    command -v nvidia-smi >/dev/null || { echo "no nvidia-smi: install NVIDIA's driver"; exit 1; }
    mkdir -p "$out"
    packages=$(mktemp -d)
    chmod 755 "$packages"  # the sandbox's own user reads them
    set --
    for wheel in "$folder"/wheels/*.whl; do
        name=$(basename "$wheel" | sed 's/-.*//')
        case " $OWN " in *" $name "*) has "$name" && continue ;; esac
        set -- "$@" "$wheel"
    done
    python3 -m pip install --quiet --no-index --no-deps --no-compile --target "$packages" "$@"
    command -v bwrap >/dev/null || {
        [ "$(id -u)" = 0 ] || { echo "no bwrap: run as root, or install bubblewrap"; exit 1; }
        cp "$folder/bubblewrap/bwrap" /usr/local/bin/
        for library in "$folder"/bubblewrap/*.so*; do
            ldconfig -p | grep -q "$(basename "$library")" || cp "$library" /usr/local/lib/
        done
        ldconfig
    }
    export PYTHONPATH="$packages" COLUMNS=110
    cd "$here"
    grade="python3 -m grader --lang en"
    nvidia-smi -L
    uname -r

    echo "== the proof"
    $grade doctor --device GPU

    echo "== the sample class's PyTorch submissions, on the processor and on the card"
    torch_class "$packages/class" 1
    for device in CPU GPU; do
        $grade "$packages/class" --device $device --fresh --out "$out/$device" | grep -v '^$'
    done
    compare "$out/CPU" "$out/GPU"

    echo "== sixteen copies of them: one at a time on the card, then four"
    torch_class "$packages/many" 16
    for count in 1 4; do
        started=$(date +%s.%N)
        $grade "$packages/many" --device GPU --per-device $count --out "$out/by-$count" >/dev/null
        echo "--per-device $count: $(python3 -c "print(f'{$(date +%s.%N) - $started:.1f} s')")"
    done
    compare "$out/by-1" "$out/by-4"

    echo "== MindSpore's runtime for GPUs"
    $grade runtime add mindspore1 2>&1 | tail -n 3 || true
}

# Whether the machine's own Python has the package $1.
has() {
    python3 -c "from importlib.metadata import version; version('$1')" 2>/dev/null
}

# The PyTorch submissions of the sample class, each $2 times, at $1.
torch_class() {
    mkdir -p "$1"
    for submission in "$here"/submissions/*/; do
        grep -qrE '^(import|from) torch' "$submission" --include=*.py || continue
        for number in $(seq "$2"); do
            cp -r "$submission" "$1/$(basename "$submission")$([ "$2" = 1 ] || echo "-$number")"
        done
    done
}

# How many answers of two runs differ, image by image, and how long the answers took.
compare() {
    python3 - "$1" "$2" <<'END'
import json
import sys
from pathlib import Path

differing = total = 0
seconds = [0.0, 0.0]
for path in sorted(Path(sys.argv[1], "evidence").glob("*.json")):
    pair = [json.loads(Path(run, "evidence", path.name).read_text()) for run in sys.argv[1:]]
    if not pair[0]["answers"] or any(one["trouble"] for one in pair):
        sys.exit(f"{path.stem}: not graded: {[one['trouble'] for one in pair]}")
    for one, other in zip(*(evidence["answers"] for evidence in pair), strict=True):
        differing += one["answer"] != other["answer"]
        total += 1
    seconds = [s + sum(a["seconds"] for a in e["answers"]) for s, e in zip(seconds, pair)]
names = [Path(run).name for run in sys.argv[1:]]
print(f"answers that differ: {differing} of {total}; seconds for them: "
      + ", ".join(f"{name} {taken:.1f}" for name, taken in zip(names, seconds)))
sys.exit(differing > 0)
END
}

case $step in
pack | run) [ -n "$folder" ] && [ "$step$third" != run ] || { sed -n '2,10p' "$0"; exit 2; }; $step ;;
*) sed -n '2,10p' "$0"; exit 2 ;;
esac
