"""PyTorch."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import Any, Iterator

import numpy as np

from .base import Framework, same_sizes
from .functions import Function, Watch
from .values import NetworkParameter, Training


class Torch(Framework):
    """Networks are `torch.nn.Module`s."""

    name = "torch"
    norm_names = {  # noqa: RUF012
        "gamma": "weight",
        "beta": "bias",
        "mean": "running_mean",
        "variance": "running_var",
    }

    def __init__(self) -> None:
        self._torch: Any = sys.modules["torch"]

    def network_type(self) -> type:
        """`torch.nn.Module`."""
        kind: type = self._torch.nn.Module
        return kind

    def is_container(self, layer: Any) -> bool:
        """Modules of the submission's own, and sequences and lists of modules."""
        nn = self._torch.nn
        own = not f"{type(layer).__module__}.".startswith("torch.")
        return own or isinstance(layer, (nn.Sequential, nn.ModuleList, nn.ModuleDict))

    def parameters(self, network: Any) -> list[NetworkParameter]:
        """Trainable parameters by `named_parameters`."""
        return [
            NetworkParameter(str(name), tuple(int(size) for size in item.shape), item)
            for name, item in network.named_parameters()
            if item.requires_grad
        ]

    def names(self, network: Any) -> dict[int, str]:
        """Modules by `named_modules`."""
        return {id(module): name for name, module in network.named_modules()}

    def forward(self, network: Any, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """One pass after `eval()`, without gradients, where the network's weights are."""
        network.eval()
        with self._torch.no_grad():
            return self.output(network(self._given(network, array)))

    def _given(self, network: Any, array: np.ndarray[Any, Any]) -> Any:
        """A tensor where the network's weights are, of their kind: all numbers of a submission may
        be of float64.
        """
        given = self._torch.from_numpy(np.array(array))
        first = next(iter(network.parameters()), None)
        if first is None:
            return given
        alike = given.is_floating_point() and first.is_floating_point()
        return given.to(first.device, first.dtype if alike else given.dtype)

    def array(self, value: Any) -> np.ndarray[Any, Any] | None:
        """Values of a Tensor; as float32 where NumPy lacks their kind of number."""
        if not isinstance(value, self._torch.Tensor):
            return None
        plain = value.detach().cpu()
        try:
            values: np.ndarray[Any, Any] = plain.numpy()
        except (TypeError, RuntimeError):  # bfloat16, quantised, sparse
            dense = plain.dequantize() if plain.is_quantized else plain.to_dense()
            values = dense.float().numpy()
        return values

    def like(self, values: np.ndarray[Any, Any], other: Any) -> Any:
        """A tensor where `other` is."""
        if not isinstance(other, self._torch.Tensor):
            return values
        made = self._torch.from_numpy(np.array(values))
        whole = made if not other.is_floating_point() else made.to(other.dtype)
        return whole.to(other.device)

    def identity(self, value: Any) -> int:
        """By where its numbers begin, which views have in common."""
        try:
            return int(value.data_ptr())
        except (AttributeError, RuntimeError):  # no tensor, or one without a place of its own
            return id(value)

    @contextmanager
    def functions_watched(self, watch: Watch) -> Iterator[None]:
        """By a mode for all functions of tensors, which PyTorch has since 1.13."""
        mode: Any = getattr(getattr(self._torch, "overrides", None), "TorchFunctionMode", None)
        if mode is None:
            yield
            return

        class Seen(mode):  # type: ignore[misc]
            def __torch_function__(
                self, function: Any, types: Any, arguments: Any = (), options: Any = None
            ) -> Any:
                options = options or {}
                name = getattr(function, "__name__", "")
                return watch(name, arguments, options, lambda: function(*arguments, **options))

        with Seen():
            yield

    def holds_weights(self, network: Any) -> bool:
        """Frozen ones, too."""
        return next(iter(network.parameters()), None) is not None

    def in_training(self, network: Any, options: dict[str, Any]) -> tuple[int, int]:
        """By the modules' own `training`; those of TorchScript keep their names."""
        at_it = [
            (getattr(module, "original_name", type(module).__name__), module)
            for module in network.modules()
            if module.training
        ]
        base = self._torch.nn.modules.batchnorm._BatchNorm
        norms = [
            module
            for name, module in at_it
            if ("BatchNorm" in name or isinstance(module, base))
            and getattr(module, "running_mean", None) is not None
        ]
        drops = sum(
            "Dropout" in name and bool(getattr(module, "p", True)) for name, module in at_it
        )
        return len(norms), drops

    def settle(self, network: Any, options: dict[str, Any]) -> dict[str, Any]:
        """By `eval`."""
        network.eval()
        return options

    def stored(self, network: Any) -> Iterator[tuple[str, np.ndarray[Any, Any]]]:
        """The state dictionary."""
        for name, value in network.state_dict().items():
            values = self.array(value)
            if values is not None:
                yield str(name), values

    def weight(self, layer: Any) -> np.ndarray[Any, Any] | None:
        """The parameter `weight`."""
        return self.array(_weight_of(layer))

    def bias(self, layer: Any) -> np.ndarray[Any, Any] | None:
        """The parameter `bias`."""
        return self.array(getattr(layer, "bias", None))

    def set_weight(self, layer: Any, values: np.ndarray[Any, Any]) -> None:
        """In place, without gradients."""
        self._put(_weight_of(layer), same_sizes(self.weight(layer), values))

    def set_bias(self, layer: Any, values: np.ndarray[Any, Any]) -> None:
        """In place, without gradients."""
        self._put(getattr(layer, "bias", None), same_sizes(self.bias(layer), values))

    def _put(self, place: Any, values: np.ndarray[Any, Any]) -> None:
        with self._torch.no_grad():
            place.copy_(self._torch.from_numpy(values))

    def load(self, network: Any, path: str) -> int:
        """A state dictionary or a whole network, alone or below a key that says so."""
        values = self._torch.load(path, map_location="cpu", weights_only=False)
        for key in ("state_dict", "model_state_dict", "model", "net"):
            if isinstance(values, dict) and key in values:
                values = values[key]
        values = values.state_dict() if hasattr(values, "state_dict") else values
        fitting = self.fitting(network, values)
        network.load_state_dict(fitting, strict=False)
        return len(fitting)

    def train(
        self,
        network: Any,
        images: np.ndarray[Any, Any],
        labels: np.ndarray[Any, Any],
        plan: Training,
    ) -> list[float]:
        """Plain descent, as `torch.optim.SGD` without momentum takes it, and without it: the first
        optimizer of a process imports PyTorch's compiler, 1.5 s.
        """
        torch = self._torch
        weights = list(network.parameters())
        network.train()
        losses = []
        for at in plan.batches(len(images)):
            with torch.enable_grad():  # which a submission may have switched off for all it does
                made = network(self._given(network, images[at]))
                wanted = torch.from_numpy(labels[at].astype(np.int64)).to(made.device)
                loss = torch.nn.functional.cross_entropy(made, wanted)
                network.zero_grad()
                loss.backward()
            with torch.no_grad():
                for weight in weights:
                    if weight.grad is not None:
                        weight.add_(weight.grad, alpha=-plan.rate)
            losses.append(float(loss.detach()))
        network.eval()
        return losses


def _weight_of(layer: Any) -> Any:
    """Its weights, (out, in, ...)."""
    weight: Any = getattr(layer, "weight", None)
    return weight.t() if isinstance(layer, Function) and layer.turned else weight
