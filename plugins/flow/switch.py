"""Send a payload the way its case says."""

import json

from flowstudio.plugin import Expression, Field, NodeConfig, Plugin, Port


class Switch(Plugin):
    """Goes on at the port of the case that the value equals, else at `default`.

    The payload passes through unchanged. A value that is not text is compared as JSON writes it: `7`,
    `true`, `null`.
    """

    name, group, icon = "Switch", "Flow", "signpost"
    outputs = (Port("default", "The payload, when the value equals none of the cases."),)
    outputs_from = "cases"
    effects = False
    passes_payload = True

    class Config(NodeConfig):
        value: Expression = Field(
            min_length=1,
            title="Value",
            description="What is compared.",
            examples=["event.type", "payload.country"],
        )
        cases: list[str] = Field(
            default=[],
            title="Cases",
            description="The texts that the value is compared with; each has a port of its own.",
            examples=[["opened", "closed"]],
        )

    @classmethod
    def check(cls, config):
        problems = []
        if any(not case.strip() for case in config.cases):
            problems.append("A case is empty. Give it a text or remove it.")
        if len(set(config.cases)) < len(config.cases):
            problems.append("Two cases are the same. Each case may stand in the list once.")
        if taken := {"default", "error"} & set(config.cases):
            problems.append(f"A case cannot be called {min(taken)}: that port is there already.")
        return problems

    def run(self, payload):
        value = self.config.value
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return (text if text in self.config.cases else "default"), payload
