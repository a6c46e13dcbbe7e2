"""The addresses of the API, below `{base}api/`."""

from django.urls import path

from flowstudio.api import (
    docs,
    events,
    fire,
    listen,
    me,
    options,
    plugins,
    preview,
    runs,
    samples,
    tokens,
    versions,
    views,
    workflows,
)

WORKFLOW = "workflows/<uuid:workflow_id>/"
RUN = "runs/<uuid:run_id>/"

urlpatterns = [
    path("me/", me.Me.as_view(), name="api-me"),
    path("plugins/", plugins.Plugins.as_view(), name="api-plugins"),
    path("plugins/<str:plugin_id>/config/", plugins.PluginConfigItem.as_view(), name="api-plugin-config"),
    path("options/<str:name>/", options.Options.as_view(), name="api-options"),
    path("workflows/", workflows.Workflows.as_view(), name="api-workflows"),
    path(WORKFLOW, workflows.WorkflowItem.as_view(), name="api-workflow"),
    path(f"{WORKFLOW}check/", workflows.WorkflowCheck.as_view(), name="api-workflow-check"),
    path(f"{WORKFLOW}grants/", workflows.WorkflowGrants.as_view(), name="api-workflow-grants"),
    path(f"{WORKFLOW}listen/", listen.Listen.as_view(), name="api-workflow-listen"),
    path(f"{WORKFLOW}test/", fire.TestWorkflow.as_view(), name="api-workflow-test"),
    path(f"{WORKFLOW}publish/", versions.Publish.as_view(), name="api-workflow-publish"),
    path(f"{WORKFLOW}versions/", versions.Versions.as_view(), name="api-versions"),
    path(f"{WORKFLOW}versions/<int:number>/", versions.VersionItem.as_view(), name="api-version"),
    path(
        f"{WORKFLOW}versions/<int:number>/restore/",
        versions.RestoreVersion.as_view(),
        name="api-version-restore",
    ),
    path("events/", events.Events.as_view(), name="api-events"),
    path("events/<uuid:event_id>/", events.EventItem.as_view(), name="api-event"),
    path("runs/", runs.Runs.as_view(), name="api-runs"),
    path(RUN, runs.RunItem.as_view(), name="api-run"),
    path(f"{RUN}steps/", runs.Steps.as_view(), name="api-steps"),
    path(f"{RUN}steps/<uuid:step_id>/", runs.StepItem.as_view(), name="api-step"),
    path(f"{RUN}cancel/", runs.CancelRun.as_view(), name="api-run-cancel"),
    path("expressions/preview/", preview.Preview.as_view(), name="api-preview"),
    path("samples/", samples.Samples.as_view(), name="api-samples"),
    path("samples/<int:sample_id>/", samples.SampleItem.as_view(), name="api-sample"),
    path("tokens/", tokens.Tokens.as_view(), name="api-tokens"),
    path("tokens/<int:token_id>/", tokens.TokenItem.as_view(), name="api-token"),
    path("schema/", docs.Schema.as_view(), name="api-schema"),
    path("docs/", docs.Page.as_view(), name="api-docs"),
    path("docs/<str:name>", docs.PageFile.as_view(), name="api-docs-file"),
    path("<path:rest>", views.Unknown.as_view(), name="api-unknown"),
]
