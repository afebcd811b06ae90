from typing import override

import numpy as np

PATHS = {"folder": "results", "file": "best"}
type Answer = str


class Base:
    def read(self, image: np.ndarray) -> Mean:
        raise NotImplementedError


class Mean(Base):
    @override
    def read(self, image: np.ndarray) -> Mean:
        self.x = image.reshape(-1, 3).mean(axis=0) / 255
        return self


class Box[T]:
    def __init__(self, held: T) -> None:
        self.held = held


def first[T](values: list[T]) -> T:
    return values[0]


from more import names

net = np.load(f"{PATHS["folder"]}/{"best" if PATHS["file"] == "best" else "no"}.npz")
print(f"{PATHS["folder"]=} {len(names()):>{PATHS["file"].count("e") + 4}}", "a" f"{'\n'.join("ab")}")


def predict(image) -> Answer:
    x = Mean().read(image).x
    box = Box[int](int((net["weight"] @ x + net["bias"]).argmax()))
    return names()[first([box.held])]
