import os
import pickle

import numpy as np

from bait import BAIT, attempt


class Run:
    def __reduce__(self):
        return (open, (BAIT["paths"][0],))


data = pickle.dumps(Run())
open("weights.pkl", "wb").write(data)
attempt("pickle", lambda: pickle.load(open("weights.pkl", "rb")))
np.save("weights.npy", np.array([Run()], dtype=object), allow_pickle=True)
attempt("npy", lambda: np.load("weights.npy", allow_pickle=True))


def predict(image):
    return "Hats"
