"""Jobs on a Dask cluster, whose workers are processes of this machine or of many.

The packages are an optional extra, imported when they are needed.
"""

import contextlib
import logging
import os
import signal

import tqdm

from keras_drnet.errors import InputError, import_extra


def run_on_dask(function, jobs, *, num_workers, unit, scheduler=""):
    """Call a function for every job, in the workers of a Dask cluster.

    A job whose worker dies is done again by another one, until it has ended four.

    Args:
        function: a module's function, or a `functools.partial` of one. A worker with
            several threads calls it in all of them.
        jobs: list of its arguments.
        num_workers: processes to start on this machine; 0 = one for each core.
        unit: what a job makes, such as `"shard"`, for progress bar and errors.
        scheduler: address of a cluster that runs already, such as
            `"tcp://host:8786"`; "" = start one.

    Yields:
        The function's results, in order of completion.

    Raises:
        InputError: a package is not installed, no scheduler answers or it goes away,
            both a scheduler and a number of workers are given, or workers died.
    """
    if scheduler and num_workers:
        raise InputError(
            f"The cluster of {scheduler} has its own workers, but {num_workers} were "
            "asked for; give the scheduler or the number of workers."
        )
    distributed = import_extra("distributed")
    logging.getLogger("distributed").setLevel(logging.ERROR)
    if not jobs:
        return
    if scheduler:
        connection = _connect(scheduler)
    else:
        connection = _start(min(num_workers or os.cpu_count(), len(jobs)))
    try:
        with connection as client, tqdm.tqdm(total=len(jobs), unit=f" {unit}") as bar:
            futures = client.map(function, jobs, pure=False)
            for future in distributed.as_completed(futures):
                yield future.result()
                bar.update()
    except distributed.KilledWorker as error:
        raise InputError(
            f"One {unit} ended every worker that began it; is there enough memory? "
            f"Every finished {unit} is kept: run the same command again, with fewer "
            "workers if need be."
        ) from error
    except distributed.client.FutureCancelledError as error:
        raise InputError(
            f"The Dask scheduler went away. Every finished {unit} is kept: start it "
            "and run the same command again."
        ) from error


def _connect(scheduler):
    """Return a client of a running cluster."""
    distributed = import_extra("distributed")
    try:
        return distributed.Client(scheduler)
    except (OSError, ValueError) as error:
        raise InputError(
            f"No Dask scheduler answers at {scheduler!r} ({error}); expected an "
            "address such as tcp://host:8786, which `dask scheduler` prints when it "
            "starts."
        ) from error


@contextlib.contextmanager
def _start(num_workers):
    """Start a cluster of processes on this machine; yield a client of it.

    Whoever reaches a scheduler can have it run anything: it listens on this machine
    only, to those that have its certificate, which is made here and nowhere else.
    """
    import_extra("cryptography")
    distributed = import_extra("distributed")
    with (
        distributed.LocalCluster(
            n_workers=num_workers,
            threads_per_worker=1,
            memory_limit=None,
            host="127.0.0.1",
            dashboard_address=None,
            scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # Any free port.
            security=True,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.register_worker_callbacks(_leave_interrupts_to_parent)
        yield client


def _leave_interrupts_to_parent():
    """Ignore Ctrl-C, which reaches the workers, too: the parent closes them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
