from .推理 import predict

__all__ = ["predict"]
