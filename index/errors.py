"""The errors a caller may meet. Each message names the thing and says what to do.

WendaError
├── ReadError        a file that can't be read, is empty, too large or not text
├── IndexFormatError a saved index that is damaged, of a newer format, or made by another encoder
├── SourceError      an article is named that the index does not have
├── EncoderError     an encoder that can't be loaded
└── QuestionError    a question that can't be answered as it is: empty, or far too long
"""


class WendaError(Exception):
    """Anything that the user can put right; shown as one line, never as a traceback."""


class ReadError(WendaError):
    """A source file can't be read."""


class IndexFormatError(WendaError):
    """A saved index can't be used."""


class SourceError(WendaError):
    """An article is asked for, or to be removed, that is not there."""


class EncoderError(WendaError):
    """An encoder can't be loaded."""


class QuestionError(WendaError):
    """A question is empty or too long."""


def reason(error: Exception) -> str:
    """What a library's error says, as one line of at most 200 characters; its kind where it says nothing.

    >>> reason(ValueError("no such\\n  file")), reason(KeyError())
    ('no such file', 'KeyError')
    """
    return " ".join(str(error).split())[:200] or type(error).__name__
