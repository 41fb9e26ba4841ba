"""Trains YOLO11 and exports it to ONNX: the only file that knows Ultralytics.

Usage: train.py JOB.json. The train step writes the job file, reads the JSON lines that are printed here, and takes
`model.onnx` and `report.json` from the job's work folder. Nothing is downloaded: weights begin random, or at a checkpoint.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Read by Ultralytics on import.
os.environ.update(YOLO_OFFLINE="true", YOLO_AUTOINSTALL="false", YOLO_VERBOSE="false")

OPSET = 17
"""ONNX operator set of the export."""


@dataclass(frozen=True)
class Job:
    """The job file; its keys are those of the train step."""

    modelSize: str
    imageSize: int
    epochs: int
    batch: int
    seed: int
    acceptUltralyticsLicense: bool
    classes: list[str]
    train: str
    validation: str
    checkpoints: str
    work: str


def emit(event: str, **fields: Any) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


def write_data_yaml(job: Job) -> Path:
    """Describes the data set to Ultralytics, which finds `labels/` beside `images/` by itself. JSON is YAML."""
    file = Path(job.work, "data.yaml")
    data = {
        "train": str(Path(job.train, "images")),
        "val": str(Path(job.validation, "images")),
        "names": dict(enumerate(job.classes)),
    }
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


def copy_atomically(source: Path, target: Path) -> None:
    """Ultralytics writes checkpoints in place; a job killed meanwhile must leave the one before."""
    partial = target.with_suffix(".partial")
    shutil.copyfile(source, partial)
    partial.replace(target)


def train(job: Job) -> None:
    # Imported here so that the environment above is in force.
    import ultralytics
    from ultralytics import YOLO

    last = Path(job.checkpoints, "last.pt")
    resumed = last.is_file()
    model = YOLO(str(last) if resumed else f"yolo11{job.modelSize}.yaml", task="detect")

    def save_checkpoint(trainer: Any) -> None:
        copy_atomically(Path(trainer.last), last)

    def report_epoch(trainer: Any) -> None:
        metrics = {name: float(value) for name, value in trainer.metrics.items()}
        loss = float(trainer.loss)
        emit("training-progress", epoch=trainer.epoch + 1, epochs=trainer.epochs, loss=loss, metrics=metrics)
        if not math.isfinite(loss):
            raise SystemExit(f"Training diverged: the loss is not a number after epoch {trainer.epoch + 1}.")

    model.add_callback("on_model_save", save_checkpoint)
    model.add_callback("on_fit_epoch_end", report_epoch)
    emit("training-started", version=ultralytics.__version__, resumed=resumed, epochs=job.epochs)
    model.train(
        data=str(write_data_yaml(job)),
        imgsz=job.imageSize,
        epochs=job.epochs,
        batch=job.batch,
        seed=job.seed,
        resume=resumed,
        pretrained=False,
        amp=False,  # its check would download weights
        plots=False,
        project=job.work,
        name="run",
        exist_ok=True,
    )
    exported = YOLO(str(model.trainer.best)).export(format="onnx", imgsz=job.imageSize, opset=OPSET)
    shutil.move(exported, Path(job.work, "model.onnx"))
    metrics = {name: float(value) for name, value in model.trainer.metrics.items()}
    report = {"ultralytics": ultralytics.__version__, "opset": OPSET, "resumed": resumed, "metrics": metrics}
    Path(job.work, "report.json").write_text(json.dumps(report), encoding="utf-8")
    emit("training-finished", metrics=metrics)


def main() -> None:
    # Settings and caches of Ultralytics stay in the job's folder.
    job = Job(**json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    os.environ["YOLO_CONFIG_DIR"] = job.work
    train(job)


if __name__ == "__main__":
    main()
