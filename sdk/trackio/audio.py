"""Audio: sound is checked and described when it is made, and filed as it is when it is logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Final

from trackio.files import caption_of, kept_file, path_of, written

if TYPE_CHECKING:
    from trackio.files import Filed

#: Formats of files, by ending.
_FILES: Final = {
    ".wav": "wav",
    ".mp3": "mp3",
    ".flac": "flac",
    ".ogg": "ogg",
    ".oga": "ogg",
    ".opus": "ogg",
    ".m4a": "m4a",
    ".aac": "aac",
    ".aif": "aiff",
    ".aiff": "aiff",
    ".weba": "webm",
}
_DTYPES: Final = ("float16", "float32", "float64", "int8", "int16", "int32", "uint8", "uint16")
_RATES: Final = range(3_000, 384_001)
_FORMATS: Final = ("wav", "mp3")
#: Most bytes of an array: 1½ hours of stereo at 48 kHz in 32 bits.
_MAX_BYTES: Final = 2**31


class Audio:
    """Sound to log: `trackio.log({"speech": trackio.Audio(samples, sample_rate=16_000)})`.

    `value`: the path of a wav, mp3, flac, ogg, opus, m4a, aac, aiff or weba file, or an array (samples,),
    (samples, 1) or (samples, 2) of floats or of integers up to 32 bits, which needs a `sample_rate` of 3,000 to
    384,000 Hz. Floats are -1 to 1; of louder ones all are made quieter, so that the loudest is 1. An array is kept in
    16 bits. `format` may say "wav" or "mp3"; an array becomes a FLAC, without loss, all the same. Raises ValueError
    naming what was given and what is accepted.
    """

    TYPE: ClassVar[str] = "trackio.audio"

    def __init__(
        self, value: Any, caption: str | None = None, sample_rate: int | None = None, format: str | None = None
    ) -> None:
        self.caption = caption_of(caption)
        if format is not None and format not in _FORMATS:
            raise ValueError(f"an audio format is one of {', '.join(_FORMATS)}; got {format!r}")
        self._path = path_of(value)
        if self._path is not None:
            found = _FILES.get(self._path.suffix.lower())
            if found is None:
                raise ValueError(f"an audio file ends in {', '.join(_FILES)}; got {self._path.name!r}")
            self._format = found
        else:
            self._format, value, self._rate = "raw", _samples(value), _rate(sample_rate)
        self._value = value

    def __repr__(self) -> str:
        return f"trackio.Audio({self._path or tuple(self._value.shape)}, caption={self.caption!r})"

    def _describe(self, filed: Filed) -> dict[str, Any]:
        described = {"_type": self.TYPE, "format": self._format, "caption": self.caption}
        if self._path is not None:
            return described | kept_file(filed, self._path)
        about = {"shape": list(self._value.shape), "dtype": self._value.dtype.name, "rate": self._rate}
        return described | about | written(filed, self._value)


def _rate(given: Any) -> int:
    if given is None:
        raise ValueError("an array of samples needs a sample_rate in Hz")
    if given != int(given) or int(given) not in _RATES:
        raise ValueError(f"sample_rate is {_RATES.start} to {_RATES.stop - 1} Hz; got {given!r}")
    return int(given)


def _samples(value: Any) -> Any:
    """Return an array of samples (n, channels), little-endian."""
    if hasattr(value, "detach"):
        value = value.detach().cpu().numpy()
    if not hasattr(value, "dtype") or not hasattr(value, "__array__"):
        raise ValueError(f"audio is made of a path or an array of samples; got {type(value).__name__}")
    import numpy as np  # noqa: PLC0415 -- the SDK's import stays light; whoever has an array has numpy

    array = np.asarray(value)
    if array.dtype.name not in _DTYPES:
        raise ValueError(f"samples are {', '.join(_DTYPES)}; got {array.dtype}")
    if array.ndim not in {1, 2} or array.size == 0 or (array.ndim == 2 and array.shape[1] not in {1, 2}):
        raise ValueError(f"an array of sound is (samples,), (samples, 1) or (samples, 2); got shape {array.shape}")
    if array.nbytes > _MAX_BYTES:
        raise ValueError(f"an array of {array.nbytes} bytes; at most {_MAX_BYTES} are taken")
    return array.reshape(len(array), -1).astype(array.dtype.newbyteorder("<"), copy=False)
