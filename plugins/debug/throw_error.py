"""Fail on purpose."""

from flowstudio.plugin import Field, NodeConfig, NodeFailed, Plugin, Template


class ThrowError(Plugin):
    """Fails with your own message: to end a branch that must not go on, or to try how errors are handled.

    What follows is decided by the node's settings like for any other failure: the branch ends and the run
    fails, or the `error` port fires where it is wired.
    """

    name, group, icon = "Throw error", "Debug", "circle-alert"
    outputs = ()
    effects = False
    errors = {"NodeFailed": "Always, with the message that you gave."}

    class Config(NodeConfig):
        message: Template = Field(
            min_length=1,
            title="Message",
            description="What the error says.",
            examples=["Order {{ payload.id }} has no customer"],
        )

    def run(self, payload):
        raise NodeFailed(self.config.message or "The node was asked to fail.")
