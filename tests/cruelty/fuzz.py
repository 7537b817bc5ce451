"""Every decoder of bytes that come from outside returns something, or raises the error that is named for it.

python tests/cruelty/fuzz.py [SECONDS]

Each for so many seconds: guided by coverage where atheris is installed (`pip install atheris`), else by hypothesis.
What once failed is kept in corpus/<decoder>/ and tried first.
"""

from __future__ import annotations

import importlib.util
import json
import re
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from yard import Tally, conclude

HERE = Path(__file__).parent
CORPUS = HERE / "corpus"
#: A decoder, what it may raise, and how it is called; in processes of their own, which import no more than they need.
DECODERS = {
    "message": ("trackio.errors.ProtocolError", "from trackio.wire import decode_message as decode"),
    "record": ("trackio.errors.ProtocolError", "from trackio.wire import decode_record as decode"),
    "batch": (
        "trackio.errors.ProtocolError",
        "from trackiod import apply\ndef decode(data): apply.check(data[1:], data[0] if data else 0)",
    ),
    "segment": (
        "trackio.errors.ProtocolError",
        "from trackio import wire\ndef decode(data): wire.read_segment_header(data); list(wire.payloads(data[64:]))",
    ),
    "frames": (
        "trackiod.receiver._Refused",
        "from trackiod.receiver import _parsed\ndef decode(data): _parsed(data.split(b'|'))",
    ),
    "pipe": (
        "trackio.errors.ProtocolError",
        "from trackiod.jobs import unframed\ndef decode(data): list(unframed(bytearray(data)))",
    ),
    # Sealed by what it holds, else nothing but the check of its sum would be tried.
    "chunk": (
        "builtins.ValueError",
        (
            "import numpy as np\nfrom trackiod.store import chunk, seal\nsteps = np.arange(50)\n"
            "def decode(data): chunk.decode(seal.sealed(data), steps, steps)"
        ),
    ),
    "filter": (
        "trackio.errors.BadRequest",
        "from trackiod import filter\ndef decode(data): filter.parse(data.decode(errors='replace'), 1.0)",
    ),
    "image": (
        "trackio.errors.ProtocolError",
        "from trackiod.picture import from_file\ndef decode(data): FILE.write_bytes(data); from_file(FILE)",
    ),
    "table": (
        "trackio.errors.ProtocolError",
        "from trackiod.tables import rows\ndef decode(data): FILE.write_bytes(data); rows(FILE)",
    ),
    "traces": (
        "trackio.errors.ProtocolError",
        (
            "from trackiod.transcript import count, head, read\n"
            "def decode(data): FILE.write_bytes(data); count(FILE); list(map(head, read(data)))"
        ),
    ),
    "sound": (
        "trackio.errors.ProtocolError",
        (
            "from trackiod.sound import from_file\n"
            "def decode(data): FILE.write_bytes(data); from_file(FILE, FILE.with_suffix('.made'))"
        ),
    ),
    "shape": (
        "trackio.errors.ProtocolError",
        (
            "from trackiod.model import MIMES, from_file\n"
            "def decode(data): FILE.write_bytes(data[1:]); from_file(FILE, sorted(MIMES)[sum(data[:1]) % len(MIMES)])"
        ),
    ),
    "figure": (
        "trackio.errors.ProtocolError",
        "from trackiod.page import figure\ndef decode(data): FILE.write_bytes(data); figure(FILE)",
    ),
}
#: Tries what is in the corpus; then, for as long as it is told, whatever comes to somebody's mind.
PROGRAM = """
import random, sys, time, warnings
from importlib import import_module
from pathlib import Path
named, seeds, seconds = sys.argv[1], [Path(file).read_bytes() for file in sys.argv[3:]], float(sys.argv[2])
module, _, name = named.rpartition(".")
FILE = Path(sys.argv[0]).with_suffix(".input")
warnings.simplefilter("ignore")
try:
    import atheris
except ImportError:
    atheris = None
if atheris:
    with atheris.instrument_imports(include=["trackio", "trackiod"]):
        exec(compile(DECODE, "decode", "exec"))
else:
    exec(compile(DECODE, "decode", "exec"))
error = getattr(import_module(module), name)
def tried(data):
    global tries
    tries += 1
    try:
        decode(data)
    except error:
        pass
tries = 0
for seed in seeds:
    tried(seed)
if atheris:
    folder = Path(sys.argv[0]).with_suffix(".corpus")
    folder.mkdir()
    for number, seed in enumerate(seeds):
        (folder / str(number)).write_bytes(seed)
    options = [f"-max_total_time={int(seconds)}", f"-artifact_prefix={folder}/", "-max_len=4096", "-verbosity=0"]
    atheris.Setup([sys.argv[0], *options, "-print_final_stats=1", str(folder)], tried)
    atheris.Fuzz()
else:
    from hypothesis import HealthCheck, given, settings, strategies as st
    change = st.tuples(st.integers(0, 2**16), st.integers(0, 3), st.binary(min_size=1, max_size=9))
    @st.composite
    def damaged(draw):
        data = bytearray(draw(st.sampled_from(seeds)))
        for where, what, piece in draw(st.lists(change, max_size=6)):
            at = where % (len(data) + 1)
            data[at : at + (len(piece), 0, 99999, 1)[what]] = piece if what != 2 else b""
        return bytes(data)
    @settings(max_examples=200, database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.one_of(st.binary(max_size=300), damaged()))
    def some(data):
        tried(data)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        some()
print(f"stat::number_of_executed_units: {tries}")
"""


def main(seconds: int) -> Tally:
    """Fuzz every decoder, two at once."""
    tally = Tally()
    with tempfile.TemporaryDirectory(prefix="cruel-") as folder, ThreadPoolExecutor(2) as pool:
        seeds = _seeds(Path(folder))
        fuzzed = [(name, pool.submit(_fuzzed, name, seconds, Path(folder), seeds)) for name in DECODERS]
        for name, outcome in fuzzed:
            tries, failure = outcome.result()
            tally.rows += tries
            tally.seen[name] = tries
            tally.claim(not failure, f"{name}: {failure}")
    tally.seen["atheris"] = int(importlib.util.find_spec("atheris") is not None)
    return tally


def _fuzzed(name: str, seconds: int, folder: Path, seeds: dict[str, list[Path]]) -> tuple[int, str]:
    error, decode = DECODERS[name]
    program = folder / f"{name}.py"
    program.write_text(f"DECODE = {decode!r}\n{PROGRAM}")
    kept = [*seeds.get(name, seeds[""]), *sorted((CORPUS / name).glob("*"))]
    command = [sys.executable, str(program), error, str(seconds), *map(str, kept)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    tries = re.findall(r"number_of_executed_units: (\d+)", done.stdout + done.stderr)
    for crash in program.with_suffix(".corpus").glob("*-*"):
        (CORPUS / name).mkdir(parents=True, exist_ok=True)
        (CORPUS / name / crash.name).write_bytes(crash.read_bytes())
    return int(tries[-1]) if tries else 0, "" if done.returncode == 0 else done.stderr[-3000:]


def _seeds(folder: Path) -> dict[str, list[Path]]:
    """Put what each decoder is meant to read into files."""
    import numpy as np
    from PIL import Image

    from trackio.wire import framed, pack
    from trackiod.store import chunk, seal

    golden = json.loads((HERE.parent / "golden" / "protocol_1.json").read_text())
    messages = [bytes.fromhex(entry["hex"]) for entry in golden["messages"].values()]
    records = [bytes.fromhex(entry["hex"]) for entry in golden["records"].values()]
    rows = [bytes.fromhex(entry["hex"]) for entry in golden["packed rows"].values()]
    steps = np.arange(50)
    words = (steps / 7).view(np.int64)
    points = [chunk.Points(steps, steps * 1000, words, kinds) for kinds in (steps < 0, steps >= 0, steps % 2 == 0)]
    found = {
        "message": messages,
        "record": records,
        "batch": [bytes([len(records) + 2]) + b"".join(map(framed, [*records, rows[0], rows[0]]))],
        "segment": [(HERE.parent / "golden" / "segment_1.bin").read_bytes()],
        "frames": messages,
        "chunk": [bytes(seal.opened(chunk.encode(some, b"8 bytes."))) for some in points],
        "filter": [b"lr > 0.1 and (name ~ 'a.*' or not status = running) last 3d"],
        "": records,
    }
    messages_of = [{"role": "user", "content": [{"type": "text", "text": "why"}], "tool_calls": [{"id": "1"}]}]
    found["traces"] = [pack([{"messages": messages_of, "metadata": {"reward": 0.5}, "spans": [{"status": "error"}]}])]
    found["figure"] = [b'{"data": [{"y": [1, 2]}], "layout": {}}']
    found["shape"] = _shapes()
    found["sound"] = _sounds(folder)
    for kind in ("png", "jpeg", "webp", "gif", "bmp", "tiff"):
        Image.new("RGB", (5, 4), "red").save(folder / f"image.{kind}", kind)
        found.setdefault("image", []).append((folder / f"image.{kind}").read_bytes())
    return {name: _files(folder, f"seed-{name}", contents) for name, contents in found.items()}


def _shapes() -> list[bytes]:
    """Files of shapes, behind a byte that says which of the formats, by name, they are of."""
    document = b'{"accessors":[{"count":3}],"meshes":[{"primitives":[{"attributes":{"POSITION":0}}]}],"buffers":[]}'
    glb = struct.pack("<4sIIII", b"glTF", 2, 20 + len(document), len(document), 0x4E4F534A) + document
    ply = b"ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nend_header\n0\n"
    stl = bytes(80) + struct.pack("<I", 1) + bytes(50)
    contents = (glb, document, b"v 0 0 0\nf 1 1 1\n", ply, bytes(32), stl)
    return [bytes([number]) + content for number, content in enumerate(contents)]


def _sounds(folder: Path) -> list[bytes]:
    """Short files of several formats."""
    import av
    import numpy as np

    made = []
    for codec, form in (
        ("pcm_s16le", "wav"),
        ("flac", "flac"),
        ("libmp3lame", "mp3"),
        ("libopus", "ogg"),
        ("aac", "ipod"),
    ):
        path = folder / f"sound.{form}"
        with av.open(str(path), "w", format=form) as out:
            stream = out.add_stream(codec, rate=48_000, layout="mono")
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 960), np.int16), "s16", "mono")
            frame.sample_rate, frame.pts = 48_000, 0
            out.mux(stream.encode(frame))
            out.mux(stream.encode())
        made.append(path.read_bytes())
    return made


def _files(folder: Path, name: str, contents: list[bytes]) -> list[Path]:
    files = [folder / f"{name}-{number}" for number in range(len(contents))]
    for file, content in zip(files, contents, strict=True):
        file.write_bytes(content)
    return files


if __name__ == "__main__":
    conclude(main, 20)
