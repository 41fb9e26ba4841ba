"""Runs notebooks as their reader would: a fresh kernel each, from the first cell to the last, in the notebook's own folder."""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

failed = 0
for path in sorted(Path(sys.argv[1]).glob("*.ipynb")):
    notebook = nbformat.read(path, as_version=4)
    began = time.monotonic()
    try:
        NotebookClient(notebook, timeout=600, resources={"metadata": {"path": str(path.parent)}}).execute()
        print(f"{path.name} ran in {time.monotonic() - began:.0f} s", flush=True)
    except CellExecutionError as error:
        failed += 1
        print(f"{path.name} failed: {error}", flush=True)
sys.exit(1 if failed else 0)
