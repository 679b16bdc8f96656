from django.apps import AppConfig


class DossiersConfig(AppConfig):
    name = "dossiers"

    def ready(self) -> None:
        from dossiers import routingfacts, staffing, work  # noqa: PLC0415 -- models must be loaded first
        from procedures.queries.recent import tell_recent_dossiers_by  # noqa: PLC0415
        from procedures.queries.staffing import tell_lacks_by  # noqa: PLC0415
        from procedures.queries.workload import count_open_dossiers_by  # noqa: PLC0415

        work.register_handlers()
        count_open_dossiers_by(routingfacts.open_by_agency)
        tell_recent_dossiers_by(routingfacts.last_dossiers)
        tell_lacks_by(staffing.lacks_of)
