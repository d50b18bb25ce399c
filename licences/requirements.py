"""What an act on a licence waits for: before it is proposed, and before a second person confirms it."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from licences import terms
from licences.states import LicenceState
from look import words
from workflow.acts import Requirement
from workflow.errors import Reason

Data = dict[str, Any]
# The firm may itself ask for these (FSFR s 30: firms apply to vary or withdraw); then it is not against it.
ON_REQUEST = frozenset({"vary", "restrict", "wind_down"})
# Our policy, not law: what can be taken back may come at once where clients' assets are in danger.
AT_ONCE = frozenset({"suspend", "restrict"})
ALWAYS_AGAINST = frozenset({"suspend", "revoke", "restrict", "wind_down"})


def expiry_has_come(licence: Any, data: Data) -> list[Reason]:
    if licence.valid_until is None:
        return [Reason(_("This licence has no last day, so it cannot expire."))]
    if timezone.localdate() <= licence.valid_until:
        last_day = licence.valid_until.strftime("%d.%m.%Y")
        return [Reason(_("The licence is valid to the end of %(day)s.") % {"day": last_day})]
    return []


def is_restricted(licence: Any, data: Data) -> list[Reason]:
    return [] if licence.restricted else [Reason(_("This licence is not restricted."))]


def is_not_restricted(licence: Any, data: Data) -> list[Reason]:
    return [Reason(_("This licence is restricted already."))] if licence.restricted else []


def is_winding_down(licence: Any, data: Data) -> list[Reason]:
    return [] if licence.winding_down else [Reason(_("This licence is not winding down."))]


def is_not_winding_down(licence: Any, data: Data) -> list[Reason]:
    return [Reason(_("This licence is winding down already."))] if licence.winding_down else []


def has_conditions(licence: Any, data: Data) -> list[Reason]:
    """A restriction or a winding down without conditions would say nothing."""
    if data and not data.get("changes", {}).get("add"):
        return [Reason(_("Write at least one condition."))]
    return []


def changes_fit(licence: Any, data: Data) -> list[Reason]:
    """Asked once the changes are known: they change something, and only what stands."""
    if not data:
        return []
    changes = data.get("changes") or {}
    numbers = {number for number, _text in terms.standing(licence.conditions)}
    touched = [int(n) for n in [*changes.get("change", {}), *changes.get("remove", [])]]
    reasons = []
    if not any(value or name in ("valid_until", "scope") for name, value in changes.items()):
        reasons.append(Reason(_("Nothing would change. Change, add or remove something.")))
    if len(set(touched)) < len(touched) or not numbers.issuperset(touched):
        reasons.append(Reason(_("A condition that is to change does not stand any more. Look at it again.")))
    if _is_over(changes.get("valid_until")):
        reasons.append(Reason(_("The last day must not have passed. To end the licence, use another act.")))
    return reasons


def corrects_an_entry(licence: Any, data: Data) -> list[Reason]:
    if data and not licence.history.filter(pk=data.get("entry")).exists():
        return [Reason(_("Choose the line of the history that is corrected."))]
    return []


def puts_right_a_slip(licence: Any, data: Data) -> list[Reason]:
    """A correction takes nothing from the firm, and leaves the licence on a basis of its day."""
    changes = data.get("changes") or {}
    reasons = []
    if not changes.keys() <= terms.SLIPS or not str(changes.get("firm_name", "x")).strip():
        return [Reason(_("A correction puts the name of the firm and days right, and nothing else."))]
    if terms.against_the_firm(licence, changes):
        words_ = _("An earlier last day is against the firm: vary the licence, so that the firm is heard.")
        reasons.append(Reason(words_))
    if licence.state == LicenceState.EXPIRED and not _is_over(
        changes.get("valid_until", licence.valid_until)
    ):
        words_ = _(
            "The expiry of this licence is recorded, and a correction does not bring it back into force: "
            "only a last day that is over can stand here. The firm needs a new licence, on a new application."
        )
        reasons.append(Reason(words_))
    if granted := changes.get("granted_on"):
        day, basis = date.fromisoformat(str(granted)), licence.authority_basis
        if not basis.valid_from <= day <= min(basis.valid_until or date.max, timezone.localdate()):
            reasons.append(Reason(_("On that day the legal basis of the licence was not in force.")))
        last = str(changes.get("valid_until", licence.valid_until or ""))
        if last and date.fromisoformat(last) < day:
            reasons.append(Reason(_("The last day cannot be before the first day.")))
    return reasons


def _is_over(last_day: str | None) -> bool:
    """An ISO day; a licence without a last day is never over."""
    return bool(last_day) and date.fromisoformat(str(last_day)) < timezone.localdate()


def is_against(licence: Any, act: str, data: Data) -> bool:
    """The firm has to be heard: the act takes something from it, and it did not ask for it itself."""
    if act in ON_REQUEST and data.get("firm_asked"):
        return False
    if act == "vary":
        return terms.against_the_firm(licence, data.get("changes") or {})
    return act in ALWAYS_AGAINST


def says_what_is_served(act: str) -> Requirement:
    """Before the proposal: the words of the preliminary notice, where there has to be one."""

    def ask(licence: Any, data: Data) -> list[Reason]:
        if not data or not is_against(licence, act, data) or str(data.get("notice", "")).strip():
            return []
        return [Reason(_("Write the text of the preliminary notice: this is against the firm."))]

    return ask


def is_noticed(act: str) -> Requirement:
    """Before the confirmation: the notice was served, the time for representations is over, and each one is
    answered (FSFR s 10(1) and Schedule 1 para 4). With immediate effect all of it comes afterwards, on a
    notice that stands: of one that was withdrawn the firm could never be heard.
    """

    def ask(licence: Any, data: Data) -> list[Reason]:
        if not is_against(licence, act, data):
            return []
        notice = licence.notices.open_for(act).first()
        if notice is None or (notice.text, notice.about) != (data.get("notice"), about(data)):
            return [
                Reason(
                    _(
                        "No preliminary notice of exactly this is open. Take the proposal back, and propose "
                        "it again."
                    )
                )
            ]
        if act in AT_ONCE and data.get("immediate"):
            return []
        if notice.served_on is None:
            return [Reason(_("The preliminary notice is not served yet."), page(notice, "service"))]
        reasons = []
        if timezone.localdate() <= notice.until:
            words_ = _("The firm may make representations until the end of %(day)s.")
            reasons.append(Reason(words_ % {"day": words.day(notice.until)}, page(notice, "said")))
        for said in notice.representations.filter(answered_at=None):
            reasons.append(
                Reason(
                    _("A representation of %(day)s has no answer yet.") % {"day": words.day(said.made_on)},
                    reverse("admin:licences_licence_answer", args=[licence.pk, said.pk]),
                )
            )
        return reasons

    return ask


def about(data: Data) -> Data:
    """What a notice is about, beside its words: what exactly would change."""
    return {"changes": data["changes"]} if data.get("changes") else {}


def page(notice: Any, name: str) -> str:
    return reverse(f"admin:licences_licence_{name}", args=[notice.licence_id, notice.pk])
