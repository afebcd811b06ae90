"""Exported models are named by the names of their files."""

from __future__ import annotations

from pathlib import Path

from grader.examine.exported_models import exported, named


def test_exported_models_are_named_once_each(tmp_path: Path) -> None:
    names = ("net.onnx", "phone/NET.TFLITE", "phone/net.ms", "net.mindir", "net.pth", "main.py")
    for name in (
        *names,
        "served/saved_model.pb",
        "served/variables/a.index",
        "served/keras_metadata.pb",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    (finding,) = named(exported(tmp_path))
    assert finding.facts["names"] == (
        "net.mindir (MindIR); net.onnx (ONNX); phone/NET.TFLITE (TFLite); "
        "phone/net.ms (MindSpore Lite), which nothing here opens; served (SavedModel)"
    )


def test_without_any_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "net.pth").write_bytes(b"")
    assert named(exported(tmp_path)) == []
