"""Owns making the voice that ships: every clip of the tables, said by espeak-ng, as Ogg/Opus.

    python -m server.lobby.voice.make            writes display/static/voices/LANGUAGE/CLIP.ogg

Needs espeak-ng and ffmpeg on the machine that runs it; halls do not need them. What a program
says is not part of the program, so the clips carry no licence of espeak-ng's.
Each clip is cut at both ends (20 ms stay before, 40 ms after), brought to one loudness (-16 LUFS)
and encoded as mono Opus at 24 kbit/s.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from server.lobby.voice.tables import SHIPPED, Table, read_table

VOICES = Path(__file__).resolve().parents[3] / "display" / "static" / "voices"
SPEAKER = {"id": "id", "en": "en-gb"}
WORDS_PER_MINUTE = 140
FILTER = (
    "silenceremove=start_periods=1:start_threshold=-50dB:start_silence=0.02,areverse,"
    "silenceremove=start_periods=1:start_threshold=-50dB:start_silence=0.04,areverse,"
    "loudnorm=I=-16:TP=-1.5"
)


def make(table: Table, folder: Path) -> int:
    """Write every clip of a language into ``folder``; return their size together, in bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    size = 0
    for clip, text in table.clips().items():
        target = folder / f"{clip}.ogg"
        say(text, table.language, target)
        size += target.stat().st_size
    return size


def say(text: str, language: str, target: Path) -> None:
    """Write a clip of some words in one of the shipped languages."""
    espeak, ffmpeg = shutil.which("espeak-ng"), shutil.which("ffmpeg")
    if espeak is None or ffmpeg is None:
        raise SystemExit("Needs espeak-ng and ffmpeg: apt-get install espeak-ng ffmpeg")
    wave = subprocess.run(  # noqa: S603 - our own words
        [espeak, "-v", SPEAKER[language], "-s", str(WORDS_PER_MINUTE), "--stdout", text],
        check=True, capture_output=True,
    ).stdout  # fmt: skip
    subprocess.run(  # noqa: S603 - our own sound
        [ffmpeg, "-loglevel", "error", "-y", "-f", "wav", "-i", "-", "-af", FILTER,
         "-ar", "24000", "-ac", "1", "-c:a", "libopus", "-b:a", "24k", "-application", "voip",
         "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact", str(target)],
        check=True, input=wave,
    )  # fmt: skip


def main() -> None:
    """Make all shipped voices anew."""
    for path in sorted(SHIPPED.glob("*.toml")):
        table = read_table(path)
        size = make(table, VOICES / table.language)
        sys.stdout.write(f"{table.language}: {len(table.clips())} clips, {size:,} bytes\n")


if __name__ == "__main__":
    main()
