"""GraphiQL comes from our own files, made of npm's packages as the lock file names them."""

from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

import api
from api.graphql.http import graphql_routes
from tests.node.running import Node

FILES = Path(api.__file__).with_name("graphiql")


class TestBundle:
    def test_it_is_what_the_packages_give(self, node: Node) -> None:
        done = node.run("bundle.mjs", OUT="out")
        assert done.returncode == 0, done.stderr

        made = {path.name: path.read_bytes() for path in (node.folder / "out").iterdir()}
        kept = {path.name: path.read_bytes() for path in FILES.iterdir()}

        assert sorted(made) == sorted(kept)
        for name, body in made.items():
            assert body == kept[name], f"run tests/node/bundle.mjs anew: {name} differs"

    def test_it_is_small_enough_to_be_kept(self) -> None:
        assert sum(path.stat().st_size for path in FILES.iterdir()) < 3_000_000

    def test_the_page_names_no_other_host(self) -> None:
        assert "//" not in (FILES / "index.html").read_text()

    def test_licences_of_what_is_in_it_are_kept(self) -> None:
        told = (FILES / "licenses.txt").read_text()

        for name in ("graphiql ", "react ", "codemirror ", "graphql "):
            assert f"\n{name}" in f"\n{told}"


def client(*, development: bool) -> httpx.AsyncClient:
    app = Starlette(routes=graphql_routes(development=development))
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1")


HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class TestPage:
    async def test_a_browser_gets_it_and_its_files_without_a_token(self) -> None:
        async with client(development=True) as browser:
            page = await browser.get("/graphql", headers=HTML)
            files = {path.name: await browser.get(f"/graphiql/{path.name}") for path in FILES.iterdir()}

        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self'; " in policy
        assert "http" not in policy
        for name, response in files.items():
            assert response.status_code == 200, name
            assert response.headers["x-content-type-options"] == "nosniff"

    async def test_an_unchanged_file_is_not_sent_again(self) -> None:
        async with client(development=True) as browser:
            first = await browser.get("/graphiql/graphiql.js")
            again = await browser.get(
                "/graphiql/graphiql.js", headers={"if-none-match": first.headers["etag"]}
            )

        assert again.status_code == 304

    @pytest.mark.parametrize("name", ["nothing.js", "..%2f..%2fapp.py", "%2e%2e", "main.jsx"])
    async def test_nothing_else_is_served(self, name: str) -> None:
        async with client(development=True) as browser:
            response = await browser.get(f"/graphiql/{name}")

        assert response.status_code == 404

    async def test_in_production_there_is_none(self) -> None:
        async with client(development=False) as browser:
            file = await browser.get("/graphiql/graphiql.js")

        assert file.status_code == 404
