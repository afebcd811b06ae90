"""The vocabulary of findings: every code, with what it says and what to do."""

from grader.evidence.severity import Severity
from grader.evidence.wrong_answers import WHY_ANSWERS_ARE_WRONG

E, W, NOTE = Severity.ERROR, Severity.WARNING, Severity.INFO

# code: (usual severity, message, hint). Sentences are msgids of the catalogues.
VOCABULARY: dict[str, tuple[Severity, str, str]] = {
    "entry-missing": (
        E,
        "There is no {entry} and no other file that defines {function}.",
        "Put {entry} with a function {function}(image) at the top of what you hand in.",
    ),
    "entry-elsewhere": (
        W,
        "{function} was found in {found}, not in {entry}; it was taken from there.{others}",
        "Name the file {entry}, or import {function} there.",
    ),
    "handed-in-twice": (
        W,
        "{path}{more} was handed in more than once, and differs: that of {used} was used, not that "
        "of {others}.",
        "Hand in one version alone, with all that belongs to it and nothing older beside it.",
    ),
    "predict-missing": (
        E,
        "Importing {entry} gives no function {function}.",
        "Define {function}(image) at the top level of {entry}, not below "
        "`if __name__ == '__main__'` and not inside a class.",
    ),
    "import-failed": (
        E,
        "{entry} could not be imported: {error} ({file}, line {line}).",
        "Look at that line. If it runs on your own machine, compare the versions on this page with "
        'yours, and run `python -c "import {module}"` in an empty copy of the folder that you hand '
        "in: files, settings and devices that only your machine has are missing here.",
    ),
    "import-stopped": (
        W,
        "The import stopped with {error} ({file}, line {line}) after {function} was defined; "
        "the grader went on.",
        "Put what only you need (training, trying out an image) below "
        "`if __name__ == '__main__':`.",
    ),
    "package-missing": (
        E,
        "The package {package} is needed ({file}, line {line}), and these runtimes of the grader "
        "do not have it: {runtimes}.",
        "Do without it, or ask the teacher to add it to a runtime. If it is a file of your own, "
        "hand it in.",
    ),
    "module-missing": (
        E,
        "{module} is needed ({file}, line {line}), and neither {module}.py nor a folder of that "
        "name was handed in.",
        "Hand in {module}.py, too, beside {entry}. If it is a package and no file of your own, ask "
        "the teacher to add it to a runtime.",
    ),
    "packages-absent": (
        NOTE,
        "The grader's runtime does not have {packages}; the import went on without.",
        "Nothing has to be done as long as no answer needs it.",
    ),
    "weights-missing": (
        E,
        "The file {path} is opened ({file}, line {line}) but was not handed in. {found}",
        "Hand in the weights, and give their path relative to {entry}, with forward slashes and "
        "the same capital letters.",
    ),
    "dataset-at-import": (
        W,
        "{path} is read at import ({file}, line {line}); the grader has no data set, and no "
        "pictures of yours.{weights}",
        "Read data sets and pictures only below `if __name__ == '__main__':`; of a notebook leave "
        "that cell out.",
    ),
    "trains-at-import": (
        E,
        "The import was still training after {seconds} s ({file}, line {line}).",
        "Put training below `if __name__ == '__main__':`, so that importing {entry} only "
        "defines and loads.",
    ),
    "installs-at-import": (
        W,
        "The import runs `{command}` ({file}, line {line}); there is no network here.",
        "Remove it; the grader has the packages that the lab allows.",
    ),
    "device-refused": (
        E,
        "The submission asks for the device {asked} ({file}, line {line}), this run has {device}: "
        "{error}.",
        "Choose the device by what is there, for instance CPU where no accelerator is found: in "
        "PyTorch x.to(device) in place of x.cuda().",
    ),
    "lenet5-missing": (
        W,
        "No network {name} was found in any of the files.{namesake}",
        "Define a network class {name} in {entry} or in a module beside it.",
    ),
    "exported-models": (
        NOTE,
        "Exported models were handed in: {names}. Marks come from the function's answers alone.",
        "Where your code loads one of them, give its path relative to the file that does.",
    ),
    "lenet5-taken": (
        NOTE,
        "{name} ({file}, line {line}) was taken for {wanted}: {how}. It takes images of {input}"
        "{others}.",
        "Name the class of the lecture's network {wanted}, and it is the one that is looked at.",
    ),
    "lenet5-shape": (
        W,
        "LeNet5 differs from the lecture's first at {layer}: expected {expected}, found {actual}.",
        "{hint}",
    ),
    "lenet5-output": (
        W,
        "LeNet5's output is not as it should be: {actual} (expected {expected}).",
        "{hint}",
    ),
    "part-missing": (
        E,
        "{entry} has no function {function}, which the part {part} asks for.",
        "Define {function} at the top level of {entry}, with one parameter.",
    ),
    "part-unanswered": (
        W,
        "{function} named no class of the part {part} for {count} of {total} inputs: {why}.",
        "Call {function} with an input of that part and look at what it gives.",
    ),
    "part-label-order": (
        W,
        "{function}: with the class names of the part {part} in another order {other} of {total} "
        "answers are right instead of {correct}: {swaps}.",
        "Map indices to names by the folder names that training saw: {cause}.",
    ),
    "network-missing": (
        W,
        "No network {name} was found in any of the files.{namesake}",
        "Define a class {name}, or a function of that name that builds it, in {entry} or in a "
        "module beside it.",
    ),
    "network-shape": (
        W,
        "{network} differs from the lecture's first at {layer}: expected {expected}, found "
        "{actual}.",
        "{hint}",
    ),
    "network-output": (
        W,
        "{network} has the lecture's layers, and with the same weights it computes something else "
        "from {layer} on: {actual} (expected {expected}).",
        "Look at how the layers are joined there: their order, strides and padding, activations, "
        "what is added to what, and how the maps are flattened.",
    ),
    "network-unbuilt": (
        W,
        "{network} cannot be built: {error}.{instead}",
        "{hint}",
    ),
    "network-raised": (
        W,
        "{network} gives no output{after}: {error}.",
        "{hint}",
    ),
    "network-untrained": (
        W,
        "{network} could not be trained: {error}.",
        "Its output must follow from its weights without .detach(), no_grad or a way through "
        "NumPy, and its weights must not be frozen.",
    ),
    "network-unlearned": (
        W,
        "{network} does not learn: in {steps} steps its loss goes from {before} to {after}.",
        "Look for layers that are made anew in each pass or are no parts of the network, and for "
        "what cuts the gradient.",
    ),
    "wrong-return-type": (
        E,
        "{function} returned {said} for {count} of {total} images; a class name (str) is expected.",
        "Return the name of a class, as text, not an index, array or list.",
    ),
    "unknown-class": (
        E,
        "{count} of {total} answers are no class of this lab, such as '{said}'{nearest}.",
        "Return one of the class names exactly as the lab's table has them.",
    ),
    "group-answers": (
        E,
        "{count} of {total} answers name a group of classes, such as '{said}', not a class.",
        "Return the class itself, one of the names in the lab's table; the group follows from it.",
    ),
    "other-classes": (
        E,
        "The answers belong to another lab's classes, such as '{said}'.",
        "Train on the classes of this lab and hand in that model.",
    ),
    "predict-failed": (
        E,
        "{function} raised {error} ({file}, line {line}) for {count} of {total} images.",
        "Look at that line. {function} is called with a uint8 array of shape (height, width, 3), "
        "{channels}, and nothing else; there is no screen here and no other device than this page "
        "names.",
    ),
    "timeout-import": (
        E,
        "The import of {entry} took longer than {seconds} s (last at {file}, line {line}).",
        "Only define functions and load weights at import; training belongs below "
        "`if __name__ == '__main__':`.",
    ),
    "timeout-predict": (
        E,
        "{function} took longer than {seconds} s for {count} of {total} images.{where}",
        "Build the network and load the weights once, outside {function}; leave no endless "
        "loop or plt.show() in it.",
    ),
    "timeout-total": (
        E,
        "After {seconds} s in all, {count} of {total} images had not had their turn.",
        "Make {function} faster: load weights once, use fewer passes over each image.",
    ),
    "not-asked": (
        E,
        "{count} of {total} images were not asked: {why}.",
        "Mend what ends {function} first; images that are not asked count as wrong.",
    ),
    "out-of-memory": (
        E,
        "The submission used more than {memory} MiB of memory {when}.",
        "Keep one network in memory and free what training needs.",
    ),
    "crashed": (
        E,
        "The Python process ended ({detail}) {when}.",
        "Look for exit(), os._exit() or a library that crashes; try it in a fresh process.",
    ),
    "slow": (
        NOTE,
        "{function} takes {seconds} s an image.",
        "Build the network and load its weights once, outside {function}. Asking it several times "
        "for one image (test-time augmentation) takes as many times as long.",
    ),
    "outside-folder": (
        E,
        "{file}, line {line}, uses {path}, which is on this machine alone and not in the folder "
        "that is handed in.",
        "Copy {name} into the folder, and open it by a path relative to {entry}.",
    ),
    "network-attempt": (
        W,
        "The submission tried to reach the network ({what}); there is none here.",
        "Hand in all files that are needed; use no pretrained=True and no download.",
    ),
    "similar-weights": (
        W,
        "{file} holds the same trained weights as the submission of {other}.",
        "A person looks at this; it costs no marks by itself. Both may have them from one public "
        "place, or from the same code with the same seed.",
    ),
    "similar-answers": (
        W,
        "{same} of {wrong} wrong answers are the same as those of {other}; {rare} of them hardly "
        "anyone else gave.",
        "A person looks at this; it costs no marks by itself.",
    ),
    "similar-code": (
        W,
        "{percent} % of the code is also in the submission of {other}, other names aside.",
        "A person looks at this; it costs no marks by itself. Code that was handed out, or that "
        "many have, is not counted.",
    ),
    "report-missing": (
        NOTE,
        "No lab report was found.",
        "A complete report with training records counts between {low} % and {high} % of accuracy.",
    ),
    "records-missing": (
        NOTE,
        "No training records (logs, curves, checkpoints of several epochs) were found.",
        "Hand in the output of your training with the report.",
    ),
    "reading-stopped": (
        W,
        "{what}{others} could not be read: {reason}.",
        "Hand in plain, small files: a report as PDF, logs as text.",
    ),
    "archive-refused": (
        E,
        "The archive {source} could not be unpacked: {reason}.",
        "Make a new zip of the folder with your code and weights, without a password, and try it "
        "with `grade --self-check`.",
    ),
    **WHY_ANSWERS_ARE_WRONG,
}
