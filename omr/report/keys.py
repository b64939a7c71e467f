"""Keys of a unit: what it signs its packages with, and what others lock packages for it with.

A private key never enters the store: it is a file that its owner alone may read. The public key is a file to
hand to the other office; its fingerprint is short enough to be compared over the telephone.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from omr.errors import OmrError, UsageError, reason_of
from omr.i18n import _

_FORMAT = 1
_OWNER_ALONE = 0o600
_FOLDER_OF_OWNER = 0o700
_FINGERPRINT = 20
"""Hexadecimal digits, 80 bits: nobody finds a second key of the same ones."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """What others know of a unit. sign: Ed25519, hexadecimal. receive: an age recipient."""

    unit: str
    sign: str
    receive: str

    @property
    def fingerprint(self) -> str:
        """Five groups of four digits, to be compared by telephone."""
        digest = hashlib.sha256(f"{self.unit} {self.sign} {self.receive}".encode()).hexdigest()
        return " ".join(digest[at : at + 4] for at in range(0, _FINGERPRINT, 4)).upper()


@dataclass(frozen=True, slots=True)
class PrivateKey:
    """What a unit alone has. sign: an Ed25519 seed, hexadecimal. receive: an age identity."""

    unit: str
    sign: str
    receive: str

    @property
    def public(self) -> PublicKey:
        """The other half."""
        seed = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(self.sign))
        recipient = pyrage.x25519.Identity.from_str(self.receive).to_public()
        return PublicKey(self.unit, seed.public_key().public_bytes_raw().hex(), str(recipient))


def default_folder() -> Path:
    """Return where the keys of this person are kept on this machine."""
    home = Path.home()
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", home)) / "omr" / "keys"
    return Path(os.environ.get("XDG_CONFIG_HOME", home / ".config")) / "omr" / "keys"


def new_key(unit: str, folder: Path) -> tuple[PublicKey, Path]:
    """Make a pair of keys; return the public one and its file, the private one lies beside it.

    Raises UsageError where the unit has a key there: packages locked for it could not be opened any more.
    """
    seed, identity = Ed25519PrivateKey.generate(), pyrage.x25519.Identity.generate()
    private = PrivateKey(unit, seed.private_bytes_raw().hex(), str(identity))
    secret, public = _files(unit, folder)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=_FOLDER_OF_OWNER)
        with os.fdopen(os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ALONE), "w") as file:
            file.write(_text(private))
        public.write_text(_text(private.public), "utf-8")
    except FileExistsError as error:
        raise UsageError(
            _(
                "{unit} has a key already: {file}. What was locked for it could not be opened with a new one;"
                " move the file away first if you mean it."
            ).format(unit=unit, file=secret)
        ) from error
    except OSError as error:
        raise OmrError(
            _("{path} cannot be made ({reason}). Choose another folder.").format(
                path=folder, reason=reason_of(error)
            )
        ) from error
    return private.public, public


def private_key(unit: str, folder: Path) -> PrivateKey:
    """Return the private key of a unit. Raises UsageError where it is absent, spoilt, or open to others."""
    path = _files(unit, folder)[0]
    if not path.is_file():
        raise UsageError(
            _(
                "{unit} has no private key in {folder}. Make one (`omr key new {unit}`), or name --keys."
            ).format(unit=unit, folder=folder)
        )
    others = stat.S_IRWXG | stat.S_IRWXO
    if sys.platform != "win32" and path.stat().st_mode & others:
        raise UsageError(
            _("{file} may be read by others. Allow its owner alone (`chmod 600 {file}`).").format(file=path)
        )
    return PrivateKey(**_values(path))


def public_key(path: Path) -> PublicKey:
    """Return the public key of a file. Raises UsageError where it is none."""
    key = PublicKey(**_values(path))
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key.sign))
        pyrage.x25519.Recipient.from_str(key.receive)
    except (ValueError, pyrage.RecipientError) as error:
        raise _no_key(path) from error
    return key


def _files(unit: str, folder: Path) -> tuple[Path, Path]:
    name = quote(unit, safe=" ")  # a code may hold signs that no file name can
    return folder / f"{name}.key", folder / f"{name}.pub"


def _text(key: PublicKey | PrivateKey) -> str:
    return json.dumps({"omr key": _FORMAT, **asdict(key)}, ensure_ascii=False, indent=1) + "\n"


def _values(path: Path) -> dict[str, str]:
    try:
        read = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise UsageError(
            _("{path} cannot be read ({reason}).").format(path=path, reason=reason_of(error))
        ) from error
    except ValueError as error:
        raise _no_key(path) from error
    names = ("unit", "sign", "receive")
    if not isinstance(read, dict) or not all(
        isinstance(read.get(name), str) and read[name] for name in names
    ):
        raise _no_key(path)
    return {name: read[name] for name in names}


def _no_key(path: Path) -> UsageError:
    return UsageError(_("{path} is no key of omr. Ask its office for the file again.").format(path=path))
