"""Asks the original Slicer every request of requests.json and writes its answers to answers.json.

Runs on its own, in the old server's environment: `python record.py star.json`.
"""

import collections
import collections.abc
import configparser
import json
import sqlite3
import sys
import tempfile
from pathlib import Path
from typing import Any

for name in collections.abc.__all__:
    if not hasattr(collections, name):
        setattr(collections, name, getattr(collections.abc, name))

from cubes.server import create_server  # noqa: E402  # type: ignore[import-not-found,unused-ignore]  # old environment

HERE = Path(__file__).parent


def _fill(path: Path, tables: dict[str, Any]) -> None:
    connection = sqlite3.connect(path)
    for name, table in tables.items():
        columns = ", ".join(f'"{column}" {kind}' for column, kind in table["columns"].items())
        connection.execute(f'CREATE TABLE "{name}" ({columns})')
        places = ", ".join("?" for _ in table["columns"])
        connection.executemany(f'INSERT INTO "{name}" VALUES ({places})', table["rows"])
    connection.commit()
    connection.close()


def _server(folder: Path, given: dict[str, Any]) -> Any:
    _fill(folder / "star.sqlite", given["tables"])
    (folder / "model.json").write_text(json.dumps(given["model"]), encoding="utf-8")
    (folder / "slicer.ini").write_text(
        f"[server]\nlog_level: error\n[store]\ntype: sql\nurl: sqlite:///{folder}/star.sqlite\n"
        f"[models]\nmain: {folder}/model.json\n",
        encoding="utf-8",
    )
    config = configparser.ConfigParser()
    config.read(folder / "slicer.ini")
    server = create_server(config)
    server.config["PROPAGATE_EXCEPTIONS"] = False
    return server


def _answer(client: Any, request: dict[str, Any]) -> dict[str, Any]:
    query = [tuple(pair) for pair in request["parameters"]]
    if "sent" in request:
        response = client.post(request["path"], query_string=query, json=request["sent"])
    else:
        response = client.get(request["path"], query_string=query)
    text = response.get_data(as_text=True)
    try:
        body = json.loads(text)
    except ValueError:
        body = text if response.status_code == 200 else None
    return {**request, "status": response.status_code, "type": response.mimetype, "body": body}


def main() -> None:
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    requests = json.loads((HERE / "requests.json").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        client = _server(Path(folder), given).test_client()
        answers = [_answer(client, request) for request in requests]
    lines = ",\n".join(json.dumps(answer, ensure_ascii=False) for answer in answers)
    (HERE / "answers.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
