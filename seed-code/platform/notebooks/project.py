"""What the notebooks share: the project's own npm commands, with their output as it comes. All else is in the package."""

import json
import subprocess
from pathlib import Path

#: The model-build package: beside the notebooks in a platform repository; else name its folder.
PACKAGE = next(
    folder for folder in (Path.cwd().parent / "model-build", Path.cwd().parent) if (folder / "drone-mlops.json").exists()
)
#: The project's options, as they reach the package.
CONFIG = json.loads((PACKAGE / "drone-mlops.json").read_text())
#: What the notebooks write; not in git.
WORK = Path.cwd() / "work"
WORK.mkdir(exist_ok=True)


def npm(script: str, *args: object) -> None:
    """Runs `npm run SCRIPT -- ARGS` in the package and prints what it says; raises when it fails."""
    with subprocess.Popen(
        ["npm", "run", "--silent", script, "--", *map(str, args)],
        cwd=PACKAGE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        for line in process.stdout:
            print(line, end="", flush=True)
    if process.returncode != 0:
        raise RuntimeError(f"npm run {script} ended with exit code {process.returncode}: its last line says why.")


def npm_json(script: str, *args: object) -> dict:
    """As `npm`, with --json: what the command answers."""
    finished = subprocess.run(
        ["npm", "run", "--silent", script, "--", *map(str, args), "--json"],
        cwd=PACKAGE,
        capture_output=True,
        text=True,
    )
    if finished.returncode != 0:
        raise RuntimeError(f"npm run {script} ended with exit code {finished.returncode}: {finished.stderr.strip()}")
    return json.loads(finished.stdout)
