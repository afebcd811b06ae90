"""What the command line says about itself, in the reader's language."""

from __future__ import annotations

import re

import pytest

from grader.cli.main import COMMANDS, main
from grader.cli.parser import language_of

CHINESE = re.compile("[\u4e00-\u9fff]")


@pytest.mark.parametrize("command", ["", "--self-check", *COMMANDS])
def test_all_of_the_help_is_in_the_readers_language(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for language in ("zh", "en"):
        with pytest.raises(SystemExit) as ended:
            main([*command.split(), "--lang", language, "--help"])
        assert ended.value.code == 0
        said = capsys.readouterr().out
        with pytest.raises(SystemExit):
            main(["--lang", language, *command.split(), "--help"])
        assert capsys.readouterr().out == said  # before the command or after it
        options = [line for line in said.splitlines() if re.match(r" +-.* {2}\w", line)]
        assert len(options) >= 3
        for line in [said.splitlines()[0], *options]:
            assert bool(CHINESE.search(line)) == (language == "zh"), line


def test_wrong_words_are_explained_in_the_readers_language(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for words, said in {
        ("--lang", "zh", "--device", "TPU", "x"): "参数 --device：不能是 'TPU'",
        ("--lang=zh",): "缺少以下参数：PATH",
        ("--lang", "en"): "the following arguments are required: PATH",
        ("--lang=zh", "rescore-typo", "--nonsense"): "无法识别的参数：--nonsense",
    }.items():
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 2
        assert said in capsys.readouterr().err


def test_the_language_is_known_before_the_words_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert language_of(["a", "--lang", "en"]) == language_of(["--lang=en"]) == "en"
    assert language_of(["a"]) == language_of(["--lang", "fr"]) == language_of(["--lang"]) == "zh"
