"""Every job of this domain: importing them makes them known to the worker."""

from app.events.content import mail_tasks

__all__ = ["mail_tasks"]
