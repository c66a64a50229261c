#!/usr/bin/env python3
"""Goal: what stands beside a name speaks for what it is: a number of its own is looked up exactly, a date of birth is evidence, however it is
written; and a list of a day to come is told as that.
Method: the real binary on invented lists: names with labels and numbers behind them, alone and in a base, decided upon; dates in every form."""
import json
import os
import pathlib
import tempfile
import time

from bank import Tap
from screens import AT, ROOT, ask, screen

LIST = "id,name,kind,birth,country\n1,Brennick Aldous Varoe,person,1961-04-02,DE\n"


def decide(lists, file, entry, name):
    return screen("--against", f"own={lists}", "--decisions", file, "--decide", entry, "--by", "mara", "--reason", "another", *AT, "--", name)


NUMBERED = ("id,name,kind,birth,imo,passport,wallet,bic,account\n"
            "1,Snow Heron,vessel,,9074729,,,,\n2,Torvald Melkin,person,1970-03-12,,,,,\n3,Brennick Aldous Varoe,person,,,AB123456,,,\n"
            "4,Quellmar Mixer,organisation,,,,0x7F367cC41522cE07553e823bf3be79A889DEbe1B,,\n5,Zadumin Bank,organisation,,,,,ZADUDEFF,\n"
            "6,Hargel Trading,organisation,,,,,,GB29NWBK60161331926819\n")


KINDS = ("id,name,kind,birth,passport,imo,bic\n1,Torvald Melkin,person,1961-07-02,9074729,,\n2,Snow Heron,vessel,,,9074729,\n"
         "3,Other House Bank,organisation,,,,ZADUDEFF\n")


def of_kind(tap, folder):
    """A number is what the word before it says; what stands behind a year is no month; what is left out is told."""
    lists = folder / "kinds.csv"
    lists.write_text(KINDS)
    for name, uids in (("Foreign Gull IMO 9074729", ["2"]), ("Nobody Atall passport 9074729", ["1"]), ("Nobody Atall ID 9074729", ["1", "2"]),
                       ("Someone SWIFT ZADUDEFF", ["3"]), ("Foreign Gull\u00a0IMO\uff1a9074729", ["2"])):
        told, _ = ask(lists, name)
        tap.ok([hit["uid"] for hit in told["hits"]] == uids and not told["cut"], f"{name} is looked up as what it is said to be", told)
    scores = [ask(lists, "Torvald Melkin DOB 1961" + more)[0]["hits"][0]["score"] for more in ("", ", 4 High Street Oslo", "-07, 4 High Street Oslo")]
    tap.ok(scores[0] == scores[1] <= scores[2], "the number of a house is no month", scores)
    told, _ = ask(lists, "Foreign Gull ID 10001 2 3 4 5 6 7 IMO 9074729")
    tap.ok([hit["uid"] for hit in told["hits"]] == ["2"] and told["cut"], "what is left out is told", told)


def identified(tap, folder):
    """What a name has of its own on its line is used for what it is; a name may be an identifier itself."""
    lists = folder / "numbered.csv"
    lists.write_text(NUMBERED)
    by_id = (("9074729", "1"), ("IMO 9074729", "1"), ("Nobody Atall IMO: 9074729", "1"), ("AB123456", "3"), ("ab-123456", "3"), ("OTHER BODY PASSPORT AB 123456", "3"),
             ("0x7f367cc41522ce07553e823bf3be79a889debe1b", "4"), ("ZADUDEFF", "5"), ("zadudeffxxx", "5"), ("Other Ltd IBAN GB29 NWBK 6016 1331 9268 19", "6"))
    for name, uid in by_id:
        told, _ = ask(lists, name)
        hits = [(hit["uid"], hit.get("how"), hit["score"]) for hit in told["hits"]]
        tap.ok(hits == [(uid, "identifier", 1000)], f"{name} is looked up exactly", told)
    for name in ("9074728", "AB12345", "0x7f367cc41522ce07553e823bf3be79a889debe1c", "ZADUDEFE", "Nobody Atall IMO 9074728"):
        told, _ = ask(lists, name)
        tap.ok(not told["hits"], f"{name} is another", told)
    for name, uid in (("SNOW HERON IMO 9074741", "1"), ("Melkin, Torvald DOB 12/03/1970", "2"), ("BRENNICK VAROE PASSPORT NO XY 99999", "3")):
        told, _ = ask(lists, name)
        tap.ok([(hit["uid"], hit.get("how")) for hit in told["hits"]] == [(uid, None)], f"{name} is found by name", told)
    scores = [ask(lists, "Torvald Melkin" + more)[0]["hits"] for more in (" DOB 12.03.1970", "", " DOB 12.03.1990")]
    scores = [hits[0]["score"] if hits else 0 for hits in scores]
    tap.ok(scores[0] > scores[1] > scores[2], "a date of birth behind a name speaks", scores)
    own, _ = ask(lists, "Torvald Melkin DOB 12.03.1990", "--born", "1970-03-12")
    tap.ok(own["hits"][0]["score"] == scores[0], "but not when it is told otherwise", own)
    tap.ok("born" not in own["read"] and own["read"]["name"] == "Torvald Melkin", "and then none is said to be read", own)
    for more, born in ((" DOB 12.03.1970", "1970-03-12"), (" born March 1970", "1970-03"), (" DOB 1970", "1970"), (" DOB 12/03/1970", None), (" DOB circa 1970", None),
                       (" 12.03.1990", None), (" DOB unknown", None)):
        told, _ = ask(lists, "Torvald Melkin" + more)
        tap.ok(told["hits"] and told["read"]["name"] == "Torvald Melkin" and told["read"].get("born") == born, f"what is read of{more} is said", told)
    tap.ok("read" not in ask(lists, "Torvald Melkin")[0], "of a name alone nothing is")
    run = screen("--against", f"own={lists}", "Torvald Melkin DOB 12.03.1970")
    tap.ok("read as Torvald Melkin, born 1970-03-12\n" in run.stdout, "nor is it left out of the words", run.stdout)
    run = screen("--against", f"own={lists}", "OTHER BODY PASSPORT AB 123456")
    tap.ok("has the identifier AB 123456, exactly" in run.stdout and "1 open" in run.stdout, "it is told in words", run.stdout)
    file = folder / "identified.jsonl"
    tap.ok(decide(lists, file, "own/3", "OTHER BODY PASSPORT AB 123456").returncode == 0, "it can be decided upon")
    told, _ = ask(lists, "OTHER BODY PASSPORT AB 123456", "--decisions", file)
    tap.ok(not told["hits"] and told["decided_n"] == 1 and told["decided"][0]["how"] == "identifier", "and is no hit then", told)
    tap.ok(len(ask(lists, "AB123456", "--decisions", file)[0]["hits"]) == 1, "of another name it is")
    decide(lists, file, "own/3", "BRENNICK VAROE PASSPORT AB123456")
    told, _ = ask(lists, "BRENNICK VAROE PASSPORT AB123456", "--decisions", file)
    tap.ok(not told["hits"] and told["decided_n"] == 1, "what was found by both is decided once", told)
    base, out, report = folder / "numbered-base.csv", folder / "numbered.jsonl", folder / "numbered.txt"
    base.write_text("id,name\n1,OTHER BODY PASSPORT AB123456\n2,AB123456\n3,Melkin Torvald born 1970\n")
    run = screen("--against", f"own={lists}", *AT, "--file", base, "--out", out, "--report", report)
    lines = [json.loads(line) for line in out.read_text().splitlines()[1:-1]]
    tap.ok([(line["id"], [hit["uid"] for hit in line["hits"]]) for line in lines] == [("1", ["3"]), ("3", ["2"])] and run.returncode == 0,
           "of a base too, but a name alone is no identifier there", lines)
    tap.ok("AB123456" in report.read_text(), "the report says by what")


def shared_by_many(tap, folder):
    """Entries that share an identifier are hits or counted; one that is decided upon is counted once, by whatever it was found."""
    lists, file = folder / "shared.csv", folder / "shared.jsonl"
    numbers = [f"AB{n}{n}{n}{n}7" for n in range(1, 7)]
    lists.write_text("id,name,kind,passport\n" + "".join(f"{number}-{i},Torvald Melkin,person,{number}\n" for number in numbers for i in range(12)))
    for n, shown in ((2, 24), (6, 64)):
        told, _ = ask(lists, "Nobody Atall" + "".join(f" PASSPORT {number}" for number in numbers[:n]))
        tap.ok(len(told["hits"]) == shown and told["hits_over"] == 12 * n - shown and {hit["how"] for hit in told["hits"]} == {"identifier"},
               f"of {12 * n} entries {shown} are shown, and the others counted", (len(told["hits"]), told["hits_over"]))
    told, _ = ask(lists, "Torvald Melkin PASSPORT " + numbers[5])
    tap.ok(len(told["hits"]) == 64 and told["hits_over"] == 8 and [hit.get("how") for hit in told["hits"]] == ["identifier"] * 12 + [None] * 52,
           "who was beyond the hits by name is counted once", (len(told["hits"]), told["hits_over"]))
    name = "Torvald Melkin PASSPORT " + numbers[5]
    for number in numbers:
        for i in range(12):
            decide(lists, file, f"own/{number}-{i}", name)
    told, _ = ask(lists, name, "--decisions", file)
    tap.ok(not told["hits"] and told["decided_n"] == 72, "of 72 that are decided upon each is counted once", told["decided_n"])
    run = screen("--against", f"own={lists}", *AT, name)
    tap.ok("72 open, of which 64 are shown, 0 decided" in run.stdout, "those that are not shown are told of in words", run.stdout[-300:])


def dated(tap, folder):
    """Dates of birth as customers' files have them; what may be two days is left out and counted, unless its order is told."""
    lists, file, out = folder / "numbered.csv", folder / "dated.csv", folder / "dated.jsonl"
    dates = ("1970-03-12", "19700312", "12.03.1970", "12.3.1970", "12 Mar 1970", "1970-03-12T00:00:00Z", "1970", "03/1970", "12/03/1970", "03/12/1970", "25/12/1970",
             "12/25/1970", "13.13.1970")
    scores = {}
    for order in (None, "day-first", "month-first"):
        file.write_text("id,name,born\n" + "".join(f"{date},Torvald Melkin,{date}\n" for date in ("", *dates)))
        run = screen("--against", f"own={lists}", *AT, "--file", file, "--out", out, "--line", "1", *(("--dates", order) if order else ()))
        lines = [json.loads(line) for line in out.read_text().splitlines()]
        tap.ok(run.returncode == 0, "it runs", run.stderr)
        at = {line["id"]: line["hits"][0]["score"] for line in lines[1:-1]}
        scores[order] = {date: "same" if at[date] > at[""] else "other" if at[date] < at[""] else "none" for date in dates}
        wrong = sum(word == "none" for word in scores[order].values())
        tap.ok(lines[-1]["summary"]["facts_not_understood"] == wrong, "what is left out is counted", (lines[-1], scores[order]))
    plain = dict.fromkeys(dates[:8], "same")
    tap.ok(scores[None] == {**plain, "12/03/1970": "none", "03/12/1970": "none", "25/12/1970": "other", "12/25/1970": "other", "13.13.1970": "none"},
           "what is clear is read", scores[None])
    tap.ok(scores["day-first"] == {**plain, "12/03/1970": "same", "03/12/1970": "other", "25/12/1970": "other", "12/25/1970": "none", "13.13.1970": "none"},
           "the day first", scores["day-first"])
    tap.ok(scores["month-first"] == {**plain, "12/03/1970": "other", "03/12/1970": "same", "25/12/1970": "none", "12/25/1970": "other", "13.13.1970": "none"},
           "the month first", scores["month-first"])
    for more, words in ((("--dates", "iso"), "--dates is"), (("--born", "03/04/1970"), "may be two days"), (("--dates", "day-first"), "--file wants")):
        run = screen("--against", f"own={lists}", *more, "Torvald Melkin")
        tap.ok(run.returncode == 2 and words in run.stderr, f"{more} is refused", run.stderr)


def dated_ahead(tap, folder, lists):
    """A list whose file, or which itself, is of a day to come is not 0 s old and all well."""
    ahead, out, report = folder / "ahead.csv", folder / "ahead.jsonl", folder / "ahead.txt"
    ahead.write_text(LIST)
    now = time.time()
    os.utime(ahead, (now + 3 * 86400, now + 3 * 86400))
    for file, wanted in ((ahead, True), (lists, False)):
        words = screen("--against", f"own={file}", "Brennick Varoe").stdout
        told = json.loads(screen("--against", f"own={file}", "--json", "Brennick Varoe").stdout)["lists"][0]
        tap.ok(("but DATED 71 h IN THE FUTURE" in words or "but DATED 72 h IN THE FUTURE" in words) == wanted and ("IN THE FUTURE" in words) == wanted,
               f"it is said in words: {wanted}", words)
        tap.ok(3 * 86400 - 600 <= told.get("ahead_s", 0) <= 3 * 86400 if wanted else "ahead_s" not in told, f"and in JSON: {wanted}", told)
        screen("--against", f"own={file}", "--file", lists, "--out", out, "--report", report)
        tap.ok(("IN THE FUTURE" in report.read_text()) == wanted, f"and in the report: {wanted}", report.read_text())
    own, _ = ask(ROOT / "tests/vectors/lists/un.xml:un", "Brennick Varoe", "--at", "2001-01-01")
    tap.ok(own["lists"][0]["ahead_s"] > 86400 * 365, "so of the day that the list itself says", own["lists"])


def main():
    tap = Tap()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        lists = folder / "own.csv"
        lists.write_text(LIST)
        identified(tap, folder)
        of_kind(tap, folder)
        shared_by_many(tap, folder)
        dated(tap, folder)
        dated_ahead(tap, folder, lists)
    tap.done()


main()
