"""Questionnaires and scales in plain words.

Refuses what makes people stumble or gives them away: long sentences, abbreviations, two options of
one question with the same text, a text without English, letters in pieces (not NFC), a question
that asks for a name, telephone, e-mail or identity number, two age bands that overlap.
usage: check_plain_words.py [repository]
"""
import json
import re
import sys
import unicodedata
from pathlib import Path

MOST_WORDS = {"vi": 25, "en": 30}
# Capitals that are no abbreviation: the grades of a rating scale and counters such as "II".
ALLOWED_CAPITALS = re.compile(r"^[IVX]+$")
CAPITALS = re.compile(r"\b[^\W\d_a-z]{2,}\b")
SHORTENED = re.compile(r"\b(v\.v|đ/c|t/c|tp|tx|tt)\.|\b(cchc|tthc|ubnd|hđnd|cbcc|cccd|cmnd|sđt|bhyt|qđ)\b", re.I)
ASKS_WHO = re.compile(
    r"\b(họ (và )?tên|tên (của )?ông/bà|số điện thoại|thư điện tử|e-?mail|căn cước|chứng minh nhân dân"
    r"|số giấy tờ|your (full )?name|(tele)?phone number|identity (card|number)|passport)", re.I)
BAND = re.compile(r"^age_(\d+)_(\d+|up)$")


def sentences(text):
    return [s for s in re.split(r"(?<=[.!?…])\s+|\n+", text) if s.strip()]


def words(sentence):
    return [w for w in sentence.split() if any(c.isalnum() for c in w)]


def is_text(node):
    return isinstance(node, dict) and isinstance(node.get("vi"), str)


def each_text(node, pointer=""):
    if is_text(node):
        yield pointer, node
    elif isinstance(node, dict):
        for key, child in node.items():
            yield from each_text(child, f"{pointer}/{key}")
    elif isinstance(node, list):
        for index, child in enumerate(node):
            yield from each_text(child, f"{pointer}/{index}")


def faults_of_text(pointer, text):
    if not text.get("en", "").strip():
        yield f"{pointer}: no English text"
    for language, value in text.items():
        if unicodedata.normalize("NFC", value) != value:
            yield f"{pointer}/{language}: not NFC"
        if value != value.strip() or "  " in value:
            yield f"{pointer}/{language}: blanks at an end or doubled"
        for sentence in sentences(value):
            count = len(words(sentence))
            if count > MOST_WORDS.get(language, 30):
                yield f"{pointer}/{language}: {count} words: {sentence}"
    if pointer.startswith("/source"):
        return
    for match in CAPITALS.findall(text["vi"]):
        if match == match.upper() and not ALLOWED_CAPITALS.match(match):
            yield f"{pointer}/vi: abbreviation {match}"
    if SHORTENED.search(text["vi"]):
        yield f"{pointer}/vi: abbreviation {SHORTENED.search(text['vi']).group(0)}"


def faults_of_options(pointer, options):
    for language in ("vi", "en"):
        seen = {}
        for option in options:
            text = option["text"].get(language, "").casefold()
            if text in seen:
                yield f"{pointer}: options {seen[text]} and {option['id']} read the same in {language}"
            seen[text] = option["id"]
    after = None  # first age not yet covered
    for option in options:
        band = BAND.match(option["id"])
        if not band:
            continue
        low, high = int(band.group(1)), None if band.group(2) == "up" else int(band.group(2))
        if (option.get("from"), option.get("to")) != (low, high):
            yield f"{pointer}: age band {option['id']} must say from and to as its id does"
        if after is not None and low != after:
            yield f"{pointer}: age band {option['id']} should begin at {after}"
        after = None if high is None else high + 1


def faults_of_question(pointer, question):
    asked = [question["text"]] + [option["text"] for option in question.get("options", [])]
    for text in asked:
        for value in text.values():
            if ASKS_WHO.search(value):
                yield f"{pointer}: asks who the person is: {value}"
    yield from faults_of_options(pointer, question.get("options", []))


def faults_of_file(document):
    for pointer, text in each_text(document):
        yield from faults_of_text(pointer, text)
    if document["schema"].startswith("khaosat/scale/"):
        yield from faults_of_options("/options", document["options"])
    for s, section in enumerate(document.get("sections", [])):
        for q, question in enumerate(section["questions"]):
            yield from faults_of_question(f"/sections/{s}/questions/{q}", question)


def check_the_check():
    """Each rule must bite on a spoilt copy of a good file; a rule that sleeps is worse than none."""
    def good():
        return {"schema": "khaosat/questionnaire/1", "sections": [{"questions": [{
            "text": {"vi": "Ông/bà bao nhiêu tuổi?", "en": "How old are you?"},
            "options": [{"id": "age_18_24", "text": {"vi": "18 đến 24", "en": "18 to 24"}, "from": 18, "to": 24},
                        {"id": "age_25_up", "text": {"vi": "25 trở lên", "en": "25 or older"}, "from": 25}]}]}]}
    assert not list(faults_of_file(good()))
    spoils = [lambda q: q["text"].update(vi="một " * 26 + "?"), lambda q: q["text"].update(en="one " * 31),
              lambda q: q["text"].update(vi="Làm thủ tục ở UBND thế nào?"),
              lambda q: q["text"].update(vi="Họ và tên của ông/bà là gì?"),
              lambda q: q["text"].pop("en"), lambda q: q["text"].update(vi="tuổi cu\u0309a ai?"),
              lambda q: q["options"][1]["text"].update(vi="18 đến 24"),
              lambda q: q["options"][1].update({"id": "age_24_up", "from": 24}), lambda q: q["options"][1].update({"id": "age_26_up", "from": 26}),
              lambda q: q["options"][1].pop("from")]
    for number, spoil in enumerate(spoils):
        document = good()
        spoil(document["sections"][0]["questions"][0])
        assert list(faults_of_file(document)), f"rule {number} found nothing"


def main():
    check_the_check()
    root = Path(sys.argv[1] if len(sys.argv) > 1 else ".") / "survey_defs"
    files = sorted(root.glob("questionnaires/*.json")) + sorted(root.glob("scales/*.json"))
    if not files:
        sys.exit(f"no questionnaire under {root}")
    faults = 0
    for path in files:
        document = json.loads(path.read_text(encoding="utf-8"))
        if not document.get("schema", "").startswith(("khaosat/questionnaire/", "khaosat/scale/")):
            continue  # grade ladders share the folder
        for fault in faults_of_file(document):
            print(f"{path.relative_to(root)}{fault}")
            faults += 1
    print(f"{len(files)} files, {faults} faults")
    sys.exit(1 if faults else 0)


main()
