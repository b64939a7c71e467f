"""A sealed file: signed by who sends it (Ed25519), and inside that locked for who receives it (age).

Four parts: a line that says what it is, a line of JSON that says from whom, to whom and what follows, a line
with the signature of both, and the locked content. The signature covers the digest of the content, so a
changed or cut file is found out before anything is unlocked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import TypeAdapter

from omr.errors import OmrError
from omr.i18n import _
from omr.report.keys import PrivateKey, PublicKey

_MAGIC = b"omr-package 1\n"


class SealError(OmrError):
    """A sealed file cannot be taken; the message says why, without the file's name."""


@dataclass(frozen=True, slots=True)
class Label:
    """What stands on the outside. size, digest: of the locked content, bytes and SHA-256."""

    sender: str
    receiver: str
    size: int
    digest: str


_LABEL = TypeAdapter(Label)


def seal(content: bytes, sender: PrivateKey, receiver: PublicKey) -> bytes:
    """Return `content`, locked for the receiver and signed by the sender."""
    locked: bytes = pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(receiver.receive)])
    label = Label(sender.unit, receiver.unit, len(locked), hashlib.sha256(locked).hexdigest())
    signed = _MAGIC + json.dumps(asdict(label), ensure_ascii=False).encode() + b"\n"
    signature = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(sender.sign)).sign(signed)
    return signed + signature.hex().encode() + b"\n" + locked


def unseal(
    sealed: bytes, trusted: Mapping[str, PublicKey], own: Callable[[str], PrivateKey]
) -> tuple[Label, bytes]:
    """Return the label and the content of a sealed file.

    trusted: the public keys of units, by code.
    own: returns the private key of a unit, raises OmrError where it is not here.
    Raises SealError where the file is cut, changed, of an unknown sender, or not for us.
    """
    label, signed, signature, locked = _parts(sealed)
    if label.sender not in trusted:
        raise SealError(
            _(
                "it is from {unit}, whose key is not known here. Take its key first"
                " (`omr key trust {unit} FILE`)."
            ).format(unit=label.sender)
        )
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(trusted[label.sender].sign))
    try:
        key.verify(signature, signed)
    except InvalidSignature as error:
        raise _changed(label.sender) from error
    if len(locked) < label.size:
        raise SealError(
            _("it was cut off: {found} of {size} bytes are there. Ask for the file again.").format(
                found=len(locked), size=label.size
            )
        )
    if hashlib.sha256(locked).hexdigest() != label.digest:
        raise _changed(label.sender)
    return label, _unlocked(locked, label, own)


def _parts(sealed: bytes) -> tuple[Label, bytes, bytes, bytes]:
    if not sealed.startswith(_MAGIC):
        raise SealError(_("it is no package of omr, or of a later version."))
    head, _line, rest = sealed[len(_MAGIC) :].partition(b"\n")
    signature, line, locked = rest.partition(b"\n")
    if not line:
        raise SealError(_("it was cut off in its first lines. Ask for the file again."))
    try:
        label = _LABEL.validate_json(head)
        return label, _MAGIC + head + b"\n", bytes.fromhex(signature.decode()), locked
    except ValueError as error:  # pydantic's is one
        raise SealError(_("its first lines were changed. Ask for the file again.")) from error


def _unlocked(locked: bytes, label: Label, own: Callable[[str], PrivateKey]) -> bytes:
    try:
        key = own(label.receiver)
    except OmrError as error:
        raise SealError(
            _("it is addressed to {unit}, not to us. {reason}").format(unit=label.receiver, reason=error)
        ) from error
    try:
        content: bytes = pyrage.decrypt(locked, [pyrage.x25519.Identity.from_str(key.receive)])
    except pyrage.DecryptError as error:
        raise SealError(
            _(
                "it was locked with another key of {unit} than the one here. Send {unit}'s present key"
                " to the office below and ask for a new package."
            ).format(unit=label.receiver)
        ) from error
    return content


def _changed(sender: str) -> SealError:
    return SealError(
        _("it was changed after {unit} had signed it, or another key signed it. Ask for it again.").format(
            unit=sender
        )
    )
