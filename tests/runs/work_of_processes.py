"""What test_processes calls in processes: imported there before Django is set up."""

import os
from importlib import import_module


def add(one, two):
    return one + two, os.getpid()


def spin(path):
    """Use the CPU for ever, after writing the process id."""
    path.write_text(str(os.getpid()))
    while True:
        pass


def die(code):
    os._exit(code)


def name_of_model(name):
    return import_module("flowstudio.models").__dict__[name]._meta.label


def fail(message):
    raise ValueError(message)
