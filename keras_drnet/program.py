"""What every command-line program shares: flags, errors, exit codes."""

import os
import sys

# TensorFlow's start-up notices would hide our messages; a value that the user has
# set stays.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from absl import app, flags, logging  # noqa: E402

from keras_drnet.errors import (  # noqa: E402
    ExportError,
    InputError,
    TrainingError,
    original_input_error,
)

EXIT_BAD_INPUT = 2
EXIT_INTERRUPTED = 130


def run(main):
    """Run a program: `main()` with parsed flags.

    What the user can mend, a wrong flag, missing data, a full disk, ends the program
    with one sentence and exit code 2.
    """

    def guarded(arguments):
        logging.use_absl_handler()
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
            _leave(str(original))

    def parse(arguments):
        try:
            return flags.FLAGS(arguments)
        except flags.Error as error:
            return _fail(str(error))

    app.run(guarded, flags_parser=parse)


def _fail(message):
    print(f"Error: {message}", file=sys.stderr)
    sys.exit(EXIT_BAD_INPUT)


def _leave(message):
    """Fail at once: a pipeline's threads that are in Python can hold up its end."""
    print(f"Error: {message}", file=sys.stderr, flush=True)
    sys.stdout.flush()
    os._exit(EXIT_BAD_INPUT)
