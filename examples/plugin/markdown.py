"""A generator outside of ipcgen: prints a reference of a schema as Markdown.

    ipcgen build trading.ipc --plugin "python3 markdown.py" --out docs

It reads a `Request` as JSON on its standard input and writes an `Answer` on its standard output;
`ipcgen build --lang json` shows what it gets. The annotation `@x.owner("team")` is one of its own: it names
whom to ask, and a service without one is a problem where `--option owners=required` asks for it.
"""

import json
import sys
from typing import Any

Json = dict[str, Any]

ARROWS = {"Result": "", "Stream": "stream ", "Ack": "ack ", "None": "none"}


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def owner(notes: Json) -> str | None:
    for annotation in notes.get("annotations", []):
        if annotation["name"] == "owner" and annotation.get("arguments"):
            return str(annotation["arguments"][0]["value"]["value"])
    return None


def parameters(member: Json) -> str:
    taken = member.get("parameters", {"type": "None"})
    if taken["type"] == "None":
        return ""
    if taken["type"] == "Bare":
        return taken["value"]["text"]
    return ", ".join(field(entry) for entry in taken["value"])


def field(entry: Json) -> str:
    mark = "?" if entry.get("presence", {}).get("type") == "Optional" else ""
    return f"{entry['name']}{mark}: {entry['ty']['text']}"


def method(declared: Json, types: list[Json]) -> str:
    answer = ARROWS[declared["response"]] + declared.get("answer", {}).get("text", "")
    text = f"{declared['name']}({parameters(declared)})" + (f" -> {answer.strip()}" if answer.strip() else "")
    thrown = [types[at]["name"] for at in declared.get("throws", [])]
    return text + (f" throws {' | '.join(thrown)}" if thrown else "")


def table(heads: list[str], rows: list[list[str]]) -> list[str]:
    lines = [heads, ["---"] * len(heads), *rows]
    return ["| " + " | ".join(cell(text) for text in line) + " |" for line in lines] + [""]


def page(schema: Json, package: Json) -> str:
    types = schema["types"]
    lines = [f"# {package['name']}", ""]
    if "docs" in package:
        lines += [package["docs"], ""]
    for service in package.get("services", []):
        lines += [f"## {service['name']}", ""]
        notes = service["notes"]
        if "docs" in notes:
            lines += [notes["docs"], ""]
        if (team := owner(notes)) is not None:
            lines += [f"Owned by {team}.", ""]
        rows = [[f"`{method(entry, types)}`", entry["notes"].get("docs", "")] for entry in service.get("methods", [])]
        rows += [
            [f"`event {entry['name']}({parameters(entry)})`", entry["notes"].get("docs", "")]
            for entry in service.get("events", [])
        ]
        lines += table(["", ""], rows)
    for at in package.get("types", []):
        declared = types[at]
        lines += [f"## {declared['name']}", ""]
        if "docs" in declared["notes"]:
            lines += [declared["notes"]["docs"], ""]
        body = declared["declared"]
        if body["type"] == "Record":
            rows = [[f"`{field(entry)}`", entry["notes"].get("docs", "")] for entry in body["fields"]]
        elif body["type"] in ("Enum", "Error"):
            rows = [[f"`{entry['name']}`", entry["notes"].get("docs", "")] for entry in body["value"]["variants"]]
        else:
            rows = [[f"`{body['target']['text']}`", ""]]
        lines += table(["", ""], rows)
    return "\n".join(lines)


def main() -> None:
    request = json.load(sys.stdin)
    schema, options = request["schema"], request.get("options", {})
    if schema["version"] != 1:
        sys.exit(f"this plugin reads version 1 of the form, and not {schema['version']}")
    problems = []
    if options.get("owners") == "required":
        for package in schema["packages"]:
            for service in package.get("services", []):
                if owner(service["notes"]) is None:
                    message = f'`{service["name"]}` has no owner: write `@x.owner("team")` before it'
                    problems.append({"severity": "Error", "message": message, "place": service["notes"]["place"]})
    files = [
        {"path": package["name"].replace(".", "/") + ".md", "text": page(schema, package)}
        for package in schema["packages"]
    ]
    json.dump({"files": files, "problems": problems}, sys.stdout)


if __name__ == "__main__":
    main()
