"""Owns the places backups go to: a folder that was chosen for them, or a store that speaks S3."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Protocol

from server.auth.vault import Vault
from server.backups import buckets
from server.backups.archive import UNFINISHED, private
from server.backups.sealing import SEALED
from server.domain.errors import NotFound
from server.storage.queries.backups import Plan

MARK = ".ramah-backups"
"""A file in the folder that was chosen: a stick that is not plugged in has none."""
NAME, END = "ramah-", ".tar"
WHEN = len("20261128-190000")
"""So long is the time in a name."""
PLACE = "backup_plan"
"""Where the secret of a store's access key is kept."""


class Place(Protocol):
    """Where backups go."""

    def look(self) -> None:
        """See whether the place is there and clear what a power cut left.

        Raises:
            DomainError: it is not.
        """

    def put(self, file: Path, name: str) -> None:
        """Write a file there under a name; it is no backup yet."""

    def fetch(self, name: str, target: Path, most: int) -> None:
        """Bring what was put back, to see whether it can be restored from there.

        Raises:
            DomainError: it is not there, or has more than ``most`` bytes.
        """

    def keep(self, name: str) -> None:
        """Let what was put be a backup from now on."""

    def drop(self, name: str) -> None:
        """Leave nothing of what was put."""

    def names(self) -> list[str]:
        """Return this server's backups there, the newest first."""

    def remove(self, name: str) -> None:
        """Remove one of them."""

    def ending(self) -> str:
        """Return what stands in the names behind the time: whose they are, where others write."""


class Folder:
    """A folder: on this machine, on a stick, or a mounted share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def look(self) -> None:
        """See whether it is there and the one that was chosen.

        Raises:
            NotFound: it is not there, or is another one.
        """
        if not (self._folder / MARK).exists():
            raise NotFound(
                "The folder for backups is not there. Is the stick plugged in?", field="folder"
            )
        for left in self._folder.glob(f"{NAME}*{UNFINISHED}"):
            left.unlink(missing_ok=True)  # of a power cut

    def _part(self, name: str) -> Path:
        return self._folder / (name + UNFINISHED)

    def put(self, file: Path, name: str) -> None:
        """Write a file beside the backups, and wait until the disk has it."""
        private(self._part(name))
        with file.open("rb") as source, self._part(name).open("r+b") as target:
            shutil.copyfileobj(source, target)
            target.flush()
            os.fsync(target.fileno())

    def fetch(self, name: str, target: Path, _most: int) -> None:
        """Bring back what was put."""
        private(target)
        shutil.copyfile(self._part(name), target)

    def keep(self, name: str) -> None:
        """Give what was put its name."""
        self._part(name).replace(self._folder / name)

    def drop(self, name: str) -> None:
        """Leave nothing of what was put."""
        self._part(name).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Return the backups there, the newest first."""
        return [each.name for each in files(self._folder)]

    def remove(self, name: str) -> None:
        """Remove one."""
        (self._folder / name).unlink(missing_ok=True)

    def ending(self) -> str:
        """Return nothing: a folder is one server's."""
        return END


class InBucket:
    """A bucket of a store; several servers may write to the same place in it."""

    def __init__(self, bucket: buckets.Bucket, secret: str, owner: str) -> None:
        self._at = buckets.Opened(bucket, secret)
        self._owner = owner

    def look(self) -> None:
        """See whether it can be read.

        Raises:
            DomainError: it cannot.
        """
        self._at.names()

    def put(self, file: Path, name: str) -> None:
        """Send a file, in parts."""
        self._at.put(file, name)

    def fetch(self, name: str, target: Path, most: int) -> None:
        """Bring back what was sent: a store that sends without end fills no disk."""
        private(target)
        self._at.fetch(name, target, most)

    def keep(self, name: str) -> None:
        """Nothing is to be done: it has its name."""

    def drop(self, name: str) -> None:
        """Leave nothing of what was sent."""
        self._at.remove(name)

    def names(self) -> list[str]:
        """Return this server's backups there, the newest first."""
        mine = (self.ending(), self.ending() + SEALED)
        return [each.name for each in self._at.names() if each.name.endswith(mine)]

    def remove(self, name: str) -> None:
        """Remove one."""
        self._at.remove(name)

    def ending(self) -> str:
        """Return whose they are: what others wrote there is neither counted nor removed."""
        return f"-{self._owner}{END}"


def place_of(plan: Plan, vault: Vault) -> Place:
    """Return the place of a plan.

    Raises:
        Locked: the secret of the store's access key was sealed on another machine.
    """
    if not plan.bucket:
        return Folder(Path(plan.folder))
    return InBucket(buckets.read(plan.bucket), vault.open(plan.secret, PLACE), plan.owner)


def is_backup(name: str) -> bool:
    """Whether a file is one by its name."""
    return name.startswith(NAME) and name.endswith((END, END + SEALED))


def owner_of(name: str) -> str:
    """Return what the name of a backup in a store says of whose it is."""
    return name.removesuffix(SEALED).removesuffix(END).removeprefix(NAME)[WHEN:]


def choose(folder: Path) -> None:
    """Make a folder the one for backups.

    Raises:
        NotFound: there is none.
    """
    if not folder.is_dir():
        raise NotFound("There is no folder {folder}.", field="folder", folder=folder)
    (folder / MARK).touch()


def files(folder: Path) -> list[Path]:
    """Return the backups in a folder, the newest first."""
    found = [*folder.glob(f"{NAME}*{END}"), *folder.glob(f"{NAME}*{END}{SEALED}")]
    return sorted(found, key=lambda each: each.name, reverse=True)
