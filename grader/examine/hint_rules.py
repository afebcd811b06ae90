"""The faults that submissions share when code is imported and when it is asked, and their cures."""

from __future__ import annotations

from grader.examine.hints import CARD_MEMORY, HintRule
from grader.language import Sentence

NEWER_PYTHON = Sentence(
    "Newer versions of Python can read this line, the one that grades cannot: its version is on "
    "this page. Write it as older ones read it: other quotes within the braces of an f-string, no "
    "`type` statement, no type parameters in brackets behind a name."
)
_NO_FILE = "^(FileNotFoundError|NotADirectoryError)"

ANYWHERE: tuple[HintRule, ...] = (
    HintRule(
        CARD_MEMORY,
        "",
        Sentence(
            "The accelerator has no more memory: load the weights once, outside {function}, ask "
            "for one image at a time without gradients, and keep no results on the device."
        ),
    ),
    HintRule(
        r"[Rr]ead-only file system|^PermissionError",
        "",
        Sentence(
            "Only the submission's own folder can be written to: use a path relative to {entry}."
        ),
    ),
    HintRule(
        r"File name too long|\[Errno 36\]",
        "",
        Sentence(
            "No file has a name of more than 255 bytes here, and a Chinese character takes three: "
            "give the file a shorter name. Where the text is the content of a file, pass the "
            "file's path in its place."
        ),
    ),
    HintRule(
        _NO_FILE,
        r"\bchdir\(",
        Sentence(
            "Leave os.chdir out: {entry} runs in its own folder, where relative paths are right."
        ),
    ),
    HintRule(
        _NO_FILE,
        r"basicConfig|FileHandler|\bsave\w*\(|\bto_csv\(|open\(.*,\s*(mode\s*=\s*)?['\"][wax]",
        Sentence(
            "The folder that this is written to is not there: "
            "create it first by os.makedirs(folder, exist_ok=True)."
        ),
    ),
    HintRule(
        "UnicodeDecodeError",
        "",
        Sentence(
            "Say in which encoding the file is: open(path, encoding='gbk') for one that Chinese "
            "Windows wrote."
        ),
    ),
    HintRule(
        "EOF when reading a line",
        "",
        Sentence("Nobody is there to answer input(): leave it out."),
    ),
    HintRule(
        r"NameError.* '(?P<name>\w+)' is not defined",
        "",
        Sentence(
            "Define {name} at the top level of {entry}, above what uses it and not below "
            "`if __name__ == '__main__'`."
        ),
    ),
    HintRule(
        r"name resolution|internet connection|URL fetch failure|^(urllib|requests)\.\w+Error",
        "",
        Sentence(
            "There is no network here: hand the file in and load it by its path; "
            "build networks without pretrained weights."
        ),
    ),
    HintRule(
        r"Found no NVIDIA driver|not compiled with CUDA|No CUDA GPUs",
        "",
        Sentence("Use a GPU only where there is one: torch.cuda.is_available()."),
    ),
    HintRule(
        r"Failed to read the checkpoint file|file may be encrypted",
        "",
        Sentence(
            "The checkpoint is not whole, only a pointer of Git LFS, of another framework, or "
            "encrypted: compare its size with the original's; an encrypted one needs dec_key."
        ),
    ),
    HintRule(
        r"checkpoint file format must same with",
        "",
        Sentence(
            "load_checkpoint reads MindSpore's .ckpt alone. A .mindir is read by "
            "nn.GraphCell(mindspore.load(path)), weights of PyTorch by torch.load."
        ),
    ),
    HintRule(
        r"\(MindIR file\) should end with",
        "",
        Sentence(
            "mindspore.load reads MindIR alone: build the network and load a checkpoint into it by "
            "load_param_into_net(net, load_checkpoint(path))."
        ),
    ),
    HintRule(
        r"FuncGraph' object is not callable|but got <class 'mindspore\._c_expression\.FuncGraph",
        "",
        Sentence(
            "mindspore.load gives a graph; the network that can be asked is "
            "nn.GraphCell(mindspore.load(path))."
        ),
    ),
    HintRule(
        r"'parameter_dict' should be a dict, but got <class 'str'",
        "",
        Sentence("Give load_param_into_net what load_checkpoint(path) returns, not the path."),
    ),
    HintRule(
        r"Unexpected input data type\. Actual: \(tensor\((?P<found>\w+)\)\) ?, expected: "
        r"\(tensor\((?P<name>\w+)\)\)",
        "",
        Sentence(
            "The export takes numbers of type {name} and is given {found}: "
            "x.astype(np.float32) for float."
        ),
    ),
    HintRule(
        r"Got invalid dimensions for input: (?P<name>\w+)|Cannot set tensor: Dimension mismatch",
        "",
        Sentence(
            "The export takes images of the one size that it was made with: resize the image to "
            "that, and mind the order of axes."
        ),
    ),
    HintRule(
        r"^EOFError: (No data left in file)?$"
        r"|UnpicklingError: invalid load key|central directory|corrupted|Ran out of input"
        r"|parameter dict is empty|file may be encrypted|Error parsing message"
        r"|[Ff]ailed to (parse|read) the checkpoint|Load MindIR failed|INVALID_PROTOBUF"
        r"|[Ff]ailed to parse ONNX|Model provided (is schema version|has model identifier)"
        r"|ModelProto does not have a graph|file signature not found|truncated file"
        r"|BadZipFile|^EOFError$",
        "",
        Sentence(
            "The file of weights is not whole, or only a pointer of Git LFS: compare its size with "
            "the original's and hand it in again."
        ),
    ),
    HintRule(
        "safe_mode=False",
        "",
        Sentence(
            "The file holds a Lambda layer, which Keras reads only where it is told to: "
            "load_model(path, safe_mode=False)."
        ),
    ),
    HintRule(
        r"[Nn]o model config found|config\.json.* not (found|exist)",
        "",
        Sentence(
            "The file holds weights alone: build the network as in training and call "
            "load_weights(path)."
        ),
    ),
    HintRule(
        r"(Could not locate (class|function)|Unknown (layer|object|loss|metric\w*)):? "
        r"'?\"?(?P<name>\w+)",
        "",
        Sentence(
            "Define {name} in {entry} above the line that loads the network, or pass it by "
            "load_model(path, custom_objects=...)."
        ),
    ),
    HintRule(
        r"loading state_dict|should have the same (shape|type)|size mismatch|axes don't match",
        "",
        Sentence(
            "The checkpoint belongs to another network: build the very network that was trained, "
            "with its sizes and names."
        ),
    ),
    HintRule(
        r"Can't get attribute '(?P<name>\w+)' on|No module named '(?P<module>[\w.]+)'",
        r"\bload\(",
        Sentence(
            "The file is a whole pickled network, whose class was not handed in: "
            "hand in the module that defines it, or save net.state_dict() instead."
        ),
    ),
    HintRule(
        r"'(collections\.)?(Ordered[Dd]ict|dict)' object (has no attribute|is not callable)",
        "",
        Sentence(
            "The file holds parameters, not a network: build the network and load them into it."
        ),
    ),
)

AT_IMPORT: tuple[HintRule, ...] = (
    HintRule(
        "attempted relative import",
        "",
        Sentence(
            "{entry} is imported by itself, not as part of a package: leave the dot after `from` "
            "out."
        ),
    ),
    HintRule(
        r"unicodeescape",
        "",
        Sentence(
            "A backslash in a string begins an escape: write paths with forward slashes, relative "
            "to {entry}."
        ),
    ),
    HintRule(
        "Missing parentheses in call to",
        "",
        Sentence("This is Python 2: write print(…), and run {entry} once in Python 3."),
    ),
    HintRule(
        r"^SyntaxError: invalid (non-printable )?character '?(?P<found>[^' ]+)'? ?\(?U\+"
        r"(FF|300|301|201|00A0|200B|FEFF)",
        "",
        Sentence(
            "{found} is a Chinese or typographic sign that looks like one of Python's: type it "
            "again with the keyboard set to English."
        ),
    ),
    HintRule(
        "^SyntaxError: (Non-UTF-8|.*codec can't decode)",
        "",
        Sentence("Save {entry} in UTF-8: Chinese Windows may have written it in GBK."),
    ),
    HintRule(
        r"^SyntaxError: f-string",
        r"""\b[fF][rR]?(["'])[^"'{}]*\{[^{}]*\1""",
        NEWER_PYTHON,
    ),
    HintRule(
        "^SyntaxError",
        r"^\s*(type\s+\w+\s*(\[[^=]*\])?\s*=|(async\s+)?def\s+\w+\s*\[|class\s+\w+\s*\[)",
        NEWER_PYTHON,
    ),
    HintRule("^SyntaxError", r"""(^|[^\w"'])[tT][rR]?["']""", NEWER_PYTHON),
    HintRule(
        "^SyntaxError",
        r"^(<{7}|={7}|>{7})( |$)",
        Sentence(
            "Git left both versions of these lines here where it could not merge them: keep one, "
            "and delete the lines that begin with <<<<<<<, ======= and >>>>>>>."
        ),
    ),
    HintRule(
        r"^SyntaxError: (expected ':'|'(?P<found>.)' was never closed|unterminated)",
        "",
        Sentence(
            "Python cannot read the file from this line on: end what is open there, a bracket, a "
            "quote or the colon at the end of the line."
        ),
    ),
    HintRule(
        "^SyntaxError",
        "",
        Sentence(
            "Python cannot read this line, so nothing of the file runs: look in it and in the line "
            "above for a bracket, quote or colon that is missing; `python -m py_compile` on the "
            "file shows the place."
        ),
    ),
    HintRule(
        "^(TabError|IndentationError)",
        "",
        Sentence("Indent by spaces alone, four for each level."),
    ),
    HintRule(
        "^SystemExit: exit with 2$|^IndexError",
        r"arg",
        Sentence(
            "{entry} is imported, without a command line: give every argument a default value."
        ),
    ),
    HintRule(
        "^IndexError",
        r"(?i)gpus?\[0\]",
        Sentence("The list of GPUs is empty here: look into it only where it has items."),
    ),
    HintRule(
        "Keras 3 only supports",
        "",
        Sentence(
            "Save the model anew as a .keras file, or read the folder by tf.saved_model.load()."
        ),
    ),
    *ANYWHERE,
)

IN_CALL: tuple[HintRule, ...] = (
    HintRule(
        r"\(\) (missing|takes) \d+ ",
        "",
        Sentence("Define {function}(image) with one parameter; others need a default value."),
    ),
    HintRule(
        "^(AttributeError|TypeError|cv2.error)",
        r"imread|Image\.open",
        Sentence(
            "{function} is given the image itself, not a path to it: leave out what reads a file."
        ),
    ),
    HintRule(
        r"Unexpected type <class 'numpy|pic should be|should be PIL|ndarray' object has no "
        r"attribute '(convert|resize|mode|crop|getbands|width)'",
        "",
        Sentence(
            "{function} is given an array, not a PIL image: begin with "
            "image = Image.fromarray(image[:, :, ::-1])."
        ),
    ),
    *ANYWHERE,
)
