"""The files of an SQLite store: private, locked by one process, and never replaced by an empty one unnoticed."""

import fcntl
import os
from pathlib import Path
from typing import Self

from bot.store.errors import StoreCorrupt, StoreInUse, StoreMissing, StoreNotWritable

SQLITE_HEADER = b"SQLite format 3\x00"


class StoreFiles:
    """One SQLite file with its lock and its mark.

    The mark (`<name>.here`) says that a store was made in this folder. Without it a lost or unmounted file would look
    like a first start, and the server would go on with an empty store while every conversation is gone.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock_path = path.with_name(f"{path.name}.lock")
        self._mark = path.with_name(f"{path.name}.here")
        self._lock: int | None = None
        self._inode: int | None = None

    def claim(self) -> Self:
        """Lock the store for this process and make sure its file is there.

        Raises:
            StoreInUse: Another process has the lock.
            StoreMissing: The mark is there, the file is not.
            StoreCorrupt: The file is not an SQLite database.
            StoreNotWritable: The folder or the file cannot be written.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._take_lock()
            self._make_or_check()
        except OSError as exc:
            self.release()
            raise StoreNotWritable(
                f"{exc.filename or self.path} cannot be written: {exc.strerror}. Give the account that runs Frontdesk"
                f" write access to {self.path.parent}, or choose another folder with FRONTDESK_DATA_DIR."
            ) from exc
        except (StoreMissing, StoreCorrupt, StoreNotWritable):
            self.release()
            raise
        return self

    def _take_lock(self) -> None:
        descriptor = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 20).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise StoreInUse(
                f"Another Frontdesk server (process {holder}) uses {self.path}. An SQLite store serves one server"
                " process: stop that one first, use another FRONTDESK_DATA_DIR, or use PostgreSQL for several servers."
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._lock = descriptor

    def _make_or_check(self) -> None:
        if not self.path.exists():
            self._refuse_to_replace()
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        elif self._mark.exists():
            self._check_header()
        if not os.access(self.path, os.W_OK):
            raise StoreNotWritable(
                f"{self.path} is read-only. Run `chmod 600 {self.path}` as its owner, then start again."
            )
        self.path.chmod(0o600)
        self._inode = self.path.stat().st_ino

    def _refuse_to_replace(self) -> None:
        if self._mark.exists():
            raise StoreMissing(
                f"{self.path} is gone, but this folder held a store before. Nothing was created. Restore the latest"
                f" backup with `bot restore`, or mount the right disk. To begin anew with an empty store, delete"
                f" {self._mark}."
            )

    def _check_header(self) -> None:
        with self.path.open("rb") as file:
            header = file.read(len(SQLITE_HEADER))
        if header != SQLITE_HEADER:
            raise self.corrupt("its first bytes are not those of an SQLite database")

    def corrupt(self, why: str) -> StoreCorrupt:
        """The error for a store whose content cannot be trusted."""
        return StoreCorrupt(
            f"{self.path} is damaged: {why}. Nothing was changed. Keep a copy of the file, then restore the latest"
            " backup with `bot restore`."
        )

    def mark(self) -> None:
        """Remember that a store was made here."""
        self._mark.touch(mode=0o600, exist_ok=True)

    def still_there(self) -> bool:
        """Whether the path still names the file that was opened.

        A deleted file stays writable through its open handle, and all that is written there is lost at the end.
        """
        try:
            return self.path.stat().st_ino == self._inode
        except OSError:
            return False

    def release(self) -> None:
        """Give the lock back."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
