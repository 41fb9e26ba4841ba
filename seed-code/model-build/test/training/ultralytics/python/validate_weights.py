"""What Ultralytics' own validation says of weights: the witness for our evaluation of their ONNX.

Usage: validate_weights.py WEIGHTS.pt CHANNEL CLASSES.json IMAGE_SIZE WORK. Prints {"mAP50", "mAP50_95"}.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[4] / "training"))
from train import prepare


def main() -> None:
    weights, channel, classes, image_size, work = sys.argv[1:]
    prepare(Path(work))
    from ultralytics import YOLO

    images = str(Path(channel, "images"))
    names = dict(enumerate(json.loads(Path(classes).read_text(encoding="utf-8"))))
    data = Path(work, "data.yaml")
    data.write_text(json.dumps({"train": images, "val": images, "names": names}), encoding="utf-8")
    found = YOLO(weights).val(
        data=str(data), imgsz=int(image_size), rect=False, conf=0.001, device="cpu", plots=False, project=work
    )
    print(json.dumps({"mAP50": found.box.map50, "mAP50_95": found.box.map}))


if __name__ == "__main__":
    main()
