"""Every table's class has a factory of its name."""

from __future__ import annotations

import inspect
import pkgutil
from importlib import import_module

from app import load_domains
from app.extensions import db
from tests.unittests import factories
from tests.unittests.factories.base import RowFactory

load_domains()


def made_by_factories() -> dict[str, type]:
    """The models that factories make, by the factories' names."""
    modules = [import_module(f"{factories.__name__}.{each.name}") for each in pkgutil.iter_modules(factories.__path__)]
    classes = [each for module in modules for _, each in inspect.getmembers(module, inspect.isclass)]
    return {each.__name__: each._meta.model for each in classes if issubclass(each, RowFactory) and each._meta.model}


def test_every_model_has_a_factory_of_its_name() -> None:
    models = {mapper.class_ for mapper in db.Model.registry.mappers if mapper.class_.__module__.startswith("app.")}
    made = made_by_factories()
    missing = {model.__name__ for model in models if made.get(f"{model.__name__}Factory") is not model}
    # An event with nothing related is made by EventFactoryBasic, one with its usual relations by EventFactory.
    assert missing == set()
    assert made["EventFactoryBasic"] is made["EventFactory"]
