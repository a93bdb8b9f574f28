"""What tests of the hall's comfort share: an office with a toilet, seats and a ramp."""

from __future__ import annotations

from typing import Any

COMFORT: dict[str, Any] = {
    "photo_days": 30,
    "places": [
        {
            "code": "toilet", "names": {"id": "Toilet", "en": "Toilets"}, "every_minutes": 120,
            "who": {"id": "Petugas kebersihan", "en": "Cleaning staff"},
            "items": [
                {"code": "soap", "names": {"id": "Sabun habis", "en": "No soap"}},
                {"code": "floor", "names": {"id": "Lantai basah", "en": "Floor wet"}},
            ],
        },
        {
            "code": "seats", "names": {"id": "Kursi tunggu", "en": "Seats"},
            "times": ["12:30", "07:30"],
            "items": [{"code": "broken", "names": {"id": "Ada yang rusak", "en": "Broken"}}],
        },
        {
            "code": "ramp", "names": {"id": "Jalur landai", "en": "Ramp"},
            "items": [{"code": "blocked", "names": {"id": "Terhalang", "en": "Blocked"}}],
        },
    ],
}  # fmt: skip

TOML = """
[[comfort.places]]
code = "toilet"
names = { id = "Toilet", en = "Toilets" }
every_minutes = 120
who = { id = "Petugas kebersihan", en = "Cleaning staff" }
items = [
    { code = "soap", names = { id = "Sabun habis", en = "No soap" } },
    { code = "floor", names = { id = "Lantai basah", en = "Floor wet" } },
]
[[comfort.places]]
code = "seats"
names = { id = "Kursi tunggu", en = "Seats" }
times = ["11:30"]
items = [{ code = "broken", names = { id = "Ada yang rusak", en = "One is broken" } }]
"""
