"""The commands of jobs: the worker, and what was given up."""

from __future__ import annotations

import json
import os
import signal
import threading

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

import portal.accounts.actions.signing_in
import portal.assessments.actions.booking_retention
import portal.catalogue.actions.duplicates
import portal.catalogue.actions.suppliers
import portal.mail
import portal.performance.actions.collecting
import portal.reports.actions.reuse  # noqa: F401  they register their jobs
from portal import jobs
from portal.commands import Command, Commands, act, database, json_option, yes_anyway
from portal.db import Database

#: A worker has time: it waits this long for a SQLite writer, so that a mail that has left is
#: noted even while a long import runs.
WAIT_MS = 60_000

jobs_group = Commands("jobs", help="What the worker gave up.")


def install(app: Flask) -> None:
    """Give the app its commands."""
    app.cli.add_command(worker)
    app.cli.add_command(jobs_group)


def _worker() -> jobs.Worker:
    settings = current_app.extensions["portal"].settings
    wait = max(settings.busy_timeout_ms, WAIT_MS)
    own = Database(settings.database_url, settings.database_read_url, wait)
    return jobs.Worker(own, settings)


@click.command("worker", cls=Command)
@click.option("--once", is_flag=True, help="Do one job that is due, and stop.")
@click.option("--until-idle", is_flag=True, help="Do all jobs that are due, and stop.")
@click.option("--with-parent", is_flag=True, help="Stop when the process that started it ends.")
@yes_anyway
@json_option
@with_appcontext
def worker(once: bool, until_idle: bool, with_parent: bool, as_json: bool) -> None:
    """Do the jobs: send mails and whatever else waits. Run as many workers as you like.

    It works until it is stopped (Ctrl+C or SIGTERM, after the job in hand). A worker that is killed
    loses nothing: its job is done again when the lease is over.
    """
    parent, working = os.getppid(), _worker()
    if once or until_idle:
        many = int(working.step()) if once else working.until_idle()
        click.echo(json.dumps({"jobs": many}) if as_json else f"Jobs tried: {many}")
        return
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    working.forever(stop, lambda: not with_parent or os.getppid() == parent)


@jobs_group.command("failed")
@json_option
def jobs_failed(as_json: bool) -> None:
    """List the jobs that were given up, newest first, and how many wait."""
    with database().reading() as session:
        rows = [
            {"id": job.id, "kind": job.kind, "failed_at": f"{job.failed_at:%Y-%m-%dT%H:%M:%SZ}",
             "attempts": job.attempts, "error": job.last_error}
            for job in jobs.failures(session, limit=200)
        ]  # fmt: skip
        waiting = jobs.waiting(session)
    if as_json:
        click.echo(json.dumps({"waiting": waiting, "failed": rows}))
        return
    for row in rows:
        click.echo("\t".join(map(str, row.values())))
    click.echo(f"Given up: {len(rows)}. Waiting: {waiting}.")


@jobs_group.command("retry")
@click.argument("job_id", type=click.IntRange(1, 2**31 - 1))
@yes_anyway
@json_option
def jobs_retry(job_id: int, as_json: bool) -> None:
    """Put job JOB_ID, which was given up, back in its place."""
    with database().writing() as session:
        kind = jobs.again(session, job_id, act("jobs retry").at).kind
    click.echo(json.dumps({"id": job_id, "kind": kind}) if as_json else f"{kind} waits again.")
