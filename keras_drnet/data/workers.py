"""A pool of processes for long jobs, with a progress bar."""

import concurrent.futures
import multiprocessing
import multiprocessing.connection
import os
import threading

from keras_drnet.data.pipeline.progress import Progress
from keras_drnet.errors import InputError


def run_jobs(function, jobs, *, num_workers, unit):
    """Call a function for every job, in processes of their own.

    When the calling process is killed, its workers end too.

    Args:
        function: what to call; a module's function, or a `functools.partial` of one.
        jobs: its arguments.
        num_workers: processes; 0 = one for each core.
        unit: what the progress bar counts, such as `"shard"`.

    Yields:
        Its results, in the order in which they are done.

    Raises:
        InputError: a worker died.
    """
    if not jobs:
        return
    progress = Progress(len(jobs), unit)
    # TensorFlow does not survive a fork.
    pool = concurrent.futures.ProcessPoolExecutor(
        min(num_workers or os.cpu_count(), len(jobs)),
        multiprocessing.get_context("spawn"),
        initializer=_end_with_parent,
    )
    try:
        futures = [pool.submit(function, job) for job in jobs]
        for future in concurrent.futures.as_completed(futures):
            yield future.result()
            progress.add()
    except concurrent.futures.process.BrokenProcessPool as error:
        raise InputError(
            f"A worker process died; is there enough memory? Every finished {unit} "
            "stays: run the same again, if need be with fewer workers."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _end_with_parent():
    """End this process when the one that started it is killed."""
    parent = multiprocessing.parent_process().sentinel

    def watch():
        multiprocessing.connection.wait([parent])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
