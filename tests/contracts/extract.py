#!/usr/bin/env python3
"""The facts of a contract, from the OpenAPI document that its clients were built against.

    extract.py DOCUMENT >NAME.json

The documents themselves are other people's and are not kept here. What is kept is what a client can see of an
operation: its id, who may call it, what it takes and what it answers. No sentence is carried over. When a contract
publishes a new document, this renews its facts, and the difference is what changed for its clients.

Schemas come out flat, a line for each place in a body: `.` is the body, `.user.email` a property, `.channels[]` the
items of a list, `.ctx.*` the values of a map. References and combinations are resolved; `required` stands at the place
itself, also for a parameter or a body. A keyword that is neither a fact nor known to say nothing about bytes ends the
extraction, because a limit that went unread would be a promise that nobody keeps.

A document without operations is a list of schemas by name, and the names are what its clients import. So its schemas
come out by name, with their references as they are, and nothing is resolved.
"""

import functools
import json
import sys

METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}
# Words for people, and hints that change no byte on the wire.
SILENT = {
    "description", "summary", "title", "example", "examples", "tags", "deprecated", "externalDocs", "readOnly",
    "writeOnly", "xml",
}
FACETS = {
    "type", "format", "enum", "pattern", "default", "minLength", "maxLength", "minimum", "maximum",
    "exclusiveMinimum", "exclusiveMaximum", "minItems", "maxItems",
}
STRUCTURE = {"properties", "required", "items", "additionalProperties"}
NULL = {"type": ["null"]}
JSON_TYPES = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


class Unreadable(Exception):
    """The document says something that facts have no place for."""


def only(value, known, where):
    """`value` without what says nothing, once it is sure that the rest is known."""
    told = {key: inner for key, inner in value.items() if key not in SILENT and not key.startswith("x-")}
    if strange := set(told) - known:
        raise Unreadable(f"{where}: {', '.join(sorted(strange))}")
    return told


class Document:
    """An OpenAPI document, 3.0 or 3.1."""

    def __init__(self, document):
        self.document = document
        self.schemes = {
            name: credential(name, scheme)
            for name, scheme in document.get("components", {}).get("securitySchemes", {}).items()
        }

    def resolve(self, value):
        """What a reference points at."""
        while "$ref" in value:
            target = self.document
            for step in value["$ref"].removeprefix("#/").split("/"):
                target = target[step.replace("~1", "/").replace("~0", "~")]
            value = target
        return value

    def plain(self, schema):
        """A schema without references and combinations at its own level, its types a sorted list."""
        schema = only(schema, FACETS | STRUCTURE | {"$ref", "allOf", "anyOf", "oneOf", "const", "nullable"}, "a schema")
        if (ref := schema.pop("$ref", None)) is not None:
            return both(self.plain(self.resolve({"$ref": ref})), self.plain(schema))
        parts = [self.plain(part) for part in schema.pop("allOf", [])]
        for word in ("anyOf", "oneOf"):
            if alternatives := schema.pop(word, []):
                parts.append(either([self.plain(alternative) for alternative in alternatives]))
        nullable = schema.pop("nullable", False)
        whole = functools.reduce(both, parts, typed(schema))
        if nullable and "type" in whole:
            whole["type"] = sorted({*whole["type"], "null"})
        return whole

    def fields(self, schema, required=False, place="."):
        """Every place in the bodies that a schema describes, with its facts."""
        plain = self.plain(schema)
        facts = {key: value for key, value in plain.items() if key in FACETS}
        if "type" in facts and len(facts["type"]) == 1:
            facts["type"] = facts["type"][0]
        if required:
            facts["required"] = True
        values = plain.get("additionalProperties", True)
        if values is False:
            facts["additionalProperties"] = False
        found = {place: facts}
        for name, inner in plain.get("properties", {}).items():
            if not name or name == "*" or set(name) & set(".["):
                raise Unreadable(f"a property named {name!r}")
            found |= self.fields(inner, name in plain.get("required", []), under(place, "." + name))
        if "items" in plain:
            found |= self.fields(plain["items"], False, under(place, "[]"))
        if isinstance(values, dict) and values:
            found |= self.fields(values, False, under(place, ".*"))
        return found

    def content(self, value, required=False):
        """The media types of a body, and what each holds."""
        return {
            media: self.fields(only(body, {"schema"}, media).get("schema", {}), required)
            for media, body in value.get("content", {}).items()
        }

    def parameters(self, item, operation):
        """Parameters by where they are and what they are called; an operation's beat its path's."""
        found = {}
        for parameter in map(self.resolve, item.get("parameters", []) + operation.get("parameters", [])):
            parameter = only(parameter, {"name", "in", "required", "schema"}, "a parameter")
            fields = self.fields(parameter["schema"], parameter.get("required", False))
            found[f"{parameter['in']} {parameter['name']}"] = fields
        return found

    def callers(self, operation):
        """Each way to call, by what is sent. A document that asks for nobody is open."""
        ways = operation.get("security", self.document.get("security", []))
        return sorted({" and ".join(sorted(self.schemes[name] for name in way)) or "anyone" for way in ways or [{}]})

    def operation(self, item, operation):
        """Everything a client can see of an operation."""
        known = {"operationId", "parameters", "requestBody", "responses", "security"}
        operation = only(operation, known, "an operation")
        body = only(self.resolve(operation.get("requestBody", {})), {"content", "required"}, "a request body")
        responses = {
            status: self.content(only(self.resolve(response), {"content"}, f"response {status}"))
            for status, response in operation["responses"].items()
        }
        return {
            "callers": self.callers(operation),
            "operationId": operation["operationId"],
            "parameters": self.parameters(item, operation),
            "request": self.content(body, body.get("required", False)),
            "responses": responses,
        }

    def facts(self):
        """All operations by path and method, or all schemas by name."""
        if "paths" not in self.document:
            schemas = self.document["components"]["schemas"]
            return {"components": {"schemas": {name: wordless(schema) for name, schema in schemas.items()}}}
        return {
            path: {method: self.operation(item, item[method]) for method in item.keys() & METHODS}
            for path, item in self.document["paths"].items()
        }


def wordless(schema):
    """A schema as it is, without words. A constant is an enumeration of one, and a map of anything an open object."""
    schema = only(schema, FACETS | STRUCTURE | {"$ref", "allOf", "anyOf", "oneOf", "const"}, "a schema")
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    if schema.get("type") == "number" and isinstance(schema.get("default"), str):
        # A sentence, which begins with the number.
        schema["default"] = int(schema["default"].split()[0])
    for word in ("items", "additionalProperties"):
        if isinstance(schema.get(word), dict):
            schema[word] = wordless(schema[word]) or True
    for word in ("allOf", "anyOf", "oneOf"):
        if word in schema:
            schema[word] = [wordless(part) for part in schema[word]]
    if "properties" in schema:
        schema["properties"] = {name: wordless(inner) for name, inner in schema["properties"].items()}
    return schema


def credential(name, scheme):
    """What a way to authenticate sends. An OAuth 2 token is sent as a bearer (RFC 6750 section 2.1)."""
    if scheme["type"] == "oauth2":
        return "bearer"
    if scheme["type"] == "http":
        return scheme["scheme"].lower()
    if scheme["type"] == "apiKey":
        return f"{scheme['in']} {scheme['name']}"
    raise Unreadable(f"the way to authenticate {name}")


def under(place, step):
    """The place that a step from `place` leads to."""
    return step if place == "." and step.startswith(".") else place + step


def typed(schema):
    """A schema whose constants are enumerations and whose types are a list that agrees with them. An enumeration
    holds no null: the types say whether there may be one."""
    schema = dict(schema)
    if "const" in schema:
        schema["enum"] = [schema.pop("const")]
    if any(isinstance(schema.get(limit), bool) for limit in ("exclusiveMinimum", "exclusiveMaximum")):
        raise Unreadable("a limit that is exclusive in the manner of OpenAPI 3.0")
    types = schema.pop("type", None)
    types = [types] if isinstance(types, str) else types
    if "enum" in schema:
        values = schema["enum"]
        named = {JSON_TYPES[type(value)] for value in values}
        types = (set(types) - ({"null"} - named)) if types else named
        schema["enum"] = sorted((value for value in values if value is not None), key=json.dumps)
    return schema | {"type": sorted(types)} if types else schema


def both(one, other):
    """What satisfies two schemas. A limit that they set differently is not worked out."""
    whole = dict(one)
    for key, value in other.items():
        if key == "type" and key in whole:
            whole[key] = sorted(set(whole[key]) & set(value))
        elif key == "required":
            whole[key] = sorted({*whole.get(key, []), *value})
        elif key == "properties":
            if any(whole.get(key, {}).get(name, inner) != inner for name, inner in value.items()):
                raise Unreadable("two parts of a schema describe one property")
            whole[key] = whole.get(key, {}) | value
        elif whole.setdefault(key, value) != value:
            raise Unreadable(f"two parts of a schema set {key}")
    return whole


def either(alternatives):
    """What satisfies one of several schemas: something or null, or one of several plain values."""
    things = [alternative for alternative in alternatives if alternative != NULL]
    if len(things) > 1 and any(STRUCTURE & thing.keys() for thing in things):
        raise Unreadable("one of several objects or lists")
    whole = {}
    for thing in things:
        for key, value in thing.items():
            if key != "type" and whole.setdefault(key, value) != value:
                raise Unreadable(f"alternatives that differ in {key}")
    if all("type" in alternative for alternative in alternatives):
        whole["type"] = sorted({name for alternative in alternatives for name in alternative["type"]})
    return whole


def lines(value, indent=""):
    """JSON with sorted keys and a line for each place, so that a difference reads as what changed."""
    if not isinstance(value, dict) or not any(isinstance(inner, dict) for inner in value.values()):
        return json.dumps(value, sort_keys=True, ensure_ascii=False)
    deeper = indent + "  "
    members = (f"{deeper}{json.dumps(key)}: {lines(inner, deeper)}" for key, inner in sorted(value.items()))
    return "{\n" + ",\n".join(members) + "\n" + indent + "}"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    with open(sys.argv[1], encoding="utf-8") as source:
        document = json.load(source)
    try:
        print(lines(Document(document).facts()))
    except RecursionError:
        sys.exit("a schema contains itself: there is no last place to write down")
    except Unreadable as reason:
        sys.exit(f"no fact has a place for this: {reason}")
