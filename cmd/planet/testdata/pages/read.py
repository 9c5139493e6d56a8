"""Prints what feedparser sees in each feed file, one JSON object a line."""
import json
import sys

import feedparser

for name in sys.argv[1:]:
    with open(name, "rb") as f:
        d = feedparser.parse(f.read())
    print(json.dumps({"bozo": str(d.bozo_exception) if d.bozo else "", "items": [
        {"title": e.get("title", ""), "author": e.get("author", ""), "link": e.get("link", ""), "id": e.get("id", ""),
         "date": e.get("published", "") if e.get("published_parsed") else e.get("updated", "") if e.get("updated_parsed") else ""}
        for e in d.entries]}))
