"""Numbers and verification codes of issued documents.

A number is `<running number of the kind in the dossier, two digits>/<abbreviation of the kind>-<dossier code>`, for example
`01/PTN-H29.27-261202-0007`. The code already carries the office and the day, so the number is unique in the country
without a counter of its own. Results keep the number that the agency gave them.
"""

import secrets
from datetime import datetime

from django.db import connection

from dossiers.codes import SECRET_ALPHABET
from dossiers.models import Dossier, IssuedDocument
from portal.agencies.models import Agency
from portal.core.clock import LOCAL
from portal.core.db import require_transaction
from procedures.models import ResultType

CODE_LENGTH = 16
_FAIR = 256 - 256 % len(SECRET_ALPHABET)
_KINDS = IssuedDocument.Kind

ABBREVIATIONS = {
    _KINDS.RECEIPT_SLIP: "PTN",
    _KINDS.ACKNOWLEDGEMENT: "PXN",
    _KINDS.SUPPLEMENT_REQUEST: "PBS",
    _KINDS.REFUSAL_SLIP: "PTC",
    _KINDS.APOLOGY_LETTER: "PXL",
    _KINDS.STOP_NOTICE: "TBD",
    _KINDS.CONTROL_SHEET: "PKS",
    _KINDS.PAYMENT_NOTICE: "TBP",
    _KINDS.RETURN_NOTE: "PTL",
    _KINDS.FEE_RECEIPT: "BLT",
    _KINDS.REFUND_SLIP: "PCH",
    _KINDS.DECLARATION: "TK",
    _KINDS.RESULT: "KQ",
    _KINDS.HANDOVER_RECEIPT: "PGN",
}


def next_number(dossier: Dossier, kind: str) -> str:
    """The next free number of this kind. The caller holds the dossier's lock."""
    issued = IssuedDocument.objects.filter(dossier=dossier, kind=kind).count()
    return f"{issued + 1:02d}/{ABBREVIATIONS[_KINDS(kind)]}-{dossier.code}"


RESULT_ABBREVIATIONS = {
    "birth_certificate": "GKS",
    "marriage_certificate": "GCNKH",
    "death_extract": "TLKT",
    "marital_status": "XNTTHN",
    "civil_status_extract": "TLHT",
    "certified_copy": "CTBS",
    "residence_confirmation": "XNCT",
    "household_business": "ĐKHKD",
    "construction_permit": "GPXD",
    "criminal_record": "LLTP",
}


def result_number(agency: Agency, kind: ResultType, at: datetime) -> str:
    """The agency's next number of this sort in the year, such as "0042/2026/GKS"; a refusal counts as "TB".

    The agency's series is locked until the transaction ends, so that two signers never get the same number.
    """
    require_transaction()
    year = at.astimezone(LOCAL).year
    ending = f"/{year}/{_result_abbreviation(kind)}"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s::text, 0))", [f"result:{agency.pk}{ending}"])
        cursor.execute(
            """SELECT coalesce(max(split_part(number, '/', 1)::int), 0) + 1 FROM dossiers_result
               WHERE agency_id = %s::bigint AND right(number, length(%s::text)) = %s::text""",
            [agency.pk, ending, ending],
        )
        (number,) = cursor.fetchone()
    return f"{number:04d}{ending}"


def _result_abbreviation(kind: ResultType) -> str:
    return "TB" if kind.outcome == ResultType.Outcome.REFUSAL else RESULT_ABBREVIATIONS.get(kind.template, "KQ")


def new_verification_code() -> str:
    """Sixteen random characters without look-alikes: 79 bits, so nobody finds another's by trying."""
    code = ""
    while len(code) < CODE_LENGTH:
        # Bytes beyond the last whole multiple of the alphabet are dropped, so that every letter is as likely as any other.
        code += "".join(SECRET_ALPHABET[byte % len(SECRET_ALPHABET)] for byte in secrets.token_bytes(CODE_LENGTH + 4) if byte < _FAIR)
    return code[:CODE_LENGTH]


def readable(code: str) -> str:
    """The code in groups of four, as it is printed."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))


def cleaned_code(typed: str) -> str:
    """What a person typed, without blanks and hyphens, in upper case."""
    return "".join(letter for letter in typed.upper() if letter.isalnum())[:CODE_LENGTH]
