"""A checkpoint is whole, is its own run's, or is none."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import checkpoint
import pytest

FACTS = checkpoint.Facts(run="r", epoch=3, finished=False, best_map50=0.25, resumed_from=(1, 2))


def written(folder: Path, **texts: str) -> dict[str, Path]:
    folder.mkdir(exist_ok=True)
    files = {name: folder / name for name in texts}
    for name, text in texts.items():
        files[name].write_text(text, encoding="utf-8")
    return files


def test_what_was_saved_is_put_where_it_is_wanted(tmp_path: Path) -> None:
    checkpoint.save(tmp_path, FACTS, written(tmp_path / "from", last="L", rows="1\n2\n"))
    to = {
        "last": tmp_path / "to" / "weights" / "last",
        "rows": tmp_path / "to" / "rows",
        "best": tmp_path / "to" / "best",
    }
    assert checkpoint.load(tmp_path, "r", to) == FACTS
    assert to["last"].read_text(encoding="utf-8") == "L"
    assert to["rows"].read_text(encoding="utf-8") == "1\n2\n"
    assert not to["best"].exists()
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["ultralytics.tar"]


@pytest.mark.parametrize("spoil", ["absent", "other run", "cut short", "not a checkpoint"])
def test_a_checkpoint_that_is_not_this_runs_is_none_and_puts_nothing(tmp_path: Path, spoil: str) -> None:
    file = tmp_path / "ultralytics.tar"
    if spoil != "absent":
        facts = replace(FACTS, run="another") if spoil == "other run" else FACTS
        checkpoint.save(tmp_path, facts, written(tmp_path / "from", last="L" * 5000))
    if spoil == "cut short":
        file.write_bytes(file.read_bytes()[:700])
    if spoil == "not a checkpoint":
        file.write_bytes(b"?" * 2000)
    assert checkpoint.load(tmp_path, "r", {"last": tmp_path / "to"}) is None
    assert not (tmp_path / "to").exists()


def test_a_process_killed_while_it_saves_leaves_the_checkpoint_before(tmp_path: Path) -> None:
    # GIVEN a process that saves one epoch after another, each with files that name it
    script = """
import sys
from pathlib import Path
import checkpoint
folder = Path(sys.argv[1])
for epoch in range(1, 100_000):
    files = {name: folder / f"new-{name}" for name in ("last", "best")}
    for file in files.values():
        file.write_text(str(epoch) * 100_000)
    checkpoint.save(folder, checkpoint.Facts("r", epoch, False, 0.0, ()), files)
    print(epoch, flush=True)
"""
    for wait in (0.0, 0.01, 0.03):
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        child = subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, env=environment, text=True
        )
        assert child.stdout is not None
        child.stdout.readline()
        time.sleep(wait)
        # WHEN
        child.send_signal(signal.SIGKILL)
        child.wait()
        # THEN what is there is of one epoch
        to = {name: tmp_path / f"to-{name}" for name in ("last", "best")}
        facts = checkpoint.load(tmp_path, "r", to)
        assert facts is not None
        assert {file.read_text(encoding="utf-8") for file in to.values()} == {str(facts.epoch) * 100_000}
