"""KTH human actions, from the original AVI files or the official zip archives.

25 people do six actions in four scenarios, 160x120 pixels, gray, 25 frames a second.
Every video holds the action three to five times; the official `00sequences.txt` says
where. Each repetition is a clip. (Schuldt, Laptev and Caputo, ICPR 2004.)
"""

import functools
import hashlib
import io
import pathlib
import re
import zipfile

import numpy as np

from keras_drnet.data.clips import BadFile, Clip, check_split
from keras_drnet.data.video import read_video
from keras_drnet.errors import InputError, choose

ACTIONS = ("boxing", "handclapping", "handwaving", "jogging", "running", "walking")
NUM_PEOPLE = 25
# Last person for training. A: MCNet, PredRNN, OpenSTL. B: DrNet, SVG, SRVP. Figures
# on one split say nothing about the other.
LAST_TRAINING_PERSON = {"A": 16, "B": 20}
SEQUENCES = "00sequences.txt"
MOVEMENT = 0.5  # Share of the liveliest frames' change that counts as movement.
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


class KTH:
    """Reads the clips of KTH.

    An item is a video, its clips are the repetitions of the action, with the labels
    `person` ("01" to "25"), `action` and `scenario` ("d1" to "d4").
    """

    def __init__(self, config):
        """List the videos.

        Args:
            config: a `DataConfig`. `data_dir` is a folder with `00sequences.txt`
                and with AVI files, flat or in a folder for each action, or with the
                official zip archives, which are read without being unpacked.
                `kth_split`, `actions` and `people` choose among them.

        Raises:
            InputError: nothing of it is there, or a chosen action or person does
                not exist.
        """
        self._config = config
        self._is_chosen = label_filter(config)
        root = pathlib.Path(config.data_dir)
        if not config.data_dir or not root.is_dir():
            raise InputError(
                f"KTH needs data_dir, a folder with {SEQUENCES} and the six zip "
                f"archives or their AVI files; got {config.data_dir!r}."
            )
        zips = [root / name for name in ZIP_SHA1 if (root / name).is_file()]
        once = {}  # Of a video that is there twice, the file, which comes first.
        for item, place in _list_videos(root, zips):
            once.setdefault(AVI.search(item)[1], (item, place))
        self._videos = dict(once.values())
        self._zips = {p[0] for p in self._videos.values() if isinstance(p, tuple)}
        if not self._videos:
            raise InputError(
                f"{root} holds no KTH video; expected personNN_<action>_dM_uncomp.avi "
                f"there or in a folder of the action, or {', '.join(ZIP_SHA1)}."
            )
        self._ranges = _read_sequences(root / SEQUENCES)

    def items(self, split):
        """Return the videos of a split.

        Raises:
            InputError: the split is unknown, or an archive is not the official one.
        """
        check_split(split)
        for path in sorted(self._zips):
            _verify_zip(path)
        last = LAST_TRAINING_PERSON[self._config.kth_split]
        return sorted(
            item
            for item in self._videos
            if self._is_chosen(labels := _labels(item))
            and (int(labels["person"]) <= last) == (split == "train")
        )

    def read(self, item):
        """Decode the clips of a video.

        Raises:
            BadFile: the video is damaged or does not fit its entry in the list.
        """
        name = AVI.search(item)[1]
        if name not in self._ranges:
            raise BadFile(item, f"it has no entry in {SEQUENCES}")
        config = self._config
        video = read_video(
            self._open(item),
            config.image_size,
            config.num_channels,
            resize=config.resize,
            name=item,
        )
        labels = _labels(item)
        clips = []
        for number, (first, last) in enumerate(self._ranges[name], 1):
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

    def _open(self, item):
        source = self._videos[item]
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

    The official ranges begin before a walker enters the picture and end after he
    left it; what he looks like can't be known from such frames.

    Args:
        frames: uint8 `[T, H, W, C]`.

    Returns:
        uint8 `[T', H, W, C]`: from the first frame that is followed by a movement to
        the last that comes of one. A movement is a mean change of at least
        `MOVEMENT` times that of the liveliest tenth of the clip.
    """
    changes = np.abs(np.diff(frames.astype(np.float32), axis=0)).mean(axis=(1, 2, 3))
    lively = MOVEMENT * np.percentile(changes, 90)
    (moving,) = np.nonzero(changes >= lively)
    return frames[moving[0] : moving[-1] + 2]


def label_filter(config):
    """Return a function of a clip's labels: do `actions` and `people` choose it?

    Raises:
        InputError: a chosen action or person does not exist.
    """
    actions = _choose_actions(config.actions)
    people = _choose_people(config.people)
    return lambda labels: (
        labels["action"] in actions and int(labels["person"]) in people
    )


def _labels(item):
    _, person, action, scenario = AVI.search(item).groups()
    return {"person": person, "action": action, "scenario": scenario}


def _choose_actions(text):
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        choose(dict.fromkeys(ACTIONS), name, "action")
    return frozenset(names or ACTIONS)


def _choose_people(text):
    numbers = [number.strip() for number in text.split(",") if number.strip()]
    for number in numbers:
        if not (number.isdecimal() and 1 <= int(number) <= NUM_PEOPLE):
            raise InputError(
                f"people names {number!r}; expected numbers from 1 to {NUM_PEOPLE} "
                "with commas between, such as 1,2,21."
            )
    return frozenset(map(int, numbers)) or frozenset(range(1, NUM_PEOPLE + 1))


def _list_videos(root, zips):
    """Yield names of videos and where each is: a path, or an archive and a member."""
    for path in [*root.glob("*.avi"), *root.glob("*/*.avi")]:
        if AVI.fullmatch(path.name):
            yield path.relative_to(root).as_posix(), path
    for path in zips:
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
def _verify_zip(path):
    """Compare an archive with the official one; reads it once in a process."""
    with open(path, "rb") as file:
        found = hashlib.file_digest(file, "sha1").hexdigest()
    if found != ZIP_SHA1[path.name]:
        raise InputError(
            f"{path} is not the official archive: its SHA-1 is {found}, expected "
            f"{ZIP_SHA1[path.name]}. Fetch it again from the KTH page, or unpack it "
            "to use its files as they are."
        )


def _read_sequences(path):
    """Read the list: name of the video to pairs of first and last frame, from 1."""
    if not path.is_file():
        raise InputError(
            f"{path} is missing; it is the list of frame ranges that the KTH page "
            "offers beside the archives. Put it there."
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
            "'person01_boxing_d1 frames 1-95, 96-185'."
        )
    return ranges
