"""KTH human actions, from the original AVI files or the official zip archives.

25 people do six actions in four scenarios, 160x120 pixels, gray, 25 frames a second
(Schuldt, Laptev and Caputo, ICPR 2004). As the makers distribute it:

    boxing.zip ... walking.zip              an archive for each action, with its videos
    person01_boxing_d1_uncomp.avi ...       in them, or unpacked: here or in a folder
                                            for each action
    00sequences.txt                         frame ranges of every video's repetitions

Every video has the action three to five times; each repetition is a clip.
"""

import functools
import hashlib
import io
import pathlib
import re
import zipfile
from typing import NamedTuple

import numpy as np

from keras_drnet.data.clips import BadFile, Clip, ClipReader, check_split
from keras_drnet.data.listing import list_files
from keras_drnet.data.video import read_video
from keras_drnet.errors import InputError, choose

ACTIONS = ("boxing", "handclapping", "handwaving", "jogging", "running", "walking")
NUM_PEOPLE = 25
# Last person for training. A: MCNet, PredRNN, OpenSTL. B: DrNet, SVG, SRVP. Results
# on one split cannot be compared with results on the other.
LAST_TRAINING_PERSON = {"A": 16, "B": 20}
SEQUENCES = "00sequences.txt"
MOVEMENT = 0.5  # Fraction of the fastest change that counts as movement.
ZIP_SHA1 = {
    "boxing.zip": "adb36ed9c29c846d44d2ba15f348bd115c951bbd",
    "handclapping.zip": "d3b81261aa822ef63d0d1523f945bfaff27814d2",
    "handwaving.zip": "0792f7cd69f7f895a205c08ac212ddaa7177e370",
    "jogging.zip": "21943bdbcef9dad106db0d74661e49eaeaa15a25",
    "running.zip": "da83bb313edfd4455fffdda6263696fa10d43c6f",
    "walking.zip": "a3e81537271a0ab4576591774baa38c2d97b7e3a",
}
AVI = re.compile(r"(person(\d\d)_([a-z]+)_(d\d))_uncomp\.avi")
ENTRY = re.compile(r"(person\d\d_[a-z]+_d\d)\s+frames\s+(\d+-\d+(?:\s*,\s*\d+-\d+)*)")


class KTH(ClipReader):
    """Reader of KTH. An item is a video; its clips are the action's repetitions.

    `data_dir` of the configuration is the folder; zip archives are read without being
    unpacked. `kth_split`, `actions` and `people` choose among the videos. Labels are
    `person` ("01" to "25"), `action` and `scenario` ("d1" to "d4").
    """

    def items(self, split):
        """Return the videos of a split.

        Raises:
            InputError: the split or a chosen action or person is unknown, the folder
                has no videos or no list, or an archive is not the official one.
        """
        check_split(split)
        last = LAST_TRAINING_PERSON[self.config.kth_split]
        items = sorted(
            item
            for item in self._files.videos
            if self.keeps(labels := _labels(item))
            and (int(labels["person"]) <= last) == (split == "train")
        )
        for path in self._files.archives():
            _verify_archive(path)
        return items

    def keeps(self, labels):
        """Return whether `actions` and `people` of the configuration select a clip.

        Raises:
            InputError: a chosen action or person does not exist.
        """
        person = int(labels["person"])
        return person in self._people and labels["action"] in self._actions

    def read(self, item):
        """Decode the clips of a video.

        Raises:
            BadFile: the video is damaged or does not fit its entry in the list.
        """
        name = AVI.search(item)[1]
        ranges = self._files.ranges
        if name not in ranges:
            raise BadFile(item, f"it has no entry in {SEQUENCES}")
        config = self.config
        video = read_video(
            self._open(item),
            config.image_size,
            config.num_channels,
            resize=config.resize,
            name=item,
        )
        labels = _labels(item)
        clips = []
        for number, (first, last) in enumerate(ranges[name], 1):
            if not 1 <= first < min(last, len(video)):
                raise BadFile(
                    item,
                    f"{SEQUENCES} names frames {first}-{last}, but the video has "
                    f"{len(video)}",
                )
            frames = video[first - 1 : last]
            if config.trim_still:
                frames = trim_still(frames)
            clips.append(Clip(f"{name}/{number}", frames, labels))
        return clips

    @functools.cached_property
    def _files(self):
        return _find_files(self.config.data_dir)

    @functools.cached_property
    def _actions(self):
        return _parse_actions(self.config.actions)

    @functools.cached_property
    def _people(self):
        return _parse_people(self.config.people)

    def _open(self, item):
        source = self._files.videos[item]
        if isinstance(source, pathlib.Path):
            return str(source)
        archive, member = source
        try:
            with zipfile.ZipFile(archive) as opened:
                return io.BytesIO(opened.read(member))
        except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError) as error:
            raise BadFile(item, f"cannot be read from the archive ({error})") from error


def trim_still(frames):
    """Cut off the frames before the first and after the last movement.

    The official ranges begin before a person enters the frame and end after they have
    left it; such frames do not show what the person looks like.

    Args:
        frames: uint8 `[T, H, W, C]`.

    Returns:
        uint8 `[T', H, W, C]`: the frames from the start of the first movement to the
        end of the last one. A movement is a mean change between two frames of at
        least `MOVEMENT` times the 90th percentile of such changes.
    """
    changes = np.abs(np.diff(frames.astype(np.float32), axis=0)).mean(axis=(1, 2, 3))
    threshold = MOVEMENT * np.percentile(changes, 90)
    (moving,) = np.nonzero(changes >= threshold)
    return frames[moving[0] : moving[-1] + 2]


def _labels(item):
    _, person, action, scenario = AVI.search(item).groups()
    return {"person": person, "action": action, "scenario": scenario}


def _parse_actions(text):
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        choose(dict.fromkeys(ACTIONS), name, "action")
    return frozenset(names or ACTIONS)


def _parse_people(text):
    numbers = [number.strip() for number in text.split(",") if number.strip()]
    for number in numbers:
        if not (number.isdecimal() and 1 <= int(number) <= NUM_PEOPLE):
            raise InputError(
                f"people names {number!r}; expected numbers from 1 to {NUM_PEOPLE}, "
                "separated by commas, such as 1,2,21."
            )
    return frozenset(map(int, numbers)) or frozenset(range(1, NUM_PEOPLE + 1))


class _Files(NamedTuple):
    """What a folder of KTH holds.

    Attributes:
        videos: dict, item to its path, or to its archive's path and the member's name.
        ranges: dict, name of a video to pairs of first and last frame, from 1.
    """

    videos: dict
    ranges: dict

    def archives(self):
        """Return the paths of the archives that hold videos."""
        return sorted({v[0] for v in self.videos.values() if isinstance(v, tuple)})


def _find_files(data_dir):
    root = pathlib.Path(data_dir)
    if not data_dir or not root.is_dir():
        raise InputError(
            f"KTH needs data_dir, a folder with {SEQUENCES} and the six zip archives "
            f"or their AVI files; got {data_dir!r}."
        )
    archives = [root / name for name in ZIP_SHA1 if (root / name).is_file()]
    unique = {}  # A video that is both unpacked and in an archive is read unpacked.
    for item, source in _list_videos(root, archives):
        unique.setdefault(AVI.search(item)[1], (item, source))
    if not unique:
        raise InputError(
            f"{root} holds no KTH video; expected personNN_<action>_dM_uncomp.avi "
            f"there or in a folder of the action, or {', '.join(ZIP_SHA1)}."
        )
    return _Files(dict(unique.values()), _read_sequences(root / SEQUENCES))


def _list_videos(root, archives):
    """Yield items and where each is: a path, or an archive and a member."""
    for item, path in list_files(root).files.items():
        if AVI.fullmatch(path.name):
            yield item, path
    for path in archives:
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.namelist()
        except zipfile.BadZipFile as error:
            raise InputError(
                f"{path} is not a readable archive ({error}); fetch it again."
            ) from error
        for member in members:
            if AVI.fullmatch(pathlib.PurePosixPath(member).name):
                yield f"{path.name}/{member}", (path, member)


@functools.lru_cache
def _verify_archive(path):
    """Compare an archive with the official one, once in a process."""
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, "sha1").hexdigest()
    if found != ZIP_SHA1[path.name]:
        raise InputError(
            f"{path} is not the official archive: its SHA-1 is {found}, expected "
            f"{ZIP_SHA1[path.name]}. Fetch it again from the KTH page, or unpack it "
            "to use its files as they are."
        )


def _read_sequences(path):
    """Return the frame ranges by name of the video; see `_Files`."""
    if not path.is_file():
        raise InputError(
            f"{path} is missing: the list of frame ranges, which the KTH page offers "
            "next to the archives. Fetch it into this folder."
        )
    text = path.read_text(encoding="utf-8", errors="replace")
    ranges = {}
    for line in text.splitlines():
        entry = ENTRY.match(line.strip())
        if entry:
            pairs = entry[2].split(",")
            ranges[entry[1]] = [tuple(map(int, pair.split("-"))) for pair in pairs]
    if not ranges:
        raise InputError(
            f"{path} names no frame ranges; expected lines such as "
            "'person01_boxing_d1 frames 1-95, 96-185'. Fetch it again."
        )
    return ranges
