"""Where layouts are: the YAML of forms, their rule files, and every geometry ever frozen.

Reading a stack needs the frozen geometries alone; the YAML loader and the placing are imported only
where a form itself is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from omr.errors import LayoutError, reason_of
from omr.forms.frozen import from_json, to_json
from omr.i18n import _
from omr.model.layout import Layout

if TYPE_CHECKING:
    from omr.forms.existing import ExistingForm
    from omr.forms.place import Placement
    from omr.forms.schema import Form

FROZEN = "frozen"
SCORING = "scoring"
_SUFFIXES = (".yaml", ".yml")
_ID_LINE = re.compile(r"^id:\s*[\"']?([^\s\"'#]+)", re.MULTILINE)
_KIND_LINE = re.compile(r"^kind:\s*[\"']?existing", re.MULTILINE)
_PACKAGE = Path(__file__).parents[1]


class Catalogue:
    """The layouts of some folders; where two folders have the same form, the earlier folder wins."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self.folders = tuple(folders)

    def forms(self) -> tuple[Form, ...]:
        """Return every form of ours, by id and year.

        Raises:
            LayoutError: a layout file has faults; all of them are told.
        """
        from omr.forms.schema import Form

        return tuple(form for _path, form in self._all() if isinstance(form, Form))

    def existing(self) -> tuple[tuple[Path, ExistingForm], ...]:
        """Return every form that others printed, with its file, by id and year. Raises as `forms`."""
        from omr.forms.existing import ExistingForm

        return tuple((path, form) for path, form in self._all() if isinstance(form, ExistingForm))

    def existing_files(self) -> tuple[Path, ...]:
        """Return the files of forms that others printed, folder by folder; none is loaded."""
        return tuple(
            path for path in self.files() if _KIND_LINE.search(path.read_text("utf-8", errors="replace"))
        )

    def files(self) -> tuple[Path, ...]:
        """Return every layout file, folder by folder."""
        return tuple(path for path, _id in self._files())

    def form(self, name: str, year: int | None = None) -> Form:
        """Return the form with id `name`, or the one in file `name` where it ends in .yaml.

        Args:
            name: an id or a file.
            year: the newest layout where None. Where there is none for that year, the newest one is
                taken and printed for that year: a geometry (and digest) of its own.

        Raises:
            LayoutError: there is no such form, or its file has faults.
        """
        from omr.forms.load import load_form

        found = load_form(self.path(name, year))
        return found if year in (None, found.year) else found.model_copy(update={"year": year})

    def path(self, name: str, year: int | None = None) -> Path:
        """Return the file of a form; arguments and errors as in `form`."""
        if name.endswith(_SUFFIXES):
            return Path(name)
        candidates: dict[Path, list[tuple[Path, Form | ExistingForm]]] = {}
        for path, identity in self._files():
            if identity == name:
                candidates.setdefault(path.parent, []).append((path, _load(path)))
        if not candidates:
            raise LayoutError(
                _("there is no layout '{name}'. `omr layouts` lists those there are: {known}.").format(
                    name=name, known=", ".join(sorted({identity for _path, identity in self._files()}))
                )
            )
        for files in candidates.values():
            exact = [(path, form) for path, form in files if form.year == year]
            if exact:
                return _newest(exact)
        return _newest(next(iter(candidates.values())))

    def placement(self, name: str, year: int | None = None) -> Placement:
        """Return a form placed; arguments and errors as in `form`."""
        from omr.forms.place import place

        return place(self.form(name, year))

    def known(self) -> dict[str, Layout]:
        """Return every frozen layout of the folders by digest.

        Raises:
            LayoutError: a frozen file is damaged.
        """
        layouts = (
            read_frozen(path) for folder in self.folders for path in sorted((folder / FROZEN).glob("*.json"))
        )
        return {layout.digest: layout for layout in layouts}

    def rules(self, identity: str) -> Path:
        """Return the rule file with that id. Raises LayoutError where there is none."""
        for folder in self.folders:
            for suffix in _SUFFIXES:
                path = folder / SCORING / f"{identity}{suffix}"
                if path.is_file():
                    return path
        raise LayoutError(
            _(
                "there is no scoring rule '{id}'. It has to be a file scoring/{id}.yaml beside the layouts."
            ).format(id=identity)
        )

    def _all(self) -> Iterator[tuple[Path, Form | ExistingForm]]:
        """Yield every form with its file, by id and year. Raises LayoutError, telling the faults of all."""
        found: dict[tuple[str, int, str], tuple[Path, Form | ExistingForm]] = {}
        faults: list[str] = []
        for path in self.files():
            try:
                form = _load(path)
            except LayoutError as error:
                faults.append(str(error))
            else:
                found.setdefault((form.id, form.year, form.version), (path, form))
        if faults:
            raise LayoutError("\n".join(faults))
        yield from (found[key] for key in sorted(found))

    def _files(self) -> Iterator[tuple[Path, str]]:
        """Yield layout files with the id they claim; files without one are none of ours."""
        for folder in self.folders:
            for path in sorted(folder.glob("*")):
                if path.suffix in _SUFFIXES and path.is_file():
                    claimed = _ID_LINE.search(path.read_text(encoding="utf-8", errors="replace"))
                    if claimed:
                        yield path, claimed.group(1)


def search_folders(layouts: Path | None, store: Path | None) -> tuple[Path, ...]:
    """Return the folders to look in, first to last; those that do not exist are left out.

    The order is fixed (CONTRACT): the folder asked for, ./layouts, beside the store, the installed package.
    """
    beside = (store.parent / "layouts", store.parent) if store is not None else ()
    wanted = (*((layouts,) if layouts is not None else ()), Path("layouts"), *beside, shipped())
    found: dict[Path, Path] = {}
    for folder in wanted:
        if folder.is_dir():
            found.setdefault(folder.resolve(), folder)
    return tuple(found.values())


def shipped() -> Path:
    """Return the folder of the layouts that come with omr: in the package, or in the checkout's root."""
    checkout = _PACKAGE.parent
    return checkout / "layouts" if (checkout / "pyproject.toml").is_file() else _PACKAGE / "layouts"


def read_frozen(path: Path) -> Layout:
    """Return the layout frozen in `path`. Raises LayoutError, naming the file, where it is damaged."""
    try:
        return from_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LayoutError(
            _("{path}: the frozen layout cannot be opened ({reason}). Check your permission.").format(
                path=path, reason=reason_of(error)
            )
        ) from error
    except LayoutError as error:
        raise LayoutError(f"{path}: {error}") from error


def write_frozen(layout: Layout, folder: Path) -> Path:
    """Write `layout` into `folder`/frozen under its digest and return the file; an old one is left alone.

    Raises:
        OSError: the folder cannot be written to.
    """
    path = folder / FROZEN / f"{layout.id}-{layout.digest}.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(to_json(layout), encoding="utf-8")
    return path


def _load(path: Path) -> Form | ExistingForm:
    from omr.forms.load import load

    return load(path)


def _newest(files: Sequence[tuple[Path, Form | ExistingForm]]) -> Path:
    """Return the file of the latest year and version ("10" comes after "9")."""
    path, _form = max(files, key=lambda file: (file[1].year, len(file[1].version), file[1].version))
    return path
