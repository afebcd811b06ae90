"""Recipes: how each runtime is made, with every version pinned.

The order of RECIPES is the order in which a submission's runtime is looked for.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Recipe:
    """What goes into one runtime.

    framework: top-level package whose presence makes an interpreter this runtime.
    beside: further top-level packages that come with the framework and belong to it alone.
    pythons: versions of CPython that it runs on, the preferred one first.
    requirements: for pip, exact.
    gpu: further requirements for CUDA; installed where an NVIDIA GPU is found, or on demand.
    libraries: folders, as patterns below site-packages, that the loader must search
        (LD_LIBRARY_PATH), because the wheel does not know where pip puts NVIDIA's libraries.
    quiet: variables that keep what is known and harmless out of students' logs.
    onednn: whether its convolutions depend on the setting that `tuning` measures.
    cpu: what is taken instead of requirements of the same names where no GPU is wanted and the
        registry has it: builds without CUDA's libraries.
    gigabytes: that it takes on the disk, as measured, and `cpu_gigabytes` of them with `cpu`.
    """

    name: str
    framework: str
    pythons: tuple[str, ...]
    requirements: tuple[str, ...]
    beside: tuple[str, ...] = ()
    gpu: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    quiet: tuple[tuple[str, str], ...] = ()
    onednn: bool = False
    cpu: tuple[str, ...] = ()
    gigabytes: float = 0.0
    cpu_gigabytes: float = 0.0

    @property
    def offers(self) -> tuple[str, ...]:
        """Top-level packages for whose sake somebody would add this runtime."""
        return (self.framework, *self.beside)


# What submissions import beside a framework (counted over 30 submissions: cv2 15, PIL 16, easydict
# 10, matplotlib 9, tqdm 5), in the versions that run together on CPython 3.11 and 3.12. A
# submission that only draws a confusion matrix by seaborn after training is not to fail for want of
# it.
FRIENDS = (
    "easydict==1.14",
    "imageio==2.38.1",
    "matplotlib==3.11.2",
    "numpy==2.4.6",
    "opencv-python-headless==4.14.0.94",  # 5 has no HOGDescriptor, no CascadeClassifier, …
    "pandas==3.1.1",
    "pillow==13.0.0",
    "pyyaml==6.0.3",
    "requests==2.34.2",
    "scikit-image==0.26.0",
    "scikit-learn==1.9.1",
    "scipy==1.17.1",
    "seaborn==0.13.2",
    "tqdm==4.70.1",
)

# MindSpore 2.10 with NumPy 2: mindspore.dataset fails on scalar labels (np.array(copy=False)), and
# a student would be blamed. These are the last that run with NumPy 1.
WITH_NUMPY_1 = {
    "numpy": "numpy==1.26.4",
    "opencv-python-headless": "opencv-python-headless==4.11.0.86",
    "pandas": "pandas==2.3.3",
}
FRIENDS_WITH_NUMPY_1 = tuple(
    WITH_NUMPY_1.get(friend.partition("==")[0], friend) for friend in FRIENDS
)

# CUDA 11 as MindSpore's wheels want it: readelf -d of libmindspore_gpu names libcublas.so.11,
# libcudnn.so.8, libcufft.so.10, libcurand.so.10, libcusolver.so.11, libcusparse.so.11. Not
# verified on hardware.
CUDA_11 = (
    "nvidia-cublas-cu11==11.11.3.6",
    "nvidia-cuda-nvrtc-cu11==11.8.89",
    "nvidia-cuda-runtime-cu11==11.8.89",
    "nvidia-cudnn-cu11==8.9.6.50",
    "nvidia-cufft-cu11==10.9.0.58",
    "nvidia-curand-cu11==10.3.0.86",
    "nvidia-cusolver-cu11==11.4.1.48",
    "nvidia-cusparse-cu11==11.7.5.86",
)

RECIPES = (
    Recipe(
        name="mindspore",
        framework="mindspore",
        pythons=("3.11", "3.12", "3.10"),
        requirements=("mindspore==2.10.0", *FRIENDS_WITH_NUMPY_1),
        gpu=CUDA_11,
        libraries=("nvidia/*/lib",),
        onednn=True,
        gigabytes=3.0,
    ),
    Recipe(
        name="mindspore1",
        framework="mindspore",
        pythons=("3.9", "3.8", "3.7"),
        requirements=(
            "mindspore-gpu==1.10.0",
            "easydict==1.14",
            "matplotlib==3.7.5",
            "numpy==1.23.5",
            # libmindspore.so itself is linked to libcudart.so.11.0, also for CPU
            "nvidia-cuda-runtime-cu11==11.8.89",
            "opencv-python-headless==4.8.1.78",
            "pandas==1.5.3",
            "pillow==9.5.0",
            "protobuf==3.20.3",
            "pyyaml==6.0.3",
            "scikit-learn==1.2.2",
            "scipy==1.9.3",
            "seaborn==0.12.2",
            "tqdm==4.70.1",
        ),
        gpu=CUDA_11,
        libraries=("nvidia/*/lib",),
        # 1.x logs a page of errors about CUDA at import, on CPU too; 4 leaves critical ones only
        quiet=(("GLOG_v", "4"),),
        gigabytes=1.4,
    ),
    Recipe(
        name="torch",
        framework="torch",
        pythons=("3.11", "3.12", "3.10"),
        requirements=(
            "torch==2.14.1",
            "torchvision==0.29.1",
            "einops==0.8.2",
            "onnxruntime==1.32.0",
            "tensorboard==2.21.0",  # torch.utils.tensorboard
            "thop==0.1.1.post2209072238",
            "timm==1.0.31",
            "torchinfo==1.8.0",
            "torchsummary==1.5.1",
            "ttach==0.0.3",
            *FRIENDS,
        ),
        beside=(
            "torchvision",
            "timm",
            "torchinfo",
            "torchsummary",
            "thop",
            "ttach",
            "einops",
            "onnxruntime",
        ),
        cpu=("torch==2.14.1+cpu", "torchvision==0.29.1+cpu"),
        gigabytes=6.2,
        cpu_gigabytes=2.0,
    ),
    Recipe(
        name="tensorflow",
        framework="tensorflow",
        pythons=("3.11", "3.12", "3.10"),
        # Keras 2 as tf-keras: Keras 3 does not read the networks that it saved
        requirements=("tensorflow-cpu==2.21.0", "tf-keras==2.21.0", *FRIENDS),
        beside=("keras", "tf_keras"),
        quiet=(("TF_CPP_MIN_LOG_LEVEL", "2"),),
        gigabytes=2.7,
    ),
)

BY_NAME = {recipe.name: recipe for recipe in RECIPES}
ORDER = tuple(recipe.name for recipe in RECIPES)
