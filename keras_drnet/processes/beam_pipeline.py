"""Jobs as a pipeline of Apache Beam, on this machine, Flink, Dataflow and others.

The package is an optional extra, imported when it is needed.
"""

import _thread
import contextlib
import logging
import os
import re
import sys
import threading

from keras_drnet.errors import InputError, import_extra


def run_on_beam(function, jobs, *, num_workers, unit, options=()):
    """Call a function for every job, in a pipeline of Apache Beam.

    Whether a job whose worker dies is done again is the runner's matter. The
    DirectRunner, which runs here where the options name no other, does not do it.

    Args:
        function: a module's function, or a `functools.partial` of one, that leaves
            what it makes in files. A worker may call it in several threads.
        jobs: list of its arguments.
        num_workers: processes of the DirectRunner; 0 = one for each core.
        unit: what a job makes, such as `"shard"`, for messages.
        options: of the pipeline, such as `["--runner=FlinkRunner"]`.

    Returns:
        `()`: a pipeline does not hand back what its jobs return.

    Raises:
        InputError: the package is not installed, an option is refused, the pipeline
            was cancelled, a job raised `InputError`, or a process died.
    """
    beam = import_extra("apache_beam")
    logging.getLogger("apache_beam").setLevel(logging.ERROR)
    if not jobs:
        return ()
    # The last of two values counts.
    options = [
        "--runner=DirectRunner",
        f"--direct_num_workers={min(num_workers or os.cpu_count(), len(jobs))}",
        "--direct_running_mode=multi_processing",
        # Without triggers this changes one thing: the DirectRunner does not fetch
        # another runner from the network, to run the pipeline in one process.
        "--allow_unsafe_triggers",
        "--default_sdk_harness_log_level=ERROR",
        *options,
    ]
    print(f"Apache Beam: {len(jobs)} {unit}s to make", file=sys.stderr)
    try:
        pipeline = beam.Pipeline(argv=options)
    except (ImportError, ValueError) as error:
        raise InputError(f"Apache Beam refuses {' '.join(options)}: {error}") from error
    _ = pipeline | beam.Create(jobs) | beam.Reshuffle() | beam.Map(function)
    try:
        with _deaths_of_workers(unit):
            state = pipeline.run().wait_until_finish()
    except Exception as error:
        # A runner keeps the text of a job's exception, but not the exception.
        message = re.search(
            r"\bInputError: (.+?)(?: \[while running|\\n|$)", str(error), re.MULTILINE
        )
        if not message:
            raise
        raise InputError(message[1]) from error
    if state != beam.runners.runner.PipelineState.DONE:
        raise InputError(
            f"The pipeline ended as {state}, expected DONE. Every finished {unit} is "
            "kept: run the same command again."
        )
    return ()


@contextlib.contextmanager
def _deaths_of_workers(unit):
    """Raise `InputError` in the main thread when a process of the DirectRunner dies.

    The runner itself would wait for it without an end: all that stops is a thread.
    """
    before, deaths = threading.excepthook, []

    def interrupt(arguments):
        before(arguments)
        # After Ctrl-C they die, too, but -2 is no news.
        error = str(arguments.exc_value)
        if "Worker subprocess exited" in error and not error.endswith(" -2"):
            deaths.append(error)
            _thread.interrupt_main()

    threading.excepthook = interrupt
    try:
        yield
    except KeyboardInterrupt as interruption:
        if not deaths:
            raise
        raise InputError(
            f"A worker process died; is there enough memory? Every finished {unit} is "
            "kept: run the same command again, with fewer workers if need be."
        ) from interruption
    finally:
        threading.excepthook = before
