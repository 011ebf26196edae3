"""Runs on the Hugging Face Hub: `hf://owner/name`, or `hf://owner/name@revision`.

The files of a run, and no others, are fetched into the cache of huggingface_hub and
read there; a second time, or with `HF_HUB_OFFLINE=1`, the cache will do. They are as
little to be trusted as any run folder that somebody else made.
"""

import contextlib
import dataclasses
import fnmatch
import pathlib
import re

from keras_drnet.errors import InputError, import_extra

PREFIX = "hf://"
FILES = (
    "config.json",
    "README.md",
    "evaluation/*.json",
    "*/step_*/*.json",
    "*/step_*/*.npz",
)
MAX_FILES = 1000
MAX_BYTES = 4 << 30  # Of all files: the paper's largest networks have 0.2 GB.
MAX_TEXT_BYTES = 16 << 20  # Of a file that is not of arrays.
# No name of a folder may be "..": it becomes a path in the cache.
_WORD = r"[A-Za-z0-9](?:[\w-]|\.(?!\.))*"
_ADDRESS = re.compile(
    rf"{PREFIX}(?P<owner>{_WORD})/(?P<name>{_WORD})"
    rf"(?:@(?P<revision>{_WORD}(?:/{_WORD})*))?",
    re.ASCII,
)


@dataclasses.dataclass(frozen=True)
class Address:
    """A model on the Hub.

    Attributes:
        owner: user or organization.
        name: name of the repository.
        revision: branch, tag or commit; `None` = the newest.
    """

    owner: str
    name: str
    revision: str | None = None

    @property
    def repository(self):
        """What the Hub calls the model."""
        return f"{self.owner}/{self.name}"

    def __str__(self):
        return f"{PREFIX}{self.repository}" + (
            f"@{self.revision}" if self.revision else ""
        )


def parse(text):
    """Read an `Address` that is written `hf://owner/name[@revision]`.

    Raises:
        InputError: it is written in another way.
    """
    match = _ADDRESS.fullmatch(text)
    if match is None:
        raise InputError(
            f"{text} is no model on the Hugging Face Hub; expected "
            f"{PREFIX}owner/name or {PREFIX}owner/name@revision."
        )
    return Address(**match.groupdict())


def fetch(address):
    """Return the local folder of a run on the Hub, after its files were fetched.

    Args:
        address: an `Address`.

    Raises:
        InputError: huggingface_hub is not installed, the Hub or the model cannot be
            reached, or the model is no run or too large.
    """
    hub = import_extra("huggingface_hub")
    download = {"repo_id": address.repository, "revision": address.revision}
    listed = []
    with contextlib.suppress(Exception):  # `snapshot_download` says what is wrong.
        listed = hub.model_info(**download, files_metadata=True).siblings
    if listed:
        _check_files({file.rfilename: file.size or 0 for file in listed}, address)
    try:
        folder = hub.snapshot_download(**download, allow_patterns=list(FILES))
    except Exception as error:  # Those of the client's HTTP library, too.
        raise InputError(_explain(error, address)) from error
    folder = pathlib.Path(folder)
    # As they are: the cache may be older than the listing, or of another program.
    found = [path for path in folder.rglob("*") if path.is_file()]
    sizes = {p.relative_to(folder).as_posix(): p.stat().st_size for p in found}
    _check_files(sizes, address)
    return folder


def _check_files(sizes, address):
    """Check that files can be those of a run.

    Args:
        sizes: dict of path to bytes.
        address: the `Address`, for the message.

    Raises:
        InputError: there is no configuration, or there is too much.
    """
    wanted = {
        path: size
        for path, size in sizes.items()
        if any(fnmatch.fnmatch(path, pattern) for pattern in FILES)
    }
    if "config.json" not in wanted:
        raise InputError(
            f"{address} is no run of keras_drnet: it has no config.json. Expected a "
            "folder that python -m keras_drnet.release wrote."
        )
    texts = [size for path, size in wanted.items() if not path.endswith(".npz")]
    total = sum(wanted.values())
    if len(wanted) > MAX_FILES or total > MAX_BYTES or max(texts) > MAX_TEXT_BYTES:
        raise InputError(
            f"{address} is not fetched: it has {len(wanted)} files of {total:,} bytes, "
            f"the longest JSON or Markdown file {max(texts):,}; expected at most "
            f"{MAX_FILES}, {MAX_BYTES:,} and {MAX_TEXT_BYTES:,}."
        )


def _explain(error, address):
    """Say in a sentence why a download failed, and what to do."""
    errors = import_extra("huggingface_hub.errors")
    match error:
        case errors.GatedRepoError():
            return (
                f"{address} is gated: ask for access at "
                f"https://huggingface.co/{address.repository}, then log in with: hf "
                "auth login"
            )
        case errors.RepositoryNotFoundError():
            return (
                f"The Hugging Face Hub shows you no model {address.repository}: "
                "correct the name or, if it is private, log in with: hf auth login"
            )
        case errors.RevisionNotFoundError():
            return (
                f"{PREFIX}{address.repository} has no revision {address.revision!r}; "
                "expected a branch, a tag or a commit."
            )
        case errors.LocalEntryNotFoundError():
            return (
                f"{address} is not in the cache, and the Hugging Face Hub cannot be "
                "reached: check the connection, and that HF_HUB_OFFLINE is not set."
            )
    reason = next(iter(str(error).split("\n")), "")
    return (
        f"{address} cannot be fetched ({type(error).__name__}: {reason}); try again, "
        "or download the folder in another way and give its path."
    )
