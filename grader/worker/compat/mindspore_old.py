"""What MindSpore 1.x had and 2.x has no more, for submissions of those years."""

from __future__ import annotations

import functools
import importlib
import multiprocessing
import operator
from types import ModuleType
from typing import Any, Callable

from ..audit import Observer
from ..hooks import AfterImportFinder, PutBackFinder
from ..text import text_of
from .old_names import offer

Use = Callable[[str], None]


def put_back(
    finder: PutBackFinder, after: AfterImportFinder, observer: Observer, device: str, use: Use
) -> None:
    """Offer again what 2.x dropped; where a release still has it, the release's own is used."""
    for name, sources, changed in _MODULES:
        finder.offer(name, functools.partial(_fill, sources=sources, changed=changed, use=use))
    after.when("mindspore.dataset", functools.partial(_data_sets, use=use))
    after.when("mindspore.dataset.core.validator_helpers", functools.partial(_workers, use=use))
    after.when("mindspore.dataset.engine.iterators", functools.partial(_get_next, use=use))
    after.when("mindspore.dataset.engine.datasets", _fewer_workers)
    after.when("mindspore.common.parameter", functools.partial(_set_parameter, use=use))
    after.when("mindspore.nn.loss.loss", functools.partial(_loss, use=use))
    after.when("mindspore.common.api", functools.partial(_jit, use=use))
    after.when("mindspore.nn", functools.partial(_loss_gradient, use=use))
    after.when("mindspore.train.serialization", functools.partial(_not_loaded, use=use))
    after.when(
        "mindspore",
        functools.partial(_functions, observer=observer, device=device, use=use),
    )


# Modules: name, where its contents live now, and what of them takes other arguments than before.
_VISION = "mindspore.dataset.vision"
_TRANSFORMS = "mindspore.dataset.transforms"
_PYTHON_CHANGES = {"Decode": {"to_pil": True}, "Normalize": {"is_hwc": False}}
_MODULES: tuple[tuple[str, tuple[str, ...], dict[str, dict[str, Any]]], ...] = (
    (_VISION + ".c_transforms", (_VISION,), {}),
    (_VISION + ".py_transforms", (_VISION, _TRANSFORMS), _PYTHON_CHANGES),
    (_TRANSFORMS + ".c_transforms", (_TRANSFORMS,), {}),
    (_TRANSFORMS + ".py_transforms", (_TRANSFORMS,), {}),
    (_TRANSFORMS + ".vision", (_VISION,), {}),
    (_TRANSFORMS + ".vision.c_transforms", (_VISION,), {}),
    (_TRANSFORMS + ".vision.py_transforms", (_VISION, _TRANSFORMS), _PYTHON_CHANGES),
)


def _fill(
    module: ModuleType,
    sources: tuple[str, ...],
    changed: dict[str, dict[str, Any]],
    use: Use,
) -> None:
    """Make the module give what its successors have, with the defaults of old."""
    use(module.__name__)
    for source in reversed(sources):
        for name, value in vars(importlib.import_module(source)).items():
            if not name.startswith("_") and not isinstance(value, ModuleType):
                setattr(module, name, value)
    for name, defaults in changed.items():
        setattr(module, name, _with_defaults(getattr(module, name), defaults))


def _with_defaults(kind: Any, defaults: dict[str, Any]) -> Any:
    def __init__(self: Any, *arguments: Any, **options: Any) -> None:  # noqa: N807
        kind.__init__(self, *arguments, **dict(defaults, **options))

    return type(kind.__name__, (kind,), {"__init__": __init__, "__doc__": kind.__doc__})


def _data_sets(dataset: ModuleType, use: Use) -> None:
    """Names of data sets that changed, and packages that were there without being imported."""
    for old, new in (("ImageFolderDatasetV2", "ImageFolderDataset"),):
        if not hasattr(dataset, old) and hasattr(dataset, new):
            offer(dataset, {old: operator.attrgetter(new)}, use)
    for name, inner in (("vision", _VISION), ("transforms", _TRANSFORMS)):
        package = getattr(dataset, name, None)
        if package is not None:
            parts = {
                part: functools.partial(_module, f"{inner}.{part}")
                for part in ("c_transforms", "py_transforms")
                if not hasattr(package, part)
            }
            offer(package, parts, use)


def _module(name: str, parent: ModuleType) -> ModuleType:
    return importlib.import_module(name)


def _workers(helpers: ModuleType, use: Use) -> None:
    """More parallel workers than there are cores were an error only from some release on."""
    check = helpers.check_num_parallel_workers
    cores = multiprocessing.cpu_count()

    def check_num_parallel_workers(value: Any) -> None:
        if type(value) is int and value > cores:
            use("num_parallel_workers")
            value = cores
        check(value)

    helpers.check_num_parallel_workers = check_num_parallel_workers  # type: ignore[attr-defined]


def _fewer_workers(datasets: ModuleType) -> None:
    """Data sets take as many workers as there are cores, where more were asked for."""
    original = datasets.Dataset.__init__
    cores = multiprocessing.cpu_count()

    @functools.wraps(original)
    def __init__(  # noqa: N807
        self: Any, children: Any = None, num_parallel_workers: Any = None, cache: Any = None
    ) -> None:
        if type(num_parallel_workers) is int:
            num_parallel_workers = min(num_parallel_workers, cores)
        original(self, children, num_parallel_workers, cache)

    datasets.Dataset.__init__ = __init__


def _get_next(iterators: ModuleType, use: Use) -> None:
    """`iterator.get_next()` is `next(iterator)`."""

    def get_next(self: Any) -> Any:
        use("Iterator.get_next")
        return self.__next__()

    if not hasattr(iterators.Iterator, "get_next"):
        iterators.Iterator.get_next = get_next


class _NotLoaded(tuple):  # type: ignore[type-arg]
    """Two lists, as `load_param_into_net` gives since 2.0; asked whether it is empty, how long it
    is or whether it is a list, it answers as the one list did that 1.x gave.
    """

    use: Use

    def __bool__(self) -> bool:
        self.use("load_param_into_net(…) as one list")
        return bool(self[0])

    def __len__(self) -> int:
        self.use("load_param_into_net(…) as one list")
        return len(self[0])

    def __eq__(self, other: object) -> bool:
        if isinstance(other, list):
            self.use("load_param_into_net(…) as one list")
            return bool(self[0] == other)
        return tuple.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__


def _not_loaded(serialization: ModuleType, use: Use) -> None:
    """`assert not load_param_into_net(net, parameters)` holds where all are loaded."""
    original = serialization.load_param_into_net

    @functools.wraps(original)
    def load_param_into_net(*arguments: Any, **options: Any) -> Any:
        result = original(*arguments, **options)
        if type(result) is not tuple or len(result) != 2:
            return result
        told = _NotLoaded(result)
        told.use = use
        return told

    serialization.load_param_into_net = load_param_into_net  # type: ignore[attr-defined]


def _loss_gradient(nn: ModuleType, use: Use) -> None:
    """`SoftmaxCrossEntropyWithLogits(is_grad=...)`: the argument of 1.0 says nothing today."""
    original = nn.SoftmaxCrossEntropyWithLogits.__init__

    @functools.wraps(original)
    def __init__(self: Any, *arguments: Any, **options: Any) -> None:  # noqa: N807
        if "is_grad" in options:
            try:
                original(self, *arguments, **options)
                return
            except TypeError:
                use("SoftmaxCrossEntropyWithLogits(is_grad=)")
                del options["is_grad"]
        original(self, *arguments, **options)

    nn.SoftmaxCrossEntropyWithLogits.__init__ = __init__


def _set_parameter(parameters: ModuleType, use: Use) -> None:
    """`Parameter.set_parameter_data` was renamed to `set_data`."""

    def set_parameter_data(self: Any, *arguments: Any, **options: Any) -> Any:
        use("Parameter.set_parameter_data")
        return self.set_data(*arguments, **options)

    if not hasattr(parameters.Parameter, "set_parameter_data"):
        parameters.Parameter.set_parameter_data = set_parameter_data


def _loss(losses: ModuleType, use: Use) -> None:
    """The base class of losses was called `Loss` before it was `LossBase`."""
    if not hasattr(losses, "Loss"):
        offer(losses, {"Loss": operator.attrgetter("LossBase")}, use)


def _jit(module: ModuleType, use: Use) -> None:
    """`ms_function` was renamed to `jit`."""
    if not hasattr(module, "ms_function"):
        jit = {"ms_function": lambda module: importlib.import_module("mindspore").jit}
        offer(module, jit, use)


# Settings of 1.x that no longer exist and never changed a result.
_SETTINGS_GONE = {
    *("enable_task_sink", "enable_loop_sink", "enable_mem_reuse", "enable_dynamic_memory"),
    *("enable_gpu_summary", "enable_auto_mixed_precision", "enable_graph_kernel", "check_bprop"),
    *("save_ms_model", "save_ms_model_path", "enable_sparse", "enable_dump", "save_dump_path"),
    *("enable_profiling", "profiling_options", "enable_reduce_precision", "save_graphs"),
    *("save_graphs_path", "variable_memory_max_size", "print_file_path", "max_device_memory"),
}


def _functions(mindspore: ModuleType, observer: Observer, device: str, use: Use) -> None:
    """`ms_function` is `jit`; `set_context` takes what it took."""
    _jit(mindspore, use)
    _jit(mindspore.common, use)
    tolerant = _tolerant(mindspore.set_context, observer, device, use)
    mindspore.set_context = tolerant  # type: ignore[attr-defined]
    mindspore.context.set_context = tolerant


def _tolerant(
    set_context: Callable[..., None], observer: Observer, device: str, use: Use
) -> Callable[..., None]:
    """`set_context` that leaves out settings which are gone.

    A device is changed in one case only: the submission first asked for nvidia-smi and found it,
    though MindSpore itself was built without GPU. Any other device that is not there is an error.
    """

    @functools.wraps(set_context)
    def tolerant(**settings: Any) -> None:
        for _ in range(len(settings) + 1):
            try:
                set_context(**settings)
                return
            except ValueError as error:
                gone = [n for n in settings if n in _SETTINGS_GONE and n in text_of(error)]
                if not gone:
                    raise
                for name in gone:
                    use(f"set_context({name}=)")
                    del settings[name]
            except RuntimeError:
                asked = settings.get("device_target")
                if asked != "GPU" or device == "GPU" or not observer.asked_for("nvidia-smi"):
                    raise
                use("set_context(device_target='GPU') after asking for nvidia-smi")
                settings["device_target"] = device

    return tolerant
