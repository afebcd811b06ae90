"""Networks that an assignment asks for beside its function: LeNet5, or any of the teacher's."""

from __future__ import annotations

from math import prod
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from grader.evidence import Document
from grader.expectations import WrongError
from grader.language import Sentence

Sizes = Annotated[tuple[Annotated[int, Field(ge=1, le=100_000)], ...], Field(max_length=6)]
LAYER_KINDS = (
    *("convolution", "transposed-convolution", "dense", "max-pool", "average-pool"),
    *("global-average-pool", "batch-norm", "layer-norm", "group-norm", "add", "concatenate"),
    *("embedding", "lstm", "gru", "attention", "other"),
)
ACTIVATIONS = (
    *("relu", "tanh", "sigmoid", "leaky-relu", "relu6", "softmax", "log-softmax", "none"),
)
MOST_INPUT_NUMBERS = 1_000_000  # of one input


class AskedLayer(Document):
    """One layer that a network is to have: what may stand in its place, in the order of execution.

    Activations, dropout, flattening and padding are no layers of their own here.
    """

    name: str = Field("", max_length=100)
    """What the pages call it, such as `C1`."""
    kinds: tuple[str, ...] = Field(min_length=1)
    """Kinds of layers that may play it: convolution, transposed-convolution, dense, max-pool,
    average-pool, global-average-pool, batch-norm, layer-norm, group-norm, add, concatenate,
    embedding, lstm, gru, attention, other."""
    weights: tuple[Sizes, ...] = ()
    """Sizes that its weights may have: [out, in, height, width], of dense layers [out, in]; any
    where it is left out."""
    outputs: tuple[Sizes, ...] = ()
    """Sizes that what it makes of one input may have, channels first; any where it is left out."""
    followed_by: tuple[str, ...] = ()
    """Activations that may follow it: relu, tanh, sigmoid, leaky-relu, relu6, softmax,
    log-softmax, none; any where it is left out."""
    needs_bias: bool = False
    """Whether it has biases, where it is a dense layer."""
    parameters: int = Field(0, ge=0)
    """Single weights that it has, where it is neither a convolution nor dense; any where it is
    0."""


class AskedNetwork(Document):
    """A network that submissions build: a class or function without arguments that must be given.

    What it is to be is said by a reference that the teacher has written, in any of the frameworks,
    or by a table of layers; by neither, and it only has to be there, run and learn.
    """

    name: str = Field(pattern=r"^[A-Za-z_]\w*$", max_length=100)
    """Name of its class, or of the function that builds it."""
    input: Sizes = Field(min_length=1)
    """Sizes of one input: [channels, height, width], or [numbers]."""
    also: tuple[Sizes, ...] = ()
    """Other inputs that are tried where it does not take that one, and are told."""
    outputs: int = Field(10, ge=1, le=100_000)
    """Numbers that it makes of one input."""
    reference: str = Field("", max_length=300)
    """Python file in a folder beside this file, such as "networks/resnet18.py", that has it under
    the same name: its layers are compared, and what both compute with the same weights."""
    layers: tuple[AskedLayer, ...] = Field((), max_length=600)
    """Its layers: tables [[networks.layers]] of name, kinds, weights, outputs, followed_by."""
    feed_forward: tuple[Annotated[int, Field(ge=1, le=10_000_000)], ...] = Field((), max_length=20)
    """Widths of a plain feed-forward network of the same accuracy, such as [784, 800, 10], whose
    weights and multiply-adds stand beside its own on the pages."""

    @field_validator("input")
    @classmethod
    def _of_a_size(cls, sizes: Sizes) -> Sizes:
        if prod(sizes) > MOST_INPUT_NUMBERS:
            facts = {"found": str(prod(sizes)), "most": str(MOST_INPUT_NUMBERS)}
            raise WrongError(Sentence("an input of {found} numbers; at most {most}", facts))
        return sizes

    @field_validator("also")
    @classmethod
    def _each_of_a_size(cls, also: tuple[Sizes, ...]) -> tuple[Sizes, ...]:
        return tuple(cls._of_a_size(sizes) for sizes in also)

    @field_validator("layers")
    @classmethod
    def _of_known_kinds(cls, layers: tuple[AskedLayer, ...]) -> tuple[AskedLayer, ...]:
        """In a table: a reference's layers are what the frameworks call them."""
        for layer in layers:
            for words, known in ((layer.kinds, LAYER_KINDS), (layer.followed_by, ACTIVATIONS)):
                unknown = [word for word in words if word not in known]
                if unknown:
                    facts = {"found": unknown[0], "known": ", ".join(known)}
                    raise WrongError(Sentence("found {found}; expected one of {known}", facts))
        return layers

    @field_validator("reference")
    @classmethod
    def _beside(cls, reference: str) -> str:
        """In a folder of its own, as all of that goes where the reference runs."""
        path = PurePosixPath(reference)
        inside = len(path.parts) > 1 and ".." not in path.parts and not path.is_absolute()
        if reference and not (inside and path.suffix == ".py" and "\\" not in reference):
            raise WrongError(
                Sentence(
                    "{reference}: expected a .py file in a folder beside this file, such as "
                    "networks/net.py",
                    {"reference": reference},
                )
            )
        return reference

    @model_validator(mode="after")
    def _said_once(self) -> AskedNetwork:
        if self.reference and self.layers:
            said = Sentence("{name}: a reference or layers, not both", {"name": self.name})
            raise WrongError(said, "reference")
        return self

    @property
    def inputs(self) -> tuple[tuple[int, ...], ...]:
        """Sizes of one input, in the order in which they are tried: images also with channels
        last, as networks that turn them themselves take them.
        """
        turned = ((*self.input[1:], self.input[0]),) if len(self.input) == 3 else ()
        return tuple(dict.fromkeys((self.input, *self.also, *turned)))

    @property
    def is_lenet5(self) -> bool:
        """Whether it is LeNet5 as the lecture builds it, of which more is known."""
        return self.layers == LENET5_LAYERS


_BENT, _FREE = ("relu", "tanh"), ("relu", "tanh", "none")
_POOLS = ("max-pool", "average-pool")

# LeCun et al. 1998 as the lecture builds it. Biases in the convolutions are left to the framework.
LENET5_LAYERS = (
    AskedLayer(
        name="C1",
        kinds=("convolution",),
        weights=((6, 1, 5, 5),),
        outputs=((6, 28, 28),),
        followed_by=_BENT,
    ),
    AskedLayer(name="S2", kinds=_POOLS, outputs=((6, 14, 14),)),
    AskedLayer(
        name="C3",
        kinds=("convolution",),
        weights=((16, 6, 5, 5),),
        outputs=((16, 10, 10),),
        followed_by=_BENT,
    ),
    AskedLayer(name="S4", kinds=_POOLS, outputs=((16, 5, 5),)),
    AskedLayer(
        name="C5",
        kinds=("dense", "convolution"),
        weights=((120, 400), (120, 16, 5, 5)),
        outputs=((120,), (120, 1, 1)),
        followed_by=_FREE,
        needs_bias=True,
    ),
    AskedLayer(
        name="F6",
        kinds=("dense",),
        weights=((84, 120),),
        outputs=((84,),),
        followed_by=_FREE,
        needs_bias=True,
    ),
    AskedLayer(
        name="F7",
        kinds=("dense",),
        weights=((10, 84),),
        outputs=((10,),),
        followed_by=("none",),
        needs_bias=True,
    ),
)


def lenet5(name: str) -> AskedNetwork:
    """LeNet5, under the name that the assignment gives it.

    Its feed-forward counterpart: 800 hidden units reach 0.7 % errors on MNIST with elastic
    distortions (Simard, Steinkraus, Platt 2003), LeNet5 0.8 % with distortions (LeCun et al. 1998).
    """
    return AskedNetwork.model_construct(
        name=name,
        input=(1, 32, 32),
        also=((1, 28, 28), (3, 32, 32), (32, 32, 1), (28, 28, 1), (1024,), (784,)),
        outputs=10,
        reference="",
        layers=LENET5_LAYERS,
        feed_forward=(784, 800, 10),
    )
