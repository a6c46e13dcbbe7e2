"""Read the database by the ORM, on a worker thread."""

from flowstudio.plugin import NodeConfig, Plugin


class Tables(Plugin):
    """Counts the workflows."""

    name, group, icon = "Tables", "Tests", "database"

    class Config(NodeConfig):
        pass

    def run(self, payload):
        from flowstudio.models import Workflow

        return "payload", {"workflows": Workflow.objects.count()}
