"""Answers to callers that prefer Chinese: which those are, what changes for them, and that nothing does for others."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.languages import LANGUAGES, preferred, translated
from service.languages.chinese import LANGUAGE

SIZES, NETWORKS = "/v1/output-size", "/v1/networks/validate"
LAYER = {"input_size": 8, "layer": {"type": "conv1d", "kernel_size": 3, "stride": 2}}
TOO_SMALL = {"input_size": 2, "layer": {"type": "conv1d", "kernel_size": 3}}
BROKEN = {
    "input_shape": [1, 3, 32, 32],
    "layers": [
        {"name": "stem", "type": "conv2d", "out_channels": 8, "kernel_size": 3},
        {"type": "conv2d", "in_channels": 16, "out_channels": 8, "kernel_size": 3},
        {"type": "linear", "in_features": 10, "out_features": 4},
    ],
}
TEXTS = {"message", "help", "title", "detail"}
VARYING = {"X-Request-ID", "Date"}
README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize(
    ("header", "tag"),
    [
        *[(header, "zh") for header in ("zh", "zh-CN", "zh-Hans", "zh-Hans-CN", "ZH-cn", "zh-SG", "fr, zh;q=0.1")],
        *[(header, "zh") for header in ("zh-CN,zh;q=0.9,en;q=0.8", "en;q=0.5, zh;q=0.6", "zh, en", "zh;q=1.0,*;q=0.1")],
        *[
            (header, "zh")
            for header in ("zh-TW, zh;q=0.9, en;q=0.8", "zh;q=0.5", "zh ; q=0.5 , fr", "en;q=0, zh;q=0.1")
        ],
        *[
            (header, None)
            for header in ("en", "en-US,en;q=0.9,zh;q=0.8", "en, zh", "*", "*, zh;q=0.9", "", "fr", "de, *")
        ],
        *[
            (header, None)
            for header in ("zh;q=0", "zh-TW", "zh-Hant", "zh-HK", "zhx", "zh;q=x", "zh;q=2", ";;,=,", "z" * 5000)
        ],
    ],
)
def test_the_language_is_the_one_that_the_caller_prefers(header: str, tag: str | None) -> None:
    language = preferred(header)
    assert (language and language.tag) == tag


def without_texts(value: Any) -> Any:
    """An answer without what is said in a language."""
    if isinstance(value, dict):
        skipped = TEXTS | {"request_id"}
        return {key: without_texts(entry) for key, entry in value.items() if key not in skipped}
    return [without_texts(entry) for entry in value] if isinstance(value, list) else value


@pytest.mark.parametrize(("path", "body"), [(SIZES, LAYER), (SIZES, TOO_SMALL), (NETWORKS, BROKEN)])
def test_only_texts_change_and_only_for_who_asks(client: FlaskClient, path: str, body: Any) -> None:
    asked = [client.post(path, json=body, headers=headers) for headers in ({}, {"Accept-Language": "zh"}) * 2]
    asked.append(client.post(path, json=body, headers={"Accept-Language": "en, zh;q=0.9"}))
    english, chinese, again, other, named = asked
    for response in (again, named):
        assert without_id(response.data) == without_id(english.data)
        headers = {name: value for name, value in response.headers.items() if name not in VARYING}
        assert headers == {name: value for name, value in english.headers.items() if name not in VARYING}
    assert without_id(other.data) == without_id(chinese.data)
    assert without_texts(chinese.json) == without_texts(english.json)
    assert chinese.json != english.json
    assert chinese.headers["Content-Language"] == "zh"
    assert "Accept-Language" in chinese.headers["Vary"]
    assert "Content-Language" not in english.headers


def without_id(data: bytes) -> bytes:
    return re.sub(rb'"request_id":"\w+"', b"", data)


def test_an_answer_without_texts_has_no_language(client: FlaskClient) -> None:
    body = {"input_size": 8, "layer": {"type": "conv1d", "kernel_size": 3}}
    response = client.post(SIZES, json=body, headers={"Accept-Language": "zh"})
    assert not {"Content-Language", "Vary"} & set(response.headers.keys())


def test_an_answer_is_copied_where_it_changes_and_shared_where_it_does_not() -> None:
    fix = {"title": "set `padding` to 1", "applicability": "safe", "patch": [{"op": "add", "value": {"title": "x"}}]}
    note = {"location": "", "message": "what arrives is [2]"}
    diagnostic = {"code": "X", "name": "empty-output", "message": "unknown words", "help": None}
    diagnostic |= {"related": [note], "fixes": [fix]}
    answer = {"axes": [{"input": 1}], "sizes": [[1, 2]], "diagnostics": [diagnostic]}
    before = json.dumps(answer)
    new = translated(answer, LANGUAGE)
    assert json.dumps(answer) == before
    assert new["axes"] is answer["axes"]
    [told] = new["diagnostics"]
    assert (told["message"], told["help"]) == ("unknown words", None)
    assert told["related"] == [{"location": "", "message": "传入的形状为 [2]"}]
    assert told["fixes"][0]["title"] == "将 `padding` 设为 1"
    assert told["fixes"][0]["patch"] is fix["patch"]
    assert translated({"axes": answer["axes"]}, LANGUAGE) == {"axes": answer["axes"]}


def test_items_of_a_batch_and_repairs_are_translated(client: FlaskClient) -> None:
    body = {"operation": "networks/validate", "items": [BROKEN, {"layers": 3}]}
    answer = client.post("/v1/batch", json=body, headers={"Accept-Language": "zh"}).json
    network, problem = (result["body"] for result in answer["results"])
    assert network["diagnostics"][0]["message"] == "`in_channels` 为 16，但 `stem` 输出 8 个通道"
    assert all(re.search(r"[\u4e00-\u9fff]", repair["title"]) for repair in network["repairs"])
    assert problem["title"] == "无法处理的内容"


def test_the_detail_counts_the_other_errors(client: FlaskClient) -> None:
    body = {"input_size": 8, "layer": {"type": "conv1d", "kernel_size": 0, "stride": 0}}
    problem = client.post(SIZES, json=body, headers={"Accept-Language": "zh"}).json
    assert problem["detail"] == "`kernel_size` 为 0，小于 1（另有 1 处）"


def test_problems_without_diagnostics_are_translated_too(client: FlaskClient) -> None:
    response = client.get("/nowhere", headers={"Accept-Language": "zh-CN"})
    assert (response.json["title"], response.json["detail"]) == (
        "未找到",
        "`/nowhere` 处没有内容；`/docs` 列出了所有内容",
    )
    assert (response.headers["Content-Language"], response.headers["Vary"]) == ("zh", "Accept-Language")


def test_the_inference_protocol_speaks_english(client: FlaskClient) -> None:
    response = client.post("/v2/models/none/infer", json={}, headers={"Accept-Language": "zh"})
    assert response.json["error"].startswith("there is no model")
    assert "Content-Language" not in response.headers


class TestThePageOfADiagnostic:
    """An answer that callers keep: each language is another."""

    PATH = "/v1/diagnostics/channel-mismatch"

    def test_each_language_has_its_own_etag(self, client: FlaskClient) -> None:
        english, chinese, again = (
            client.get(self.PATH, headers=headers) for headers in ({}, {"Accept-Language": "zh"}, {})
        )
        assert english.data == again.data
        assert english.headers["ETag"] != chinese.headers["ETag"]
        assert without_texts(english.json) == without_texts(chinese.json)
        assert chinese.json["example"]["diagnostic"]["message"].startswith("`in_channels` 为 16")
        for response in (english, chinese):
            assert {"Accept", "Accept-Language"} <= set(response.headers["Vary"].split(", "))
        assert [response.headers.get("Content-Language") for response in (english, chinese)] == [None, "zh"]

    def test_who_has_the_english_one_gets_the_chinese_one(self, client: FlaskClient) -> None:
        etag = client.get(self.PATH).headers["ETag"]
        headers = {"Accept-Language": "zh", "If-None-Match": etag}
        assert client.get(self.PATH, headers=headers).status_code == 200

    def test_the_page_to_read_is_english(self, client: FlaskClient) -> None:
        pages = [client.get(self.PATH, headers={"Accept": "text/html", "Accept-Language": tag}) for tag in ("en", "zh")]
        assert pages[0].data == pages[1].data
        assert "Content-Language" not in pages[1].headers


@pytest.mark.parametrize("path", ["/v1/layers", "/v1/frameworks", "/v1/diagnostics", "/v1/limits", "/openapi.json"])
def test_other_catalogues_are_the_same_in_every_language(client: FlaskClient, path: str) -> None:
    english, chinese = client.get(path), client.get(path, headers={"Accept-Language": "zh"})
    assert english.data == chinese.data
    assert "Accept-Language" not in chinese.headers.get("Vary", "")


def test_the_readme_shows_an_answer_in_chinese(client: FlaskClient) -> None:
    pattern = r"(/v1/\S+) -H 'Accept-Language: ([^']*)' \\\n[^\n]* -d '\n(.*?)'\n```\n```json\n(.*?)```"
    [(path, header, body, shown)] = re.findall(pattern, README.read_text(encoding="utf-8"), re.DOTALL)
    answer = client.post(path, json=json.loads(body), headers={"Accept-Language": header}).json
    expected = json.loads(shown)
    [error], [told] = expected.pop("errors"), answer["errors"]
    assert {**answer, **expected} == answer
    assert (error["name"], error["help"]) == (told["name"], told["help"])
    assert error["fixes"] == [{"title": fix["title"]} for fix in told["fixes"]]


def test_languages_are_known_by_their_tags() -> None:
    assert list(LANGUAGES) == ["zh"]
