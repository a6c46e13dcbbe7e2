"""Use another workflow as one node."""

from flowstudio.plugin import Data, Field, NodeConfig, Plugin, Port


class CallWorkflow(Plugin):
    """Runs another workflow and waits for it: what its Respond node answers is the output.

    The version in force of the called workflow begins at its first trigger that is switched on, whatever
    the trigger's conditions are; it need not be switched on itself, for that is about events. There the
    payload and `event.properties` are what was handed over. The call is a run of its own, on the canvas of
    the called workflow, shown to those who may see that one. It survives what this run survives, and ends
    with it. A called workflow that never answers returns null. *Retry* calls it anew.
    """

    name, group, icon = "Call workflow", "Flow", "corner-down-right"
    outputs = (Port("payload", "The body of the answer, or null where there was none."),)
    acts = "runs another workflow"
    errors = {
        "CalledRunFailed": "The called workflow failed or was cancelled; the message says why.",
        "CannotCall": "The workflow is not there any more, is not published, has no trigger, or may not be "
        "called from here.",
        "TooDeep": "Workflows call one another too far down, such as in a circle. The message names them.",
    }

    class Config(NodeConfig):
        workflow: str = Field(
            title="Workflow",
            description="Which workflow is called: one that you may run, and that is published. An "
            "expression cannot choose it.",
            json_schema_extra={"x-ui": {"options": "workflows", "literal": True}},
            examples=["0193a2f4-6c1e-7b3a-9d55-0f1e2d3c4b5a"],
        )
        payload: Data = Field(
            default=None,
            title="Payload",
            description="What the workflow begins with. Leave it empty to hand over the payload as it is.",
            examples=[{"order": "{{ payload.id }}"}],
            json_schema_extra={"x-ui": {"code": "json"}},
        )

    async def run(self, payload):
        handed = payload if self.config.payload in (None, "") else self.config.payload
        calls = self.context.service("workflows")
        return "payload", await calls.call(self.context, self.config.workflow, handed)
