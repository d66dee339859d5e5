"""Zip files read with limits: how many members there are, and what those that are read unpack to.

Nothing is unpacked to a disk, and only the methods of which a piece can be unpacked at a time are taken, so that a
small file cannot take much memory whatever it says of itself.
"""

import io
import struct
import zipfile
import zlib
from typing import NoReturn

from service.models.posted import Data, ReadingLimits
from service.models.reading import ModelLimitError, UnreadableModelError

SIGNATURE = b"PK\x03\x04"
DIRECTORY_ENTRY = b"PK\x01\x02"
"""What stands before each member in the list of them at the end."""
MOST_OF_THE_LIST = 2**20
"""Bytes at the end of a file in which members are looked for before it is read. Chosen: a list of ten thousand."""
PIECE = 2**20
"""Bytes of a file that are looked through at a time. Chosen."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (zipfile.BadZipFile, struct.error, ValueError, OSError, EOFError, IndexError, OverflowError,
          NotImplementedError, RuntimeError, zlib.error)  # fmt: skip
"""What Python's reader raises for a file that is broken, encrypted, or made in another way than it knows."""


def is_zip(data: Data | None) -> bool:
    """Whether a file begins as a zip file with a member does."""
    return data is not None and data[: len(SIGNATURE)] == SIGNATURE


def holds_member(data: Data, path: str) -> bool:
    """Whether the list at the end of a zip file has a member of this path, there or in a folder; never raises."""
    listed, wanted = bytes(data[-MOST_OF_THE_LIST:]), path.encode()
    place = listed.find(wanted)
    while place >= 0:
        entry = listed.rfind(DIRECTORY_ENTRY, 0, place)
        length = int.from_bytes(listed[entry + 28 : entry + 30], "little")
        name = listed[entry + 46 : entry + 46 + length]
        if entry >= 0 and (name == wanted or name.endswith(b"/" + wanted)):
            return True
        place = listed.find(wanted, place + 1)
    return False


def occurrences(pattern: bytes, data: Data) -> int:
    """How often a few bytes stand in a file, counted piece by piece, so that it is not copied."""
    overlap = len(pattern) - 1
    return sum(bytes(data[at : at + PIECE + overlap]).count(pattern) for at in range(0, len(data), PIECE))


class MemoryFile(io.RawIOBase):
    """A file in memory that is read without a copy of it; `io.BytesIO` makes one of everything but `bytes`."""

    def __init__(self, data: Data) -> None:
        self._data = memoryview(data)
        self._place = 0

    def seekable(self) -> bool:
        """True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place, counted from the beginning, from here, or from the end.

        Raises:
            ValueError: It is before the beginning.
        """
        place = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: len(self._data)}[whence]
        if place < 0:
            raise ValueError(f"negative seek position {place}")
        self._place = place
        return place

    def tell(self) -> int:
        """The place."""
        return self._place

    def read(self, size: int | None = -1) -> bytes:
        """The next bytes, all of them where the size is negative."""
        stop = len(self._data) if size is None or size < 0 else self._place + size
        piece = bytes(self._data[self._place : stop])
        self._place += len(piece)
        return piece


class Archive:
    """The members of a zip file."""

    def __init__(self, data: Data, limits: ReadingLimits) -> None:
        """Read the list of members.

        Raises:
            ModelLimitError: There are too many.
            UnreadableModelError: It is no zip file, or a broken one.
        """
        most = limits.max_model_members
        if occurrences(DIRECTORY_ENTRY, data) > most:
            raise ModelLimitError(
                f"the file has more than {most} members", "max_model_members", "post a file with fewer"
            )
        self._limits = limits
        self._left = limits.max_unpacked_bytes
        try:
            self._file = zipfile.ZipFile(MemoryFile(data))
        except BROKEN as error:
            _broken(error)
        self.names: tuple[str, ...] = tuple(self._file.NameToInfo)

    def read(self, name: str) -> bytes:
        """What a member unpacks to.

        Raises:
            ModelLimitError: All that were read unpack to too much, by what is said before and by what comes out.
            UnreadableModelError: There is no such member, or it is broken.
        """
        info = self._file.NameToInfo.get(name)
        if info is None:
            raise UnreadableModelError(f"the file has no member `{shortened(name)}`", "post the file as it was saved")
        if info.file_size > self._left:  # a member that says less than it has ends there
            raise self._too_much()
        if info.compress_type not in METHODS or info.flag_bits & 1:
            message = f"`{shortened(name)}` is encrypted, or packed by a method other than deflate"
            raise UnreadableModelError(message, "post the file as it was saved", member="data")
        try:
            with self._file.open(info) as member:
                content = member.read(self._left + 1)
        except BROKEN as error:
            _broken(error)
        self._left -= len(content)
        if self._left < 0:
            raise self._too_much()
        return content

    def _too_much(self) -> ModelLimitError:
        """What is raised where all that is read unpacks to too much."""
        most = self._limits.max_unpacked_bytes
        message = f"what is read of the file unpacks to more than {most} bytes"
        return ModelLimitError(message, "max_unpacked_bytes", "post a smaller model")


def shortened(text: str, most: int = 100) -> str:
    """A text of the posted file as messages have it: not longer than that."""
    return text if len(text) <= most else f"{text[:most]}..."


def _broken(error: Exception) -> NoReturn:
    text = shortened(str(error)) or type(error).__name__
    raise UnreadableModelError(
        f"the zip file is broken: {text}", "post the file as it was saved, all of it", member="data"
    ) from error
