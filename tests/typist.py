"""Commands as a person types them, run in this process."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from oracle_cdc.cli import Origin, main


@dataclass(frozen=True)
class Done:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def report(self) -> Any:
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@dataclass(frozen=True)
class Typist:
    """Who sits in a folder and types."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]

    def type(self, arguments: tuple[str, ...], environment: Mapping[str, str]) -> Done:
        """Run a command in an environment that is added to this process's."""
        with self.monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            code = main(arguments, Origin(directory=self.folder))
        out, err = self.capsys.readouterr()
        return Done(code, out, err)
