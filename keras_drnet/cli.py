"""Flags, error messages and exit codes shared by the command-line programs."""

import io
import os
import re
import sys

from absl import app, flags, logging

from keras_drnet.errors import (
    ExportError,
    InputError,
    TrainingError,
    original_input_error,
)

EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130

# A shared flag belongs to the program that defines it by calling one of the functions
# below, so that the program's `--help` lists it.
flags.disclaim_key_flags()


def run_dir_flag(
    help_text="Run folder, pretrained:<name> for a packaged run, or "
    "hf://<owner>/<name> for one on the Hugging Face Hub.",
    *,
    required=True,
):
    """Define `--run_dir`."""
    return flags.DEFINE_string("run_dir", None, help_text, required=required)


def output_dir_flag(name):
    """Define `--output_dir`, which defaults to the folder `name` of the run."""
    return flags.DEFINE_string(
        "output_dir", None, f"Output directory; defaults to <run_dir>/{name}."
    )


def data_dir_flag():
    """Define `--data_dir`, for data that have moved since training."""
    return flags.DEFINE_string(
        "data_dir", None, "Data directory; defaults to the one used for training."
    )


def baseline_flag():
    """Define `--baseline`, the runs to compare with."""
    # Absl adds how to repeat a flag to its help.
    return flags.DEFINE_multi_string(
        "baseline", [], "Run to compare with, given as --run_dir"
    )


def num_future_flag(default):
    """Define `--num_future`, the number of frames to predict."""
    return flags.DEFINE_integer(
        "num_future", default, "Number of frames to predict.", lower_bound=1
    )


def first_clip_flag():
    """Define `--first_clip`, the index of the first test clip."""
    return flags.DEFINE_integer(
        "first_clip", 0, "Index of the first test clip.", lower_bound=0
    )


def override_flag():
    """Define `--override`, changes of the configuration."""
    return flags.DEFINE_multi_string(
        "override", [], "Config value to change, section.key=value"
    )


def run(main):
    """Run a program: parse the flags, then call `main()`.

    An error that the user can fix (a wrong flag, missing data, a full disk) ends the
    program with one sentence and exit code 2.

    Args:
        main: function of no arguments, defined in the program's module.
    """

    def guarded(arguments):
        logging.use_absl_handler()
        if isinstance(sys.stdout, io.TextIOWrapper):  # Names of files may be any bytes.
            sys.stdout.reconfigure(errors="backslashreplace")
        if len(arguments) > 1:
            _fail(f"Unexpected argument {arguments[1]!r}; flags are --name=value.")
        try:
            main()
        except (ExportError, InputError, TrainingError) as error:
            _fail(str(error))
        except OSError as error:
            _fail(f"{error.filename or 'A file'}: {error.strerror or error}.")
        except KeyboardInterrupt as interrupt:
            print(f"Interrupted: {interrupt}", file=sys.stderr)
            sys.exit(EXIT_INTERRUPTED)
        except Exception as error:
            original = original_input_error(error)
            if original is None:
                raise
            _exit_now(str(original))

    _describe_console_script(main.__module__)
    app.run(guarded, flags_parser=_parse)


def _parse(arguments):
    try:
        return flags.FLAGS([arguments[0], *map(_expand_home, arguments[1:])])
    except SystemExit:  # After --help: absl exits as if that were an error.
        sys.exit(0)
    except flags.Error as error:
        missing = r"flag --(\w+)=None: Flag --\w+ must have a value other than None\."
        message = re.sub(missing, r"--\1 is required.", str(error))
        return _fail(message.replace("\n", " "))


def _expand_home(argument):
    """Expand the ~ of `--flag=~/path`, which a shell leaves alone."""
    home = r"(?<==)~[^/=]*(?=/|$)"
    return re.sub(home, lambda match: os.path.expanduser(match[0]), argument)


def _describe_console_script(module):
    """Let `--help` of a console script show the docstring and flags of its program.

    Absl shows those of `__main__`, which `python -m` makes of the program.
    """
    if module == "__main__":
        return
    sys.modules["__main__"].__doc__ = sys.modules[module].__doc__
    for flag in flags.FLAGS.get_key_flags_for_module(module):
        flags.FLAGS.register_key_flag_for_module(sys.argv[0], flag)


def _fail(message):
    print(f"Error: {message}", file=sys.stderr)
    sys.exit(EXIT_BAD_INPUT)


def _exit_now(message):
    """Fail without waiting for the pipeline's threads, which can hold up the exit."""
    print(f"Error: {message}", file=sys.stderr, flush=True)
    sys.stdout.flush()
    os._exit(EXIT_BAD_INPUT)
