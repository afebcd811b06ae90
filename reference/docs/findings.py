"""Every finding, said with an example's facts in both languages."""

from __future__ import annotations

import re
from collections.abc import Mapping

from grader.evidence.findings import Finding, make_finding
from grader.evidence.vocabulary import VOCABULARY
from grader.language import LANGUAGES, Sentence, translator
from grader.report.phrases import FINDING
from reference.docs.markdown import table

WEIGHT = {
    "error": "costs marks, or stopped the run",
    "warning": "may cost marks",
    "info": "costs nothing",
}

# What the facts of a finding may be, by their names; FACTS has what only one finding says.
USUAL: Mapping[str, object] = {
    "entry": "main.py",
    "function": "predict",
    "file": "main.py",
    "line": "12",
    "path": "results/best.ckpt",
    "count": "7",
    "total": "130",
    "seconds": "30",
    "channels": "BGR",
    "name": "LeNet5",
    "module": "utils",
    "other": "3210000002_lisi",
    "memory": "4096",
    "when": Sentence("during the import"),
    "error": "ValueError: cannot reshape array of size 150528",
    "found": "",
    "gain": "",
    "namesake": "",
}
FACTS: Mapping[str, Mapping[str, object]] = {
    "entry-elsewhere": {"found": "src/model.py", "others": ""},
    "handed-in-twice": {
        "path": "main.py",
        "more": "",
        "used": "lab-1.zip",
        "others": "lab.zip",
    },
    "dataset-at-import": {
        "path": "data/train",
        "weights": Sentence(
            " The weights {path}, which the code names, are not there either.",
            {"path": "results/best.ckpt"},
        ),
    },
    "timeout-predict": {
        "where": Sentence(
            " Asked about a picture of the grader's, it was at {file}, line {line} by then.",
            {"file": "main.py", "line": "12"},
        ),
    },
    "import-failed": {"module": "main"},
    "package-missing": {"package": "albumentations", "runtimes": "mindspore, torch"},
    "packages-absent": {"packages": "albumentations, wandb"},
    "weights-not-loaded": {"reason": Sentence("{path} is not there", {"path": "best.ckpt"})},
    "installs-at-import": {"command": "pip install timm"},
    "device-refused": {"asked": "Ascend", "device": "CPU", "error": "device_target Ascend"},
    "exported-models": {"names": "best.onnx, best.mindir"},
    "outside-folder": {"path": "D:\\lab2\\net.pth", "name": "net.pth"},
    "not-finite": {"where": "conv1"},
    "image-ignored": {"read": ""},
    "training-mode": {"norms": "52", "drops": "1"},
    "pixel-scale": {"now": "0 to 255", "then": "0 to 1", "made_by": "x / 255"},
    "image-flipped": {"how": "left to right"},
    "values-rounded": {"then": "0 to 1"},
    "values-changed": {"then": "0 to 1", "made_by": "x / 255"},
    "image-size": {"now": "32x32", "then": "224x224"},
    "network-altered": {"layer": "features.9.conv.1", "total": "52", "fit": "20"},
    "weak-network": {
        "correct": "31",
        "tried": "12",
        "kind": Sentence("it has learned too little"),
        "public": Sentence(
            " Of images of training {right} of {asked} are answered right.",
            {"right": "40", "asked": "104"},
        ),
        "course": "",
        "scale": "",
        "confused": Sentence(
            " Most often confused: {pairs}. Classes that are never answered: {never}.",
            {"pairs": "Paper → Newspaper (4)", "never": "Hats"},
        ),
    },
    "lenet5-taken": {
        "name": "Net",
        "wanted": "LeNet5",
        "how": Sentence("it has that name"),
        "input": "1x32x32",
        "others": Sentence("; left aside: {names}", {"names": "OldNet"}),
    },
    "lenet5-shape": {
        "layer": "C3",
        "expected": "Conv2d(6, 16, 5)",
        "actual": "Conv2d(6, 12, 5)",
        "hint": "End with Dense(84, 10).\n最后一层用 Dense(84, 10)。",
    },
    "lenet5-output": {
        "expected": "(32, 10)",
        "actual": "(32, 26)",
        "hint": "End with Dense(84, 10).\n最后一层用 Dense(84, 10)。",
    },
    "network-missing": {"name": "ResNet18"},
    "part-unanswered": {
        "part": "points",
        "function": "classify_points",
        "why": Sentence("it raised an exception"),
    },
    "part-label-order": {
        "part": "points",
        "function": "classify_points",
        "other": "28",
        "correct": "2",
        "total": "30",
        "swaps": "ring → spiral, spiral → ring",
        "cause": Sentence("here they are in another order than in training"),
    },
    "part-missing": {"part": "points", "function": "classify_points"},
    "network-shape": {
        "network": "ResNet18",
        "layer": "layer2.0.conv1",
        "expected": "convolution 64→128, kernel 3x3",
        "actual": "convolution 64→128, kernel 5x5 (layer2.0.conv1)",
        "hint": "Compare layer2.0.conv1 with the lecture's.\n请将 layer2.0.conv1 与课件对照。",
    },
    "network-output": {
        "network": "ResNet18",
        "layer": "layer2.0.bn2",
        "expected": "0.3184, -1.206, 0.7751, …",
        "actual": "0.1102, -0.9133, 0.4417, …",
    },
    "network-unbuilt": {
        "network": "LeNet5",
        "error": "TypeError: its constructor needs 'cfg', which says nothing",
        "instead": Sentence(
            " {name} ({file}, line {line}) was taken in its place.",
            {"name": "net", "file": "main.py", "line": "35"},
        ),
        "hint": Sentence(
            "Give the arguments {arguments} of {name}'s constructor a default: it is built without "
            "arguments.",
            {"arguments": "cfg", "name": "LeNet5"},
        ),
    },
    "network-raised": {
        "network": "LeNet5",
        "after": Sentence("; it stops after {layer}", {"layer": "conv2"}),
        "error": "RuntimeError: shape '[-1, 256]' is invalid for input of size 400",
        "hint": Sentence(
            "The second pooling makes 16 x 5 x 5 = 400 numbers of an image of 32 x 32: flatten to "
            "(N, 400), as by x.reshape(x.shape[0], -1), and let the first dense layer take 400."
        ),
    },
    "network-untrained": {
        "network": "ResNet18",
        "error": "RuntimeError: element 0 of tensors does not require grad",
    },
    "network-unlearned": {
        "network": "ResNet18",
        "steps": "20",
        "before": "2.31",
        "after": "2.31",
    },
    "wrong-return-type": {"said": "int"},
    "unknown-class": {"said": "Plastic Bottel", "nearest": ""},
    "group-answers": {"said": "Recyclables"},
    "other-classes": {"said": "cat"},
    "constant-answers": {"answer": "Plastic Bottle", "count": "130"},
    "channel-order": {
        "other": "65",
        "correct": "7",
        "rest": Sentence(
            " {left} would still be wrong: there is another cause, too.", {"left": "65"}
        ),
    },
    "label-order": {"other": "112", "correct": "9", "swaps": "Hats → Newspaper", "cause": "sorted"},
    "not-asked": {"why": "timeout-predict"},
    "crashed": {"detail": "SIGSEGV"},
    "network-attempt": {"what": "socket.connect"},
    "similar-weights": {"file": "results/best.ckpt"},
    "similar-answers": {"same": "11", "wrong": "14", "rare": "9"},
    "similar-code": {"percent": "92"},
    "report-missing": {"low": "80", "high": "85"},
    "reading-stopped": {"what": "train.log", "others": "", "reason": Sentence("too large")},
    "archive-refused": {"source": "lab2.rar", "reason": Sentence("it has a password")},
}


def example(code: str, language: str = "en") -> Finding:
    """The finding with its example's facts. Raises KeyError for a fact that no example has."""
    named = {
        name for sentence in VOCABULARY[code][1:] for name in re.findall(r"\{(\w+)\}", sentence)
    }
    facts = {name: FACTS.get(code, {}).get(name, USUAL.get(name)) for name in named}
    if missing := sorted(name for name, fact in facts.items() if fact is None):
        raise KeyError(f"{code}: no example of {', '.join(missing)} in reference/docs/findings.py")
    return make_finding(code, facts, language=language)


def page() -> str:
    """The page of the reference."""
    parts = [
        "# Findings\n\nWhy points were lost, in a fixed vocabulary: code, what it says, what to "
        "do. The facts here are an example's. What a student reads of them was said by a worker "
        "that had seen no hidden image."
    ]
    for code in VOCABULARY:
        title, severity = FINDING[code], VOCABULARY[code][0].value
        said = {language: example(code, language) for language in LANGUAGES}
        parts.append(f"## {code}\n\n{title} · {translator('zh')(title)} — {WEIGHT[severity]}")
        rows = [(lang, each.message, each.hint) for lang, each in said.items()]
        parts.append(table(("", "what it says", "what to do"), rows))
    return "\n\n".join(parts) + "\n"
