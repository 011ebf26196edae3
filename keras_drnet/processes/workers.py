"""A pool of processes for long jobs, with a progress bar on standard error."""

import concurrent.futures
import multiprocessing
import multiprocessing.connection
import os
import sys
import threading

import tqdm

from keras_drnet.errors import InputError


def run_jobs(function, jobs, *, num_workers, unit):
    """Call a function for every job, in worker processes.

    The workers end with the calling process, even if it is killed.

    Args:
        function: a module's function, or a `functools.partial` of one.
        jobs: list of its arguments.
        num_workers: processes; 0 = one for each core.
        unit: what a job makes, such as `"shard"`, for progress bar and errors.

    Yields:
        The function's results, in order of completion.

    Raises:
        InputError: a worker died.
    """
    if not jobs:
        return
    # TensorFlow does not survive a fork once it has run. What "forkserver" forks has
    # imported it and no more, once for all workers.
    method = "forkserver" if sys.platform == "linux" else "spawn"
    pool = concurrent.futures.ProcessPoolExecutor(
        min(num_workers or os.cpu_count(), len(jobs)),
        multiprocessing.get_context(method),
        initializer=end_with_parent,
    )
    try:
        with tqdm.tqdm(total=len(jobs), unit=f" {unit}") as progress:
            futures = [pool.submit(function, job) for job in jobs]
            for future in concurrent.futures.as_completed(futures):
                yield future.result()
                progress.update()
    except concurrent.futures.process.BrokenProcessPool as error:
        raise InputError(
            f"A worker process died; is there enough memory? Every finished {unit} is "
            "kept: run the same command again, with fewer workers if need be."
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def end_with_parent():
    """End this worker of a pool as soon as its parent has ended."""
    parent = multiprocessing.parent_process().sentinel

    def watch():
        multiprocessing.connection.wait([parent])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
