"""All of a run in one file: what a kill leaves is a whole epoch, never the weights of one and the rows of another."""

from __future__ import annotations

import io
import json
import os
import tarfile
from dataclasses import asdict, dataclass
from pathlib import Path

FORMAT = "drone-mlops/ultralytics-checkpoint@1"
FACTS = "checkpoint.json"


@dataclass(frozen=True)
class Facts:
    """Where a run stands."""

    run: str
    epoch: int
    """Epochs done."""
    finished: bool
    """Nothing is left to train; the export may be."""
    best_map50: float
    resumed_from: tuple[int, ...]
    """Epochs after which the run was taken up again, in order."""


def save(folder: Path, facts: Facts, files: dict[str, Path]) -> None:
    """Writes a checkpoint of `files` aside and renames it, so that the one before stays whole until then."""
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / "ultralytics.tar.partial"
    with partial.open("wb") as stream:
        with tarfile.open(fileobj=stream, mode="w") as archive:
            text = json.dumps({"format": FORMAT, **asdict(facts)}).encode()
            entry = tarfile.TarInfo(FACTS)
            entry.size = len(text)
            archive.addfile(entry, io.BytesIO(text))
            for name, file in files.items():
                archive.add(file, arcname=name)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(folder / "ultralytics.tar")


def load(folder: Path, run: str, files: dict[str, Path]) -> Facts | None:
    """Puts the files of this run's checkpoint where `files` says; none when it is absent, another run's or damaged."""
    try:
        with tarfile.open(folder / "ultralytics.tar") as archive:
            facts = _facts(archive)
            if facts is None or facts.run != run:
                return None
            for name, file in files.items():
                content = _content(archive, name)
                if content is not None:
                    file.parent.mkdir(parents=True, exist_ok=True)
                    file.write_bytes(content)
            return facts
    except (OSError, tarfile.TarError):
        return None


def _facts(archive: tarfile.TarFile) -> Facts | None:
    given = json.loads(_content(archive, FACTS) or b"{}")
    if given.pop("format", None) != FORMAT:
        return None
    return Facts(**{**given, "resumed_from": tuple(given["resumed_from"])})


def _content(archive: tarfile.TarFile, name: str) -> bytes | None:
    if name not in archive.getnames():
        return None
    stream = archive.extractfile(name)
    return None if stream is None else stream.read()
