"""Sentences of the pages in both languages at once; the reader chooses which one is shown.

Everything that a page says is an English sentence here, in a template or in the vocabulary of
findings, and has its Chinese in ``grader/locale/zh.po``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from markupsafe import Markup, escape

from grader.evidence import Finding
from grader.evidence.vocabulary import VOCABULARY
from grader.language import LANGUAGES, fill, translator
from grader.report.text import visible

TAGS = {"en": "en", "zh": "zh-CN"}  # BCP 47
Said = dict[str, str]  # language -> sentence

STATUS = {
    "graded": "Graded",
    "faulted": "Stopped",
    "ungraded": "Not graded",
    "absent": "Nothing submitted",
}
STATUS_MEANING = {
    "graded": "The submission ran to its end.",
    "faulted": "Something in the submission kept it from being asked to the end; the mark follows "
    "the rules.",
    "unanswered": "Every hidden image was asked, and no answer is the name of a class; the mark "
    "follows the rules.",
    "ungraded": "A fault of the grader stopped this run, not the submission. It is run again; "
    "there is no mark yet, and nothing is lost.",
    "absent": "This student is on the course's list, and nothing was submitted.",
}
SEVERITY = {"error": "Error", "warning": "Warning", "info": "Note"}
OUTCOME = {
    "passed": "Passed",
    "failed": "Not passed",
    "skipped": "Skipped",
    "broken": "The check itself broke",
}
REPORT_WORDS = {
    "missing": "none",
    "found": "unconfirmed",
    "complete": "complete",
    "incomplete": "incomplete",
    "not-asked": "not asked for",
}
PROBLEM = {
    "unknown-class": "No class of this lab",
    "wrong-return-type": "Not a class name",
    "predict-failed": "An error was raised",
    "timeout-predict": "Too slow",
    "crashed": "The process ended",
    "out-of-memory": "Out of memory",
    "not-asked": "Not asked any more",
}
STAGE = {
    "absent": "Nothing submitted",
    "intake": "Unpacking",
    "start": "Starting",
    "load": "Importing",
    "predict": "Answering images",
    "explain": "Diagnosis",
    "checks": "Checks",
    "done": "Done",
}
KIND = {
    "convolution": "Convolution",
    "max-pool": "Max pooling",
    "average-pool": "Average pooling",
    "global-average-pool": "Global average pooling",
    "dense": "Dense",
    "relu": "ReLU",
    "relu6": "ReLU6",
    "leaky-relu": "Leaky ReLU",
    "sigmoid": "Sigmoid",
    "tanh": "Tanh",
    "softmax": "Softmax",
    "log-softmax": "Log softmax",
    "flatten": "Flatten",
    "dropout": "Dropout",
    "batch-norm": "Batch normalisation",
    "layer-norm": "Layer normalisation",
    "group-norm": "Group normalisation",
    "transposed-convolution": "Transposed convolution",
    "padding": "Padding",
    "add": "Sum",
    "concatenate": "Side by side",
}
UNCOMPARED = {
    "input": "It takes another input than the reference: what both compute was not compared.",
    "padding": "It pads layers with strides on other sides than the reference, as frameworks do "
    "differently: what both compute was not compared.",
    "reference": "The reference has weights of a kind that cannot be drawn: what both compute was "
    "not compared.",
    "weights": "Functions that the grader cannot take apart use some of its weights: what both "
    "compute was not compared.",
}
VARIANT = {
    "input": "Image size",
    "pool": "Pooling",
    "conv_activation": "After convolutions",
    "dense_activation": "After dense layers",
    "c5": "C5 is",
    "dropout": "Dropout",
    "batch_norm": "Batch normalisation",
    "softmax": "Softmax at the end",
}
LEVEL_NAMES = {"strong": "strong", "basic": "basic", "none": "none"}
QUANTITY = {"loss": "Loss", "accuracy": "Accuracy"}
AXIS_NAMES = {"step": "by step", "epoch": "by epoch", "": "one value after the other"}
COURSE = {  # of a quantity by unit
    "loss step": "{course}; steps {low}–{high}; least {best} at step {at}",
    "loss epoch": "{course}; epochs {low}–{high}; least {best} in epoch {at}",
    "loss ": "{course}; {high} values; least {best} as value {at}",
    "accuracy step": "{course}; steps {low}–{high}; most {best} at step {at}",
    "accuracy epoch": "{course}; epochs {low}–{high}; most {best} in epoch {at}",
    "accuracy ": "{course}; {high} values; most {best} as value {at}",
}
CHARTS = (  # id, title, whether it takes the whole width
    ("accuracy", "Accuracy", False),
    ("marks", "Marks", False),
    ("times", "Time of a submission", False),
    ("confusion", "What is taken for what", True),
    ("students", "Accuracy by class and submission", True),
)
FINDING = {
    "entry-missing": "No entry file",
    "entry-elsewhere": "Entry in another file",
    "handed-in-twice": "Handed in twice",
    "predict-missing": "Function not found",
    "import-failed": "Import failed",
    "import-stopped": "Import stopped halfway",
    "package-missing": "Package missing",
    "module-missing": "Own module missing",
    "packages-absent": "Packages not there",
    "weights-missing": "Weights missing",
    "weights-not-loaded": "Weights not loaded",
    "dataset-at-import": "Reads a data set at import",
    "trains-at-import": "Trains at import",
    "installs-at-import": "Installs at import",
    "device-refused": "Device not there",
    "lenet5-missing": "LeNet5 not found",
    "exported-models": "Exported models",
    "lenet5-taken": "What was taken for LeNet5",
    "lenet5-shape": "LeNet5 layers differ",
    "lenet5-output": "LeNet5 output differs",
    "network-missing": "Network not found",
    "part-missing": "Function of a part not found",
    "part-unanswered": "Inputs of a part without an answer",
    "part-label-order": "Class order of a part shifted",
    "network-shape": "Network layers differ",
    "network-output": "Network output differs",
    "network-unbuilt": "Network cannot be built",
    "network-raised": "Network stops with an exception",
    "network-untrained": "Network cannot be trained",
    "network-unlearned": "Network does not learn",
    "wrong-return-type": "Wrong type returned",
    "unknown-class": "Unknown class names",
    "group-answers": "Groups in place of classes",
    "other-classes": "Another lab's classes",
    "constant-answers": "Always the same answer",
    "exception-swallowed": "Exception hidden",
    "not-finite": "Not a number",
    "image-ignored": "Image not looked at",
    "training-mode": "Training mode",
    "pixel-scale": "Pixel values scaled otherwise",
    "axes-swapped": "Height and width swapped",
    "axes-reshaped": "Pixels out of place",
    "image-flipped": "Image turned over",
    "image-cut": "Part of the image",
    "image-size": "Another image size",
    "image-detail": "Details are lost",
    "image-padded": "A border around the image",
    "random-input": "Random changes of the image",
    "values-wrapped": "Pixel values wrap",
    "values-rounded": "Pixel values are rounded",
    "values-changed": "Pixel values are bent",
    "colours-changed": "Colours are changed",
    "smallest-taken": "Smallest output taken",
    "largest-not-taken": "Largest output not taken",
    "network-altered": "Network differs from the trained one",
    "weak-network": "Network learned too little",
    "channel-order": "Colour channels swapped",
    "label-order": "Class order shifted",
    "predict-failed": "Errors while answering",
    "timeout-import": "Import too slow",
    "timeout-predict": "Answers too slow",
    "timeout-total": "Out of time",
    "not-asked": "Images not asked",
    "not-diagnosed": "No diagnosis",
    "out-of-memory": "Out of memory",
    "crashed": "Process crashed",
    "state-between-calls": "Answers depend on the images before",
    "nondeterministic": "Answers change",
    "slow": "Slow",
    "network-attempt": "Tried the network",
    "similar-weights": "Weights alike another's",
    "similar-answers": "Answers alike another's",
    "similar-code": "Code alike another's",
    "report-missing": "No lab report",
    "records-missing": "No training records",
    "outside-folder": "Uses files outside of the folder",
    "reading-stopped": "Not readable within limits",
    "archive-refused": "Archive not readable",
}
_CODE = re.compile(r"`([^`\n]+)`")
_CHINESE = re.compile("[\u4e00-\u9fff]")


def said(sentence: str, **facts: object) -> Said:
    """`sentence` in every language, with `facts` in its braces."""
    texts = {name: str(value) for name, value in facts.items()}
    return {lang: fill(translator(lang)(sentence), texts) for lang in LANGUAGES}


def pattern(sentence: str) -> Said:
    """`sentence` in every language with its braces, for who fills them later."""
    return {lang: translator(lang)(sentence) for lang in LANGUAGES}


def two(text: str) -> Said:
    """A text of a check: an English and a Chinese line stand for the two languages; anything else
    is the same in both.
    """
    lines = text.split("\n")
    if len(lines) == 2:
        english, chinese = sorted(lines, key=lambda line: bool(_CHINESE.search(line)))
        if _CHINESE.search(chinese) and not _CHINESE.search(english):
            return {"en": english, "zh": chinese}
    return {lang: translator(lang)(text) for lang in LANGUAGES}


def kept(text: str, keep: Callable[[str], str]) -> Said:
    """`two` of a text, each language by itself through `keep`."""
    return {lang: keep(line) for lang, line in two(text).items()}


def said_finding(finding: Finding) -> tuple[Said, Said]:
    """Message and hint of `finding` in every language; a code that is no longer in the
    vocabulary keeps the words that it came with.
    """
    if finding.code not in VOCABULARY:
        return dict.fromkeys(LANGUAGES, finding.message), dict.fromkeys(LANGUAGES, finding.hint)
    told = {lang: finding.said_in(lang) for lang in LANGUAGES}
    messages = {lang: one.message for lang, one in told.items()}
    return messages, {lang: one.hint for lang, one in told.items()}


def both(texts: Said) -> Markup:
    """HTML that holds `texts` in every language, one of them shown; plain where they agree."""
    return _both(*(texts.get(lang) or texts.get("en", "") for lang in LANGUAGES))


def prose(texts: Said) -> Markup:
    """As `both`; what stands in backticks is code."""
    return _both(*(texts.get(lang) or texts.get("en", "") for lang in LANGUAGES), code=True)


@lru_cache(maxsize=4096)
def _both(*shown: str, code: bool = False) -> Markup:
    def html(text: str) -> str:
        safe = str(escape(visible(text)))
        return _CODE.sub(r"<code>\1</code>", safe) if code else safe

    if all(text == shown[0] for text in shown):
        return Markup(html(shown[0]))  # noqa: S704 - escaped by html
    spans = (
        f'<span class="t" lang="{TAGS[lang]}">{html(text)}</span>'
        for lang, text in zip(LANGUAGES, shown, strict=True)
    )
    return Markup("".join(spans))  # noqa: S704 - escaped by html


def t(sentence: str, **facts: object) -> Markup:
    """`sentence` for a template, in both languages."""
    return _filled(sentence, *((name, str(value)) for name, value in facts.items()))


@lru_cache(maxsize=4096)
def _filled(sentence: str, *facts: tuple[str, str]) -> Markup:
    return both(said(sentence, **dict(facts)))


def attribute(name: str, texts: Said, language: str) -> Markup:
    """Attribute `name` in `language`, with the others beside it for the page's switch."""
    parts = [Markup('{}="{}"').format(name, visible(texts[language]))]
    if len(set(texts.values())) > 1:
        parts += [
            Markup('data-{}-{}="{}"').format(lang, name, visible(texts[lang])) for lang in LANGUAGES
        ]
    return Markup(" ").join(parts)


def option(sentence: str, language: str) -> Markup:
    """The end of a start tag and the text of an element that can hold text only, with its other
    languages beside it.
    """
    texts = said(sentence)
    others = [Markup('data-{}-text="{}"').format(lang, texts[lang]) for lang in LANGUAGES]
    return Markup("{}>{}").format(Markup(" ").join(others), texts[language])
