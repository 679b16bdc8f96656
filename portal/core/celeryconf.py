"""How Celery is set: the broker may lose, repeat or delay any message, and nothing of ours is lost.

PostgreSQL holds the work (`portal.outbox`); a message only wakes a worker. Times nest, so that a task that hangs
is ended before its lease runs out, and its lease before the broker hands the message out again:
soft limit 60 s < hard limit 90 s < lease 120 s < visibility timeout 300 s.
"""

from datetime import timedelta

from celery.schedules import crontab
from kombu import Queue

FAST, DOCUMENTS, SYNC, LONG = "fast", "documents", "sync", "long"
QUEUES = (FAST, DOCUMENTS, SYNC, LONG)
LONG_TASKS = frozenset({"dossiers.reconcile_recent", "dossiers.reconcile_all", "site.certify_days"})
"""Work of many minutes, once per period. It has a queue of its own, so that a worker which reads it holds nobody up.

They are acknowledged when they begin, because the broker hands out again what takes longer than VISIBILITY_SECONDS.
"""
STREAM_QUEUES = {"route": FAST, "notify": FAST, "document": DOCUMENTS, "national": SYNC, "inbound": FAST, "reply": SYNC}
"""A slow portal or a long document never keeps routing waiting. Streams are those of `portal.outbox`."""

SOFT_LIMIT_SECONDS = 60
HARD_LIMIT_SECONDS = 90
VISIBILITY_SECONDS = 300


def celery_settings(broker_url: str, prefix: str) -> dict[str, object]:
    """The CELERY_* names for Django's settings.

    `prefix` starts every broker key, so that two databases on one broker never take each other's messages.
    """
    return {f"CELERY_{name.upper()}": value for name, value in (_broker(broker_url, prefix) | _tasks() | _schedule() | _workers()).items()}


def _broker(url: str, prefix: str) -> dict[str, object]:
    return {
        "broker_url": url,
        "broker_transport_options": {
            "visibility_timeout": VISIBILITY_SECONDS,
            "unacked_restore_interval": 5,
            "unacked_restore_throttle": 1,
            # Without these a frozen broker hangs a publisher for ever.
            "socket_timeout": 5.0,
            "socket_connect_timeout": 2.0,
            "socket_keepalive": True,
            "health_check_interval": 10,
            "global_keyprefix": prefix,
        },
        "broker_connection_retry_on_startup": True,
        "broker_connection_max_retries": None,
        "broker_channel_error_retry": True,
        "broker_pool_limit": 4,
        "broker_pool_acquire_timeout": 2.0,
    }


def _tasks() -> dict[str, object]:
    return {
        "task_publish_retry": False,  # the dispatcher comes round again anyway
        "task_acks_late": True,
        # The lease decides when work is tried again; a requeue by the broker would loop on a task that kills its worker.
        "task_reject_on_worker_lost": False,
        "task_retry_on_worker_lost": False,
        "task_acks_on_failure": True,
        "task_acks_on_timeout": True,
        "task_ignore_result": True,
        "result_backend": None,
        "task_store_errors_even_if_ignored": False,
        "task_serializer": "json",
        "accept_content": ["json"],
        "task_soft_time_limit": SOFT_LIMIT_SECONDS,
        "task_time_limit": HARD_LIMIT_SECONDS,
        "task_queues": [Queue(name) for name in QUEUES],
        "task_default_queue": FAST,
        "task_create_missing_queues": False,  # a typo fails, instead of filling a queue that nobody reads
    }


def _schedule() -> dict[str, object]:
    """Periodic work. Each task is idempotent; those that would do harm or waste when repeated run once per period (`core.jobs`)."""
    every = {
        "outbox.sweep": timedelta(seconds=30),
        "notifications.tell_operators": timedelta(seconds=10),
        "payments.ask_about_open_orders": timedelta(seconds=20),
        "payments.rebook_accepted_fees": timedelta(seconds=30),
        "payments.remind_and_expire": timedelta(minutes=5),
        "procedures.sweep_registry_runs": timedelta(seconds=20),
        "procedures.check_completeness": crontab(hour="17", minute="10"),  # 00:10 in Viet Nam
        "dossiers.forget_expired_drafts": crontab(hour="19", minute="10"),  # 02:10 in Viet Nam
        "dossiers.expire_supplements": timedelta(minutes=5),
        "dossiers.alert": timedelta(seconds=30),
        "dossiers.recount": timedelta(seconds=15),
        "dossiers.hand_on": timedelta(seconds=20),
        "dossiers.watch_staffing": timedelta(seconds=30),
        "dossiers.watch_reminders": timedelta(minutes=5),
        "dossiers.sync_catalogue": crontab(minute="35"),
        "dossiers.reconcile_recent": crontab(minute="5"),
        "dossiers.reconcile_all": crontab(hour="17-22", minute="30"),  # 00:30 in Viet Nam, and later until it could be finished
        "site.certify_days": crontab(minute="30", hour="0-16,18-23"),  # 01:30 in Viet Nam, after the comparison; later for what was missed
        "core.forget_old_runs": crontab(hour="19", minute="20"),
    }
    return {
        "beat_schedule": {
            name: {"task": name, "schedule": when, "options": {"queue": LONG if name in LONG_TASKS else FAST}}
            for name, when in every.items()
        }
    }


def _workers() -> dict[str, object]:
    return {
        "worker_prefetch_multiplier": 1,
        "worker_eta_task_limit": 100,
        "worker_cancel_long_running_tasks_on_connection_loss": True,
        "worker_max_tasks_per_child": 500,
        "worker_max_memory_per_child": 400_000,
        "worker_soft_shutdown_timeout": 20.0,
        "worker_enable_soft_shutdown_on_idle": False,  # nothing waits inside an idle worker: no ETA tasks, prefetch of one
        "worker_send_task_events": False,
        "worker_hijack_root_logger": False,
        "beat_enable_remote_control": True,
        "beat_remote_control_max_tick_age": 60,
        "enable_utc": True,
        "timezone": "UTC",
    }
