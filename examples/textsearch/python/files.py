"""The text files below a folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Found:
    """A file that is there to be read."""

    name: str  # relative to the folder
    path: Path
    size: int


@dataclass(frozen=True)
class TextFile:
    """A text file, once it was read."""

    name: str
    text: str
    modified: datetime


def list_files(folder: str, skip: list[str]) -> list[Found]:
    """The files below a folder, sorted by name, without those in a folder that is skipped."""
    found: list[Found] = []
    folders = [Path(folder)]
    while folders:
        for entry in os.scandir(folders.pop()):
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False) and entry.name not in skip:
                folders.append(path)
            elif entry.is_file(follow_symlinks=False):
                found.append(Found(str(path.relative_to(folder)), path, entry.stat().st_size))
    return sorted(found, key=lambda file: file.name)


def read(file: Found) -> TextFile | None:
    """The file's text; nothing where it is no text or cannot be read."""
    try:
        text = file.path.read_bytes().decode()
        modified = datetime.fromtimestamp(file.path.stat().st_mtime, UTC)
    except (OSError, UnicodeDecodeError):
        return None
    return TextFile(file.name, text, modified)
