"""The JSON Schema of contracts, for editors: what the model refuses, as far as a schema can say."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from seatrial.model.contract import Contract

DIALECT = "https://json-schema.org/draft/2020-12/schema"
# What the validators of the contract as a whole ask for.
_SPEAKS_HTTP: JsonSchemaValue = {
    "anyOf": [
        {"required": ["request"], "properties": {"request": {"minItems": 1}}},
        {"required": ["drain"]},
        {"required": ["health"], "properties": {"health": {"required": ["path"]}}},
    ]
}
_HAS_A_PORT: JsonSchemaValue = {
    "required": ["network"],
    "properties": {
        "network": {
            "anyOf": [
                {"required": ["port"]},
                {"required": ["listen"], "properties": {"listen": {"minItems": 1}}},
            ]
        }
    },
}


def contract_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of `contract.toml`."""
    told = Contract.model_json_schema(schema_generator=_ForToml)
    return {
        "$schema": DIALECT,
        **told,
        # The image's name alone promises nothing.
        "minProperties": 2,
        "if": _SPEAKS_HTTP,
        "then": _HAS_A_PORT,
    }


class _ForToml(GenerateJsonSchema):
    """TOML has no null: what may be absent is not listed, and None is nobody's default."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        told = super().default_schema(schema)
        return {name: value for name, value in told.items() if (name, value) != ("default", None)}

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        told = super().dict_schema(schema)
        # Names that fit no pattern are refused, not let through unseen.
        return {**told, "additionalProperties": False} if "patternProperties" in told else told

    def field_title_should_be_set(self, _schema: Any) -> bool:
        return False
