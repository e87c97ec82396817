"""The configuration: one typed model, read from YAML, checked before any work starts."""

from unmask.config.load import json_schema, read_layers, read_yaml, validate
from unmask.config.schema import Config

__all__ = ["Config", "json_schema", "read_layers", "read_yaml", "validate"]
