"""Trains YOLO11 and exports it to ONNX: the only file that knows Ultralytics.

Usage: train.py JOB.json. The train step writes the job file, reads the JSON lines that are printed here, and takes
`model.onnx`, the check of it and `report.json` from the job's work folder. Nothing is downloaded.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from typing import Any, NoReturn

import checkpoint
from job import Job, JobError, floor_fault, training_arguments

OPSET = 17
"""ONNX operator set of the export."""

STOPPED = 143
"""Exit code of a run that SIGTERM ended: all whole epochs are in the checkpoint."""

PROGRESS_SECONDS = 2.0
"""Between two lines that say how far an epoch is."""

LEADER = os.environ.get("RANK", "0") == "0"
"""Whether this is the process that tells; on several GPUs each runs the callbacks."""

AMPERE = 8
"""Compute capability from which GPUs calculate in bfloat16."""

KEPT = ("results.csv", "results.png", "Box*_curve.png", "confusion_matrix*.png", "labels.jpg", "val_batch*.jpg")
"""What Ultralytics draws and writes that is worth keeping."""


def emit(event: str, **fields: object) -> None:
    print(json.dumps({"event": event, **fields}), flush=True)


def give_up(reason: str) -> NoReturn:
    """Ends the run for a reason that a person can do something about; any process of a run may say it."""
    emit("failed", reason=reason)
    raise SystemExit(1)


def prepare(work: Path) -> None:
    """Sets what Ultralytics reads when it is imported: its folders are in `work`, and nothing calls home."""
    settings = work / "settings"
    settings.mkdir(parents=True, exist_ok=True)
    os.environ.update(
        YOLO_OFFLINE="true", YOLO_AUTOINSTALL="false", YOLO_VERBOSE="false", YOLO_CONFIG_DIR=str(settings)
    )
    # Ultralytics would otherwise set it to 1.
    os.environ.setdefault("OMP_NUM_THREADS", str(os.cpu_count() or 1))
    # It would download this font to draw with.
    import matplotlib

    font = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    for folder in (settings, settings / "Ultralytics"):
        folder.mkdir(exist_ok=True)
        for name in ("Arial.ttf", "Arial.Unicode.ttf"):
            shutil.copyfile(font, folder / name)


def data_file(job: Job) -> str:
    """Describes the data to Ultralytics, which finds `labels/` beside `images/` by itself. JSON is YAML."""
    file = Path(job.work, "data.yaml")
    data = {
        "train": str(Path(job.train, "images")),
        "val": str(Path(job.validation, "images")),
        "names": dict(enumerate(job.classes)),
    }
    file.write_text(json.dumps(data), encoding="utf-8")
    return str(file)


def architecture(job: Job) -> str:
    """Name of a model description; `rehearsal` is n with a quarter of its width."""
    if job.model_size != "rehearsal":
        return f"yolo11{job.model_size}.yaml"
    from ultralytics.utils import YAML
    from ultralytics.utils.checks import check_yaml

    description = YAML.load(check_yaml("yolo11.yaml"))
    depth, width, most = description["scales"]["n"]
    description["scales"] = {"n": [depth, width / 4, most]}
    file = Path(job.work, "yolo11n-rehearsal.yaml")
    YAML.save(file, description)
    return str(file)


class Watch:
    """Follows a run through Ultralytics' callbacks: tells, saves, and stops what does not learn."""

    def __init__(self, job: Job, facts: checkpoint.Facts | None) -> None:
        self.job = job
        self.best_map50 = facts.best_map50 if facts else 0.0
        self.resumed_from = (*facts.resumed_from, facts.epoch) if facts else ()
        self.told = 0.0
        self.step = 0

    def batch_end(self, trainer: Any) -> None:
        self.step += 1
        if not LEADER or time.monotonic() - self.told < PROGRESS_SECONDS:
            return
        self.told = time.monotonic()
        steps = len(trainer.train_loader)
        emit("training-progress", epoch=trainer.epoch + 1, epochs=trainer.epochs, step=self.step, steps=steps)
        self.check_losses(trainer)

    def epoch_end(self, trainer: Any) -> None:
        self.step = 0
        self.check_losses(trainer)

    def check_losses(self, trainer: Any) -> None:
        losses = trainer.label_loss_items(trainer.tloss)
        broken = [name for name, value in losses.items() if not math.isfinite(float(value))]
        if broken:
            give_up(
                f"Training diverged: {', '.join(broken)} is not a number in epoch {trainer.epoch + 1}. "
                "Try a smaller learning rate, another optimiser or a larger batch."
            )

    def saved(self, trainer: Any) -> None:
        """An epoch is done: Ultralytics has written its weights and its row."""
        values = {**trainer.label_loss_items(trainer.tloss), **trainer.metrics, **trainer.lr}
        epoch = trainer.epoch + 1
        self.best_map50 = max(self.best_map50, float(trainer.metrics.get("metrics/mAP50(B)", 0.0)))
        facts = checkpoint.Facts(self.job.run, epoch, bool(trainer.stop), self.best_map50, self.resumed_from)
        files = run_files(self.job)
        checkpoint.save(Path(self.job.checkpoints), facts, {name: f for name, f in files.items() if f.exists()})
        # After the checkpoint: a row that a resumed run repeats would be worse than one that the log lacks.
        emit("epoch", epoch=epoch, epochs=trainer.epochs, values={name: float(value) for name, value in values.items()})
        fault = floor_fault(self.best_map50, epoch, self.job.map_floor, self.job.floor_epochs)
        if fault is not None:
            give_up(fault)


def run_files(job: Job) -> dict[str, Path]:
    """The files of a run that a checkpoint holds."""
    folder = Path(job.work, "run")
    return {
        "last.pt": folder / "weights" / "last.pt",
        "best.pt": folder / "weights" / "best.pt",
        "results.csv": folder / "results.csv",
    }


def train(job: Job, facts: checkpoint.Facts | None) -> None:
    """Trains from the checkpoint, or from the job's weights; best weights and rows are then in the work folder."""
    import torch
    from ultralytics import YOLO

    gpus = torch.cuda.device_count()
    bf16 = gpus > 0 and torch.cuda.get_device_capability(0)[0] >= AMPERE
    arguments = training_arguments(job, gpus, bf16)
    watch = Watch(job, facts)
    folder = Path(job.work, "run")
    if facts is None:
        model = YOLO(architecture(job), task="detect")
        arguments |= {"project": job.work, "name": folder.name, "exist_ok": True}
    else:
        model = YOLO(str(run_files(job)["last.pt"]), task="detect")
        # All else stands in the checkpoint.
        arguments = {"resume": True, "device": arguments["device"], "save_dir": str(folder)}
    model.add_callback("on_train_batch_end", watch.batch_end)
    model.add_callback("on_train_epoch_end", watch.epoch_end)
    model.add_callback("on_model_save", watch.saved)
    emit(
        "training-started",
        ultralytics=metadata.version("ultralytics"),
        device=arguments["device"],
        epochs=job.epochs,
        resumedFrom=facts.epoch if facts else None,
    )
    model.train(data=data_file(job), plots=True, **arguments)


def draw_what_is_missing(job: Job, best: Path) -> None:
    """A run that was interrupted after its last epoch: what Ultralytics draws at its end is drawn now."""
    from ultralytics import YOLO
    from ultralytics.utils.plotting import plot_results

    YOLO(str(best)).val(
        data=data_file(job), imgsz=job.image_size, batch=job.batch, plots=True, save_dir=str(Path(job.work, "run"))
    )
    plot_results(file=str(run_files(job)["results.csv"]))


def export(job: Job, best: Path) -> dict[str, object]:
    """Exports to ONNX, and leaves what PyTorch makes of a few validation tiles, for the train step to compare."""
    import cv2
    import numpy as np
    import onnx
    import torch
    from ultralytics import YOLO

    free = job.onnx_batch == "free"
    exported = YOLO(str(best)).export(format="onnx", imgsz=job.image_size, opset=OPSET, dynamic=free, device="cpu")
    files = sorted(file for file in Path(job.validation, "images").rglob("*") if file.is_file())
    images = [cv2.imread(str(file)) for file in files[: 3 if free else 1]]
    side = (job.image_size, job.image_size)
    batch = np.stack([cv2.cvtColor(cv2.resize(image, side), cv2.COLOR_BGR2RGB) for image in images])
    tensor = np.ascontiguousarray(batch.transpose(0, 3, 1, 2), dtype=np.float32) / np.float32(255)
    with torch.no_grad():
        outputs = YOLO(str(best)).model.float().eval()(torch.from_numpy(tensor))
    reference = outputs[0] if isinstance(outputs, (tuple, list)) else outputs
    tensor.tofile(Path(job.work, "check-input.f32"))
    reference.numpy().astype(np.float32).tofile(Path(job.work, "check-output.f32"))
    model = onnx.load(exported)
    if free:
        # Ultralytics frees height and width as well, which no one here has a use for.
        for axis in (2, 3):
            model.graph.input[0].type.tensor_type.shape.dim[axis].dim_value = job.image_size
        model.graph.output[0].type.tensor_type.shape.dim[2].dim_value = reference.shape[2]
    onnx.save(model, str(Path(job.work, "model.onnx")))
    return {"opset": OPSET, "batch": job.onnx_batch, "checkedOn": len(images)}


def environment() -> dict[str, object]:
    """What the run was made with, exactly: the packages as pip would freeze them, Python, CUDA and the driver."""
    import torch

    try:
        query = ["nvidia-smi", "--query-gpu=name,driver_version", "--format=csv,noheader"]
        driver = subprocess.run(query, capture_output=True, text=True, check=True).stdout.strip().splitlines()
    except (OSError, subprocess.CalledProcessError):
        driver = []
    packages = {f"{one.metadata['Name']}=={one.version}" for one in metadata.distributions()}
    return {
        "python": sys.version.split()[0],
        "cuda": torch.version.cuda,
        "gpus": driver,
        "threads": torch.get_num_threads(),
        "packages": sorted(packages, key=str.lower),
    }


def keep(job: Job, best: Path) -> None:
    """Copies what is worth keeping beside the model."""
    output = Path(job.output)
    output.mkdir(parents=True, exist_ok=True)
    for pattern in KEPT:
        for file in Path(job.work, "run").glob(pattern):
            shutil.copyfile(file, output / file.name)
    shutil.copyfile(best, output / "weights.pt")
    (output / "environment.json").write_text(json.dumps(environment(), indent=2) + "\n", encoding="utf-8")


def stop(*_: object) -> NoReturn:
    emit("training-stopped")
    raise SystemExit(STOPPED)


def main() -> None:
    try:
        run(Job.read(Path(sys.argv[1])))
    except ModuleNotFoundError as error:
        give_up(
            f"{sys.executable} lacks {error.name}: install PyTorch and training/requirements.txt there, or name "
            "another Python in DRONE_MLOPS_PYTHON."
        )


def run(job: Job) -> None:
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, stop)
    prepare(Path(job.work))
    facts = checkpoint.load(Path(job.checkpoints), job.run, run_files(job))
    try:
        if facts is None or not facts.finished:
            train(job, facts)
    except JobError as error:
        give_up(str(error))
    # What is left takes seconds: a job that is stopped now finishes.
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, signal.SIG_IGN)
    files = run_files(job)
    best = files["best.pt"] if files["best.pt"].exists() else files["last.pt"]
    if facts is not None and facts.finished:
        emit("training-resumed-at-export", epoch=facts.epoch)
        draw_what_is_missing(job, best)
    onnx = export(job, best)
    keep(job, best)
    resumed_from = [*facts.resumed_from, facts.epoch] if facts else []
    report = {"ultralytics": metadata.version("ultralytics"), "resumedFrom": resumed_from, "onnx": onnx}
    Path(job.work, "report.json").write_text(json.dumps(report), encoding="utf-8")


if __name__ == "__main__":
    main()
