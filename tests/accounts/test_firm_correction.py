"""An owner corrects the firm's data: what is kept, what follows, and what does not."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts import services
from accounts.models import Firm, FirmRevision
from accounts.services.firms import FIELDS
from applications.models import Application, Entity
from audit.models import Event
from regulators.queries import current_pin
from tests.plugins.cases import fresh, new_applicant, new_firm
from workflow.errors import NotAllowed

pytestmark = pytest.mark.django_db
BIN = "940140000385"


def data_of(firm, **changes):
    return {name: getattr(firm, name) or "" for name in FIELDS} | changes


def corrected(actor, firm, **changes):
    return services.correct_firm(actor=actor, firm_id=firm.pk, **data_of(firm, **changes))


def events(firm):
    return list(Event.objects.filter(subject=firm.audit_subject, kind="firm.correct").order_by("number"))


def test_what_changed_is_kept_and_the_record_says_which_fields(firm_user, custody_firm):
    corrected(firm_user, custody_firm, name="Altyn Vault Ltd", bin=BIN, no_bin_reason="", country="kz")
    found = fresh(custody_firm)
    assert (found.name, found.bin, found.no_bin_reason, found.country) == ("Altyn Vault Ltd", BIN, "", "KZ")
    revision = FirmRevision.objects.get()
    assert revision.before == {"name": "Altyn Custody Ltd", "bin": None, "no_bin_reason": "not_yet"}
    assert revision.after == {"name": "Altyn Vault Ltd", "bin": BIN, "no_bin_reason": ""}
    assert [event.data for event in events(custody_firm)] == [{"fields": ["name", "bin", "no_bin_reason"]}]


def test_nothing_changed_is_nothing_recorded(firm_user, custody_firm):
    corrected(firm_user, custody_firm)
    assert (FirmRevision.objects.count(), events(custody_firm)) == (0, [])


def test_only_an_owner_corrects(firm_user, custody_firm, signed_in):
    editor, stranger = new_applicant("Editor"), new_applicant("Stranger")
    new_firm(stranger, "Theirs")
    token = services.invite_member(
        actor=firm_user, firm_id=custody_firm.pk, email=editor.email, roles=["editor"]
    )[1]
    services.accept_invitation(actor=editor, token=token)
    page = reverse("portal:firm_correct", args=[custody_firm.pk])
    for person in (editor, stranger):
        with pytest.raises(NotAllowed):
            corrected(person, custody_firm, name="Taken")
        browser = signed_in(fresh(person))
        assert [browser.get(page).status_code, browser.post(page).status_code] == [404, 404]
    assert fresh(custody_firm).name == "Altyn Custody Ltd"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"bin": BIN}, "bin"), ({"bin": "940140000386", "no_bin_reason": ""}, "bin"),
     ({"country": "K1"}, "country"), ({"legal_form": "guild"}, "legal_form"), ({"name": " "}, "name")],
)  # fmt: skip
def test_wrong_data_is_said_at_its_field(firm_user, custody_firm, signed_in, wrong, field):
    page = reverse("portal:firm_correct", args=[custody_firm.pk])
    answer = signed_in(firm_user).post(page, data_of(custody_firm, **wrong))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    with pytest.raises(ValidationError) as caught:
        corrected(firm_user, custody_firm, **wrong)
    assert list(caught.value.message_dict) == [field]
    assert (fresh(custody_firm).name, FirmRevision.objects.count()) == ("Altyn Custody Ltd", 0)


def test_a_bin_of_another_firm_is_refused_in_words(firm_user, custody_firm, signed_in):
    other = new_firm(new_applicant("Other"), "Other Custody")
    Firm.objects.filter(pk=other.pk).update(bin=BIN, no_bin_reason="")
    page = reverse("portal:firm_correct", args=[custody_firm.pk])
    answer = signed_in(firm_user).post(page, data_of(custody_firm, bin=BIN, no_bin_reason=""))
    assert answer.status_code == 422
    assert "Another firm has this BIN here." in answer.content.decode()
    assert fresh(custody_firm).bin is None


def test_the_charts_of_drafts_follow_the_name_and_no_other_chart_does(
    firm_user, custody_firm, draft_case, afm, signed_in
):
    filed = Application.objects.create(
        firm=custody_firm, licence_type=afm, rulebook=current_pin(afm), state="in_review",
        created_by=firm_user, submitted_at=timezone.now(), reference="KZC-1",
    )  # fmt: skip
    Entity.objects.create(application=filed, name="Altyn Custody Ltd", country="KZ", is_applicant=True)
    Entity.objects.create(application=draft_case, name="Altyn Custody Ltd", country="KZ")
    page = reverse("portal:firm_correct", args=[custody_firm.pk])
    browser = signed_in(firm_user)
    asks = browser.get(page).content.decode()
    assert reverse("portal:change", args=[filed.pk]) in asks
    assert reverse("portal:change", args=[draft_case.pk]) not in asks
    done = browser.post(page, data_of(custody_firm, name="Алтын Қойма ЖШС"), follow=True)
    assert "Алтын Қойма ЖШС" in done.content.decode()
    names = {
        case.pk: sorted(case.entities.values_list("is_applicant", "name")) for case in (draft_case, filed)
    }
    assert names == {
        draft_case.pk: [(False, "Altyn Custody Ltd"), (True, "Алтын Қойма ЖШС")],
        filed.pk: [(True, "Altyn Custody Ltd")],
    }
    assert "Before: name" in browser.get(page).content.decode()


def test_a_snapshot_keeps_the_name_of_its_day(firm_user, submitted_afm_case):
    before = submitted_afm_case.snapshots.get().content
    corrected(firm_user, submitted_afm_case.firm, name="Kanarienvogel Ltd")
    after = submitted_afm_case.snapshots.get()
    assert after.content == before
    assert "Kanarienvogel" not in str(after.content)
