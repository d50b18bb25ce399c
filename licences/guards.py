"""PostgreSQL's own refusal of a licence without a legal basis."""

from typing import Any

import pgtrigger
from django.conf import settings

REFUSE_WITHOUT_BASIS = """
    IF NOT EXISTS (
        SELECT 1 FROM regulators_authoritybasis AS basis
        WHERE basis.id = NEW.authority_basis_id
            AND basis.licence_type_id = NEW.licence_type_id
            AND basis.confirmed_human <> ''
            AND (NEW.granted_at AT TIME ZONE '{zone}')::date
                BETWEEN basis.valid_from AND COALESCE(basis.valid_until, 'infinity')
    ) THEN
        RAISE EXCEPTION 'licence % has no confirmed legal basis in force on its day', NEW.number
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
"""


class BasisGuard(pgtrigger.Trigger):
    """A licence needs a basis for its own type, confirmed by two people and in force that day."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.UpdateOf("authority_basis_id", "licence_type_id", "granted_at")

    def __init__(self) -> None:
        super().__init__(name="basis_guard")

    def get_func(self, model: Any) -> str:
        return REFUSE_WITHOUT_BASIS.format(zone=settings.TIME_ZONE)
