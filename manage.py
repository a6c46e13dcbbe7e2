#!/usr/bin/env python
"""Django's command line for the standalone studio."""

import os
import sys


def data_folder(arguments: list[str]) -> str | None:
    """The value of ``--data``: settings need it before Django reads any argument."""
    for at, argument in enumerate(arguments):
        if argument == "--data" and at + 1 < len(arguments):
            return arguments[at + 1]
        if argument.startswith("--data="):
            return argument.removeprefix("--data=")
    return None


if __name__ == "__main__":
    if (folder := data_folder(sys.argv)) is not None:
        os.environ["FLOWSTUDIO_DATA"] = folder
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "flowstudio.site.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
