"""Files of a folder of data: one rule for names, links and what is passed over."""

import dataclasses
import os
import pathlib

# What operating systems leave in folders, beside names that begin with a dot.
LEFTOVERS = frozenset(
    ["$RECYCLE.BIN", "@eaDir", "System Volume Information", "Thumbs.db", "__MACOSX"]
    + ["desktop.ini"]
)


@dataclasses.dataclass(frozen=True)
class Listing:
    """Files of a folder and of those below it.

    Attributes:
        files: paths below the folder, with slashes, sorted, to `pathlib.Path`s.
        passed_over: paths below the folder to the reasons why they are not in `files`.
        unreadable: folders that cannot be listed, to the reasons.
    """

    files: dict[str, pathlib.Path]
    passed_over: dict[str, str]
    unreadable: dict[str, str]


def list_files(root):
    """List the regular files of a folder, in subfolders of any depth.

    Links are followed, but for one to a folder that holds it. Names that begin with a
    dot, and those in `LEFTOVERS`, are passed over.

    Args:
        root: an existing folder.

    Returns:
        A `Listing`.
    """
    root = pathlib.Path(root)
    found, passed_over, unreadable = {}, {}, {}
    holders = {os.fspath(root): {os.path.realpath(root)}}

    def below(folder, name):
        return pathlib.Path(folder, name).relative_to(root).as_posix()

    def cannot_list(error):
        reason = f"the folder cannot be listed ({error.strerror})"
        unreadable[below(error.filename, "")] = reason

    for folder, subfolders, names in os.walk(
        root, onerror=cannot_list, followlinks=True
    ):
        above = holders.pop(folder)
        for name in list(subfolders):
            path = os.path.join(folder, name)
            real = os.path.realpath(path)
            if _is_hidden(name) or real in above:
                reason = "hidden" if _is_hidden(name) else "a link to what holds it"
                passed_over[below(folder, name)] = reason
                subfolders.remove(name)
            else:
                holders[path] = above | {real}
        for name in names:
            path = pathlib.Path(folder, name)
            if _is_hidden(name):
                passed_over[below(folder, name)] = "hidden"
            elif not path.is_file():
                passed_over[below(folder, name)] = "no file, or a link to nothing"
            else:
                found[below(folder, name)] = path
    return Listing(dict(sorted(found.items())), passed_over, unreadable)


def _is_hidden(name):
    return name.startswith(".") or name in LEFTOVERS
